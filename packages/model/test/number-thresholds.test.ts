import fc from 'fast-check'
import t from 'tap'
import { atOnce } from '../src/at-once.ts'
import { looksDistinct, mostDistinct, type NumberSplits, numberPlainly, SAMPLE } from '../src/number-thresholds.ts'
import { same } from './same.ts'

const FEATURES = 20

const threshold = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(-1.5, -1, 0, 0.25, 3) },
  { weight: 1, arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0) },
)
const split = fc.tuple(fc.constantFrom(0, 0, 0, 1, 1, FEATURES - 1), threshold)
const runs = fc
  .array(fc.array(split, { maxLength: 200, size: 'large' }), { minLength: 1, maxLength: 4 })
  .filter((all) => all.flat().length > 0)

t.test('each feature has its distinct thresholds ascending, and each split the place of its own', async (t) => {
  let numbered = 0
  fc.assert(
    fc.property(runs, (all) => {
      const splits = all.flat()
      const distinct = Array.from({ length: FEATURES }, (_, f) =>
        [...new Set(splits.flatMap(([of, value]) => (of === f ? [value] : [])))].sort((a, b) => a - b),
      )
      const found = atOnce(numberPlainly(all.map(runOf), FEATURES, splits.length))
      if (found === 'many') return distinct.flat().length > mostDistinct(splits.length)
      numbered++
      const indices = new Uint16Array(splits.length)
      found.fill(indices)
      return (
        distinct.flat().length <= mostDistinct(splits.length) &&
        same(found.threshold, distinct.flat()) &&
        distinct.every((own, f) => found.thresholdStart[f + 1] - found.thresholdStart[f] === own.length) &&
        splits.every(([f], i) => indices[i] < distinct[f].length) &&
        splits.every(([f, value], i) => found.threshold[found.thresholdStart[f] + indices[i]] === value)
      )
    }),
    { numRuns: 80, seed: 1 },
  )
  t.ok(numbered > 30, 'many were numbered')
})

t.test('numbering saves a byte up to a distinct threshold to 4 of 3 splits, and not from there', async (t) => {
  for (let count = 1; count < 300; count++) {
    // A threshold takes 4 bytes and an index at least 1.
    const saves = (distinct: number) => 4 * distinct + count < 4 * count
    if (!saves(mostDistinct(count)) && mostDistinct(count) > 0) t.fail(`${count} splits, too many`)
    if (saves(mostDistinct(count) + 1)) t.fail(`${count} splits, too few`)
  }
  const ascending = Float32Array.from({ length: 1000 }, (_, i) => Math.min(i, 748))
  const found = atOnce(numberPlainly([{ feature: new Uint8Array(1000), threshold: ascending }], 1, 1000))
  t.equal(found !== 'many' && found.threshold.length, 749)
  ascending[999] = 749
  t.equal(atOnce(numberPlainly([{ feature: new Uint8Array(1000), threshold: ascending }], 1, 1000)), 'many')
})

t.test(
  'many splits whose first are nearly all distinct are not numbered, though later ones might be few',
  async (t) => {
    const count = 4 * SAMPLE
    const repeated = (share: number) => Float32Array.from({ length: count }, (_, i) => (i < share * SAMPLE ? i : 0))
    const number = (share: number, length = count) =>
      atOnce(
        numberPlainly([{ feature: new Uint8Array(length), threshold: repeated(share).subarray(0, length) }], 1, length),
      )
    t.equal(number(0.95), 'many')
    t.not(number(0.85), 'many')
    t.not(number(0.95, count - 1), 'many', 'in fewer splits it is found out')
    t.equal(looksDistinct(SAMPLE, count), true)
  },
)

t.test('thousands of thresholds keep their places', async (t) => {
  const count = 4 * 7000
  const values = Float32Array.from({ length: count }, (_, i) => (((i >> 1) * 4001) % 7000) / 7)
  const found = atOnce(numberPlainly([{ feature: new Uint8Array(count), threshold: values }], 1, count))
  if (found === 'many') throw new Error('They were not numbered.')
  const indices = new Uint16Array(count)
  found.fill(indices)
  t.equal(found.threshold.length, 7000)
  t.ok(values.every((value, i) => found.threshold[indices[i]] === value))
})

t.test('pauses after each run', async (t) => {
  const run = { feature: Uint8Array.of(0, 0, 0, 0), threshold: Float32Array.of(1, 1, 1, 1) }
  t.equal([...numberPlainly([run, run, run], 1, 12)].length, 3)
})

function runOf(splits: readonly (readonly [number, number])[]): NumberSplits {
  return { feature: Uint16Array.from(splits, ([f]) => f), threshold: Float32Array.from(splits, ([, value]) => value) }
}
