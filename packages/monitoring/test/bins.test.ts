import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { binOf, histogram, NUMBER_BINS } from '../src/bins.ts'
import { numberValue } from './arbitrary.ts'

t.test('a column of few distinct values has a bin for each', async (t) => {
  const { edges, counts } = histogram(Float32Array.of(3, 1, 1, 7, 3, 1))
  t.strictSame(edges, [2, 5])
  t.strictSame(counts, [3, 2, 1])
})

t.test('a continuous column has ten bins of equal counts', async (t) => {
  const { edges, counts } = histogram(Float32Array.from({ length: 1000 }, (_, index) => ((index * 617) % 1000) / 4))
  t.equal(edges.length, 9)
  t.strictSame(counts, new Array(10).fill(100))
})

t.test('a value more frequent than a bin leaves the other bins to the other values', async (t) => {
  const zeros = new Array(800).fill(0)
  const others = Array.from({ length: 200 }, (_, index) => index + 1)
  const { counts } = histogram(Float32Array.from([...zeros, ...others]))
  t.equal(counts.length, 10)
  t.equal(counts[0], 800)
  t.ok(counts.slice(1).every((count) => count === 22 || count === 23))
})

t.test('edges are the shortest decimals that separate their neighbours', async (t) => {
  t.strictSame(histogram(Float32Array.of(1.9, 2, 5.1, 5.3)).edges, [1.9, 4, 5.2])
  t.strictSame(histogram(Float64Array.of(1, 1 + Number.EPSILON)).edges, [1])
  t.strictSame(histogram(Float32Array.of(-0, 1e-45)).edges, [7e-46])
  t.strictSame(histogram(Float64Array.of(-Number.MAX_VALUE, Number.MAX_VALUE)).edges, [0])
})

t.test('a constant column is one bin, an empty one is one empty bin', async (t) => {
  const constant = { edges: [], counts: [3], min: 2.5, max: 2.5, mean: 2.5, sd: 0 }
  t.strictSame(histogram(Float32Array.of(2.5, 2.5, 2.5)), constant)
  t.strictSame(histogram(new Float32Array()), { edges: [], counts: [0], min: null, max: null, mean: null, sd: null })
})

t.test('the bin of a value ends at its edge, inclusive, and the outermost are open', async (t) => {
  t.strictSame(
    [Number.NEGATIVE_INFINITY, 1, 1.1, 2, 2.1, Number.POSITIVE_INFINITY].map((value) => binOf([1, 2], value)),
    [0, 0, 1, 1, 2, 2],
  )
  t.equal(binOf([], 5), 0)
})

t.test('counts agree with a count by definition, edges ascend, no bin is empty', async () => {
  const values = fc.array(
    numberValue.filter((value) => !Number.isNaN(value)),
    { minLength: 1, maxLength: 120 },
  )
  fc.assert(
    fc.property(values, (list) => {
      const column = Float32Array.from(list)
      const { edges, counts } = histogram(column)
      const lower = (bin: number) => edges[bin - 1] ?? Number.NEGATIVE_INFINITY
      const upper = (bin: number) => edges[bin] ?? Number.POSITIVE_INFINITY
      const byDefinition = counts.map((_, bin) => [...column].filter((v) => v > lower(bin) && v <= upper(bin)).length)
      const distinct = new Set(column.map((value) => value + 0)).size
      return (
        counts.every((count, bin) => count === byDefinition[bin] && count > 0) &&
        column.every((value) => value > lower(binOf(edges, value)) && value <= upper(binOf(edges, value))) &&
        edges.every((edge, index) => Number.isFinite(edge) && edge > lower(index)) &&
        counts.length <= NUMBER_BINS &&
        (distinct > NUMBER_BINS || counts.length === distinct)
      )
    }),
  )
})

t.test('distinct values fall into bins that differ by one at most', async () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ max: 1e6 }), { minLength: 11, maxLength: 200 }), (list) => {
      const { counts } = histogram(Float64Array.from(list))
      return counts.length === NUMBER_BINS && Math.max(...counts) - Math.min(...counts) <= 1
    }),
  )
})

t.test("mean and standard deviation are numpy's", async (t) => {
  const fixture = new URL('./fixtures/moments.json', import.meta.url)
  const cases: { name: string; values: number[]; mean: number; sd: number }[] = JSON.parse(
    readFileSync(fixture, 'utf8'),
  )
  for (const { name, values, mean, sd } of cases) {
    const found = histogram(Float64Array.from(values))
    t.ok(Math.abs(found.mean! - mean) <= 1e-12 * Math.max(1, Math.abs(mean)), `mean of ${name}`)
    t.ok(Math.abs(found.sd! - sd) <= 1e-9 * Math.max(1, sd), `sd of ${name}`)
  }
})

t.test('the largest doubles have finite moments', async (t) => {
  const { mean, sd } = histogram(Float64Array.of(-Number.MAX_VALUE, Number.MAX_VALUE))
  t.equal(mean, 0)
  t.equal(sd, Number.MAX_VALUE)
  t.equal(histogram(Float64Array.of(Number.MAX_VALUE, Number.MAX_VALUE)).mean, Number.MAX_VALUE)
})
