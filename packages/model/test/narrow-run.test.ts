import fc from 'fast-check'
import t from 'tap'
import { atOnce } from '../src/at-once.ts'
import type { NodeRun } from '../src/grown-tree.ts'
import { MANY_ROWS, narrowRun, narrowShares, type WideRun } from '../src/narrow-run.ts'
import { MISSING_LEFT, SUBSET } from '../src/trees.ts'
import { same } from './same.ts'

/** A split of a number and one of a category of three levels, and three leaves. */
const numbers: WideRun = {
  shape: Uint8Array.of(0b00101),
  subsets: Uint32Array.of(0b101),
  feature: Uint16Array.of(1, 0),
  threshold: Float32Array.of(-0, 9),
  flags: Uint8Array.of(0, SUBSET),
  leafStart: new Uint32Array(0),
  leafClass: new Uint16Array(0),
  leafShare: Float64Array.of(1, 0.5, -3),
}
const levels = Uint32Array.of(3, 0)
const narrow = (run: WideRun, of = levels, classes = 0): NodeRun => atOnce(narrowRun(run, of, classes))

t.test('a run of numbers takes the forms of a file', async (t) => {
  t.strictSame(narrow(numbers), {
    leaves: 3,
    shape: Uint8Array.of(0b00101),
    feature: Uint8Array.of(1, 0),
    threshold: Float32Array.of(0),
    missingLeft: new Uint8Array(0),
    subsets: Uint8Array.of(0b101),
    leafEntries: new Uint8Array(0),
    leafClass: new Uint8Array(0),
    leafCount: new Uint8Array(0),
    leafShare: Float32Array.of(1, 0.5, -3),
  })
  t.ok(Object.is(narrow(numbers).threshold[0], 0), 'minus zero is zero')
  t.strictSame(narrow({ ...numbers, leafShare: Float64Array.of(1, 0.1, -3) }).leafShare, Float64Array.of(1, 0.1, -3))
})

t.test('missing values that go left anywhere take a bit a split', async (t) => {
  const flags = Uint8Array.from({ length: 11 }, (_, split) => (split % 5 === 0 ? MISSING_LEFT : 0))
  const chain = { feature: new Uint16Array(11).fill(1), threshold: new Float32Array(11), subsets: new Uint32Array(0) }
  t.strictSame(narrow({ ...numbers, ...chain, flags }).missingLeft, Uint8Array.of(0b00100001, 0b100))
  t.strictSame(narrow({ ...numbers, ...chain, flags: new Uint8Array(11) }).missingLeft, new Uint8Array(0))
})

t.test('bytes name up to 256 features and classes', async (t) => {
  const of = (features: number) => narrow(numbers, new Uint32Array(features).fill(3, 0, 1)).feature
  t.strictSame([of(256), of(257)], [Uint8Array.of(1, 0), Uint16Array.of(1, 0)])
  const pure = { leafStart: Uint32Array.of(0, 1, 2, 3), leafClass: Uint16Array.of(7, 0, 7), leafShare: ones(3) }
  const classOf = (classes: number) => narrow({ ...numbers, ...pure }, levels, classes).leafClass
  t.strictSame([classOf(256), classOf(257)], [Uint8Array.of(7, 0, 7), Uint16Array.of(7, 0, 7)])
})

t.test('training rows are a byte a leaf, and a word behind for those with many', async (t) => {
  t.equal(narrow(numbers).leafRows, undefined)
  const { leafRows, leafRowsMany } = narrow({ ...numbers, leafRows: Uint32Array.of(MANY_ROWS - 1, MANY_ROWS, 70_000) })
  t.strictSame(leafRows, Uint8Array.of(254, 255, 255))
  t.strictSame(leafRowsMany, Uint32Array.of(255, 70_000))
})

t.test('nothing of it lies in the memory of the wide run', async (t) => {
  const before = structuredClone(numbers)
  const run = narrow(
    { ...before, feature: before.feature, leafRows: Uint32Array.of(1, 2, 3) },
    new Uint32Array(257).fill(3, 0, 1),
  )
  const expected = structuredClone(run)
  for (const array of Object.values(before)) (array as Uint8Array).fill(0)
  t.strictSame(run, expected)
})

t.test('shares of whole weights are counts without a common divisor, where a leaf has several', async () => {
  const weights = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(fc.array(weights, { minLength: 1, maxLength: 8 }), (leaves) => {
      const expected = leaves.flatMap((list) => (list.length === 1 ? [] : list.map((count) => count / divisorOf(list))))
      const { leafEntries, leafCount, leafShare } = sharesOf(leaves.map(sharesOfWeights))
      const entries = leaves.some((list) => list.length > 1) ? leaves.map((list) => list.length - 1) : []
      const most = Math.max(0, ...expected)
      return (
        leafShare.length === 0 &&
        leafCount.BYTES_PER_ELEMENT === (most < 256 ? 1 : 2) &&
        same(leafCount, expected) &&
        same(leafEntries, entries)
      )
    }),
  )
})

t.test('a share that is no such fraction keeps those of the whole run', async (t) => {
  for (const odd of [
    [0.1234567890123, 1 - 0.1234567890123],
    [Math.SQRT1_2, 1 - Math.SQRT1_2],
    [0.5],
    [2 ** -30, 1 - 2 ** -30],
  ]) {
    const { leafCount, leafShare } = sharesOf([[1], [0.25, 0.75], odd])
    t.strictSame([leafCount.length, [...leafShare]], [0, [1, 0.25, 0.75, ...odd]])
  }
})

t.test('counts are as wide as the largest of them', async (t) => {
  for (const [most, array] of [
    [255, Uint8Array],
    [256, Uint16Array],
    [65_535, Uint16Array],
    [65_536, Uint32Array],
    [2 ** 26 - 1, Uint32Array],
  ] as const) {
    t.strictSame(sharesOf([[1], sharesOfWeights([1, most])]).leafCount, array.of(1, most))
  }
  t.equal(sharesOf([sharesOfWeights([1, 2 ** 26])]).leafCount.length, 0, 'a sum above 2^26 is no count')
})

function sharesOf(leaves: readonly (readonly number[])[]) {
  const leafStart = Uint32Array.from([0, ...leaves.map((_, leaf) => leaves.slice(0, leaf + 1).flat().length)])
  const leafClass = Uint16Array.from(leaves.flatMap((list) => list.map((_, k) => k)))
  return atOnce(narrowShares({ leafStart, leafClass, leafShare: Float64Array.from(leaves.flat()) }, 9))
}

function sharesOfWeights(weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b)
  return weights.map((weight) => weight / sum)
}

function divisorOf(numbers: readonly number[]): number {
  for (let of = Math.min(...numbers); ; of--) if (numbers.every((number) => number % of === 0)) return of
}

function ones(length: number): Float64Array {
  return new Float64Array(length).fill(1)
}
