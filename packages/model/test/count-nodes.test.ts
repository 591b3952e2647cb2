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

t.test('numbers that do not fit each other are refused', async (t) => {
  const trees = (...treeStart: number[]): Sections => ({ ...values, treeStart: Uint32Array.from(treeStart) })
  const cases: [string, Sections, Signature?][] = [
    ['treeStart has 0 entries, expected at least 2', trees()],
    ['treeStart has 1 entries, expected at least 2', trees(0)],
    ['treeStart[0] is 1, expected 0', trees(1, 6)],
    ['tree 0 has 0 nodes, expected an odd number', trees(0, 0)],
    ['tree 1 has 2 nodes, expected an odd number', trees(0, 5, 7)],
    ['tree 1 has -1 nodes, expected an odd number', trees(0, 5, 4)],
    ['feature has 2 entries, expected 2147483647', trees(0, 4_294_967_295)],
    ['shape has 2 entries, expected 1', { ...values, shape: new Uint8Array(2) }],
    ['shape has bits behind the last of 6, expected none', { ...values, shape: Uint8Array.of(0b1000011) }],
    ['missingLeft has 0 entries, expected 1', { ...values, missingLeft: new Uint8Array(0) }],
    ['missingLeft has bits behind the last of 2, expected none', { ...values, missingLeft: Uint8Array.of(0b100) }],
    ['leafRows has 3 entries, expected 4', { ...values, leafRows: new Uint8Array(3) }],
    ['leafShare has 5 entries, expected 4', { ...values, leafShare: new Float32Array(5) }],
    ['leafEntries has 5 entries, expected 4', { ...shares, leafEntries: new Uint8Array(5) }, classes],
    ['leafClass has 3 entries, expected 4', { ...shares, leafClass: new Uint8Array(3) }, classes],
    ['leafClass has 5 entries, expected 4', { ...nodes, leafClass: new Uint8Array(5) }, classes],
    ['leafShare has 4 entries, expected 5', { ...shares, leafShare: new Float64Array(4) }, classes],
  ]
  for (const [sentence, sections, signature = numbers] of cases) {
    t.throws(
      () => countNodes(sections, signature),
      { name: 'ModelError', code: 'MODEL_ERR_FILE_STRUCTURE', message: `In the forest file, ${sentence}.` },
      sentence,
    )
  }
  t.doesNotThrow(() => countNodes({ ...nodes, leafClass: new Uint8Array(4) }, classes), 'one entry a leaf')
  t.doesNotThrow(() => countNodes({ ...values, missingLeft: Uint8Array.of(0b11) }, numbers))
})

t.test('bits up to the end of the last byte are the last of them', async (t) => {
  // Four trees of a node each and one of four splits: 13 nodes; then one more tree of three makes 16.
  const starts = [0, 1, 2, 3, 4, 13]
  const of = (treeStart: readonly number[], splits: number, ...shape: number[]): Sections => ({
    treeStart: Uint32Array.from(treeStart),
    shape: Uint8Array.from(shape),
    feature: new Uint8Array(splits),
    leafShare: new Float32Array(splits + treeStart.length - 1),
  })
  t.doesNotThrow(() => countNodes(of(starts, 4, 0xff, 0x1f), numbers))
  t.throws(() => countNodes(of(starts, 4, 0xff, 0x3f), numbers), { message: /bits behind the last of 13/ })
  t.doesNotThrow(() => countNodes(of([...starts, 16], 5, 0xff, 0xff), numbers))
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
