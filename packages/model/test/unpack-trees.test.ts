import t from 'tap'
import type { Sections } from '../src/format.ts'
import type { Signature } from '../src/table.ts'
import { LEAF } from '../src/trees.ts'
import { unpackTrees } from '../src/unpack-trees.ts'

const { NaN: missing, POSITIVE_INFINITY: infinity } = Number

const signature: Signature = {
  features: [
    { name: 'a', type: 'number', missing: false, min: 0, max: 1 },
    { name: 'c', type: 'category', missing: true, levels: ['x', 'y', 'z'] },
  ],
  target: { name: 't', type: 'class', classes: ['p', 'q', 'r'] },
}
const numbers: Signature = { ...signature, target: { name: 't', type: 'number' } }

/** Two trees: a split whose children are a subset split and a leaf, and a leaf alone. */
const sections: Sections = {
  treeStart: Uint32Array.of(0, 5, 6),
  shape: Uint8Array.of(0b000011),
  feature: Uint8Array.of(0, 1),
  threshold: Float32Array.of(0.5),
  missingLeft: Uint8Array.of(0b01),
  subsets: Uint32Array.of(0b101),
  leafEntries: Uint8Array.of(0, 1, 0, 0),
  leafClass: Uint8Array.of(2, 0, 1, 1, 0),
  leafCount: Uint8Array.of(1, 3),
  leafRows: Uint8Array.of(1, 4, 255, 3),
  leafRowsMany: Uint32Array.of(300),
}
const { leafEntries: _, leafClass: __, leafCount: ___, ...splits } = sections
const values: Sections = { ...splits, leafShare: Float64Array.of(1, -2.5, 0, 4) }

t.test('sections become the flat arrays', async (t) => {
  t.same(unpackTrees(sections, signature), {
    treeStart: Uint32Array.of(0, 5, 6),
    feature: Uint16Array.of(0, 1, LEAF, LEAF, LEAF, LEAF),
    threshold: Float32Array.of(0.5, 0, 0, 0, 0, 0),
    right: Uint32Array.of(4, 2, 0, 1, 2, 3),
    flags: Uint8Array.of(1, 2, 0, 0, 0, 0),
    subsetNode: Uint32Array.of(1),
    subsetStart: Uint32Array.of(0, 1),
    subsets: Uint32Array.of(0b101),
    leafStart: Uint32Array.of(0, 1, 3, 4, 5),
    leafClass: Uint16Array.of(2, 0, 1, 1, 0),
    leafShare: Float64Array.of(1, 0.25, 0.75, 1, 1),
    leafRows: Uint32Array.of(1, 4, 300, 3),
  })
  t.same(unpackTrees(values, numbers).leafShare, values.leafShare)
})

t.test('each broken rule is refused in a sentence of its own', async (t) => {
  const cases: [string, Sections][] = [
    ['treeStart has 1 entries, expected at least 2', { treeStart: Uint32Array.of(0) }],
    ['treeStart[0] is 1, expected 0', { treeStart: Uint32Array.of(1, 5, 6) }],
    ['tree 0 has 4 nodes, expected an odd number', { treeStart: Uint32Array.of(0, 4, 5) }],
    ['tree 1 has -4 nodes, expected an odd number', { treeStart: Uint32Array.of(0, 5, 1) }],
    ['feature has 1 entries, expected 2', { feature: Uint8Array.of(0) }],
    ['shape has 2 entries, expected 1', { shape: Uint8Array.of(3, 0) }],
    ['shape has bits behind the last of 6, expected none', { shape: Uint8Array.of(0x43) }],
    ['missingLeft has bits behind the last of 2, expected none', { missingLeft: Uint8Array.of(4) }],
    ['tree 0 ends at node 0, expected 4', { shape: Uint8Array.of(0b000110) }],
    ['tree 0 has too many splits before node 5', { shape: Uint8Array.of(0b000111) }],
    ['split 1 looks at feature 2, expected one below 2', { feature: Uint8Array.of(0, 2) }],
    ['threshold 0 is NaN, expected a finite one', { threshold: Float32Array.of(missing) }],
    ['threshold 0 is Infinity, expected a finite one', { threshold: Float32Array.of(infinity) }],
    ['threshold has 2 entries, expected 1', { threshold: Float32Array.of(1, 2) }],
    ['subsets has 2 entries, expected 1', { subsets: Uint32Array.of(1, 1) }],
    ['subset 0 has bits beyond the 3 levels of its feature, expected none', { subsets: Uint32Array.of(8) }],
    ['leafEntries has 3 entries, expected 4', { leafEntries: Uint8Array.of(0, 1, 0) }],
    ['leafClass has 4 entries, expected 5', { leafClass: Uint8Array.of(2, 0, 1, 1) }],
    ['leaf 0 lists class 3, expected one from 0 to 2', { leafClass: Uint8Array.of(3, 0, 1, 1, 0) }],
    ['leaf 1 lists class 1, expected one from 2 to 2', { leafClass: Uint8Array.of(2, 1, 1, 1, 0) }],
    ['leaf 1 gives class 0 the share 0, expected one in (0, 1]', { leafCount: Uint8Array.of(0, 3) }],
    ['leafCount has 3 entries, expected 2', { leafCount: Uint8Array.of(1, 3, 1) }],
    ['leafRows has 3 entries, expected 4', { leafRows: Uint8Array.of(1, 4, 2) }],
    ['leafRowsMany has 2 entries, expected 1', { leafRowsMany: Uint32Array.of(300, 300) }],
    ['thresholdStart has 2 entries, expected 3', indexed({ thresholdStart: Uint32Array.of(0, 1) })],
    ['thresholdStart[1] is 2, expected 0 to 1', indexed({ thresholdStart: Uint32Array.of(0, 2, 1) })],
    ['split 0 has threshold number 1, expected one below 1', indexed({ thresholdIndex: Uint8Array.of(1) })],
  ]
  for (const [sentence, change] of cases) {
    t.throws(
      () => unpackTrees({ ...sections, ...change }, signature),
      { name: 'ModelError', code: 'MODEL_ERR_FILE_STRUCTURE', message: `In the forest file, ${sentence}.` },
      sentence,
    )
  }
  t.throws(() => unpackTrees({ ...sections, leafShare: new Float64Array(5) }, signature), {
    message: 'The forest file has section leafCount, expected none beside leafShare.',
  })
  t.throws(() => unpackTrees({ ...values, leafShare: Float64Array.of(1, 2, missing, 4) }, numbers), {
    message: /leaf 2 has the value NaN, expected -8.988465674311579e\+307 to/,
  })
})

function indexed(change: Sections): Sections {
  return { thresholdIndex: Uint8Array.of(0), thresholdStart: Uint32Array.of(0, 1, 1), ...change }
}
