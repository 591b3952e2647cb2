import t from 'tap'
import { countNodes } from '../src/count-nodes.ts'
import type { Sections } from '../src/format.ts'
import type { Signature } from '../src/table.ts'

const levels = Array.from({ length: 65_535 }, (_, level) => `${level}`)
const classes: Signature = {
  features: [
    { name: 'a', type: 'number', missing: false, min: 0, max: 1 },
    { name: 'c', type: 'category', missing: true, levels },
  ],
  target: { name: 't', type: 'class', classes: ['p', 'q', 'r'] },
}
const numbers: Signature = { ...classes, target: { name: 't', type: 'number' } }

/** A tree of two splits, and a leaf alone. */
const nodes: Sections = {
  treeStart: Uint32Array.of(0, 5, 6),
  shape: Uint8Array.of(0b000011),
  feature: Uint8Array.of(0, 1),
}
const shares: Sections = { ...nodes, leafEntries: Uint8Array.of(0, 1, 0, 0), leafClass: new Uint8Array(5) }
const values: Sections = { ...nodes, leafShare: new Float32Array(4) }

t.test('a tree has one leaf more than splits', async (t) => {
  const counts = { trees: 2, nodes: 6, splits: 2, leaves: 4, subsetWords: 0 }
  t.same(countNodes(shares, classes), counts)
  t.same(countNodes(values, numbers), counts)
  t.same(countNodes({ ...shares, shortSubsets: new Uint8Array(1) }, classes), {
    ...counts,
    subsetWords: Math.ceil(levels.length / 32),
  })
  const { feature: _, ...stumps } = values
  const alone = { ...stumps, treeStart: Uint32Array.of(0, 1, 2, 3, 4), shape: Uint8Array.of(0) }
  t.same(countNodes(alone, numbers), { trees: 4, nodes: 4, splits: 0, leaves: 4, subsetWords: 0 })
})

t.test('numbers of nodes that no sections back are refused', async (t) => {
  const structure = { name: 'ModelError', code: 'MODEL_ERR_FILE_STRUCTURE' }
  for (const treeStart of [[], [0], [1, 6], [0, 4], [0, 0], [0, 5, 4], [0, 4_294_967_295], [4_294_967_295, 0]]) {
    t.throws(
      () => countNodes({ ...values, treeStart: Uint32Array.from(treeStart) }, numbers),
      structure,
      `${treeStart}`,
    )
  }
})

t.test('a section that belongs to another form is refused', async (t) => {
  const cases: [string, Sections, Signature?][] = [
    ['section thresholdStart, expected none without thresholdIndex', { ...values, thresholdStart: new Uint32Array(3) }],
    ['section leafRowsMany, expected none without leafRows', { ...values, leafRowsMany: new Uint32Array(1) }],
    ['section leafEntries, expected none in a forest of numbers', { ...values, leafEntries: new Uint8Array(4) }],
    ['section leafCount, expected none in a forest of numbers', { ...values, leafCount: new Uint8Array(4) }],
    [
      'section subsets, expected none beside shortSubsets',
      { ...values, shortSubsets: new Uint8Array(1), subsets: new Uint32Array(1) },
    ],
    [
      'section leafCount, expected none beside leafShare',
      { ...shares, leafShare: new Float64Array(5), leafCount: new Uint8Array(2) },
      classes,
    ],
    ['no section leafShare, expected one', nodes],
    ['no section leafClass, expected one', nodes, classes],
    ['no section thresholdStart, expected one', { ...values, thresholdIndex: new Uint8Array(1) }],
  ]
  for (const [sentence, sections, signature = numbers] of cases) {
    t.throws(
      () => countNodes(sections, signature),
      { code: 'MODEL_ERR_FILE_STRUCTURE', message: `The forest file has ${sentence}.` },
      sentence,
    )
  }
})

t.test('few bytes cannot stand for many words', async (t) => {
  // Each of the splits takes 2048 words of a bit a level.
  const chain = (splits: number): Sections => ({
    treeStart: Uint32Array.of(0, 2 * splits + 1),
    shape: new Uint8Array(Math.ceil((2 * splits + 1) / 8)),
    feature: new Uint8Array(splits).fill(1),
    shortSubsets: new Uint8Array(splits),
    leafShare: new Float64Array(splits + 1),
  })
  t.equal(countNodes(chain(2048), numbers).subsetWords, 2 ** 22)
  t.throws(() => countNodes(chain(2049), numbers), {
    code: 'MODEL_ERR_FILE_STRUCTURE',
    message: 'In the forest file, shortSubsets stands for 4196352 words, expected at most 4194304.',
  })
})
