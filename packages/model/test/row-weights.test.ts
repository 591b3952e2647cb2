import t from 'tap'
import { type Parameters, resolveParameters } from '../src/parameters.ts'
import { isSmall, mostWeight, presentRows, weighRows } from '../src/row-weights.ts'
import { tableOf } from './training-tables.ts'

const ROWS = [[1], [2], [3], [4]]
const TARGET = [0, 0, 0, 1]

t.test('without weights of any kind there are none', async (t) => {
  t.same(weigh(), { weights: undefined, classWeights: undefined })
})

t.test('whole weights stay, times those of their classes', async (t) => {
  t.same(weigh([], { classWeight: { c1: 3 } }).weights, Float64Array.of(1, 1, 1, 3))
  t.same(weigh([2, 0, 1, 4], { classWeight: { c1: 3 } }).weights, Float64Array.of(2, 0, 1, 12))
  t.same(weigh([512, 512, 256, 1536]).weights, Float64Array.of(512, 512, 256, 1536), 'also beyond a byte')
})

t.test('fractional class weights stand apart', async (t) => {
  const { weights, classWeights } = weigh([], { classWeight: 'balanced' })
  t.equal(weights, undefined)
  t.same(classWeights?.given.slice(0, 2), [4 / (2 * 3), 4 / (2 * 1)])
  t.same(weigh([2, 0, 1, 4], { classWeight: 'balanced' }).weights, Float64Array.of(2, 0, 1, 4))
  const without = weigh([2, 0, 1, 3], { classWeight: { c0: 0, c1: 0.5 } })
  t.same(without.weights, Float64Array.of(0, 0, 0, 3), 'rows of a class of weight 0 weigh nothing')
})

t.test('the largest fractional weight is brought to 1..2 by a power of two', async (t) => {
  for (const factor of [1, 1000.1, 2 ** -40, 0.3]) {
    const given = [0.5, 0.5, 0.25, 1.5].map((weight) => weight * factor)
    const weights = weigh(given).weights ?? []
    t.ok(weights[3] >= 1 && weights[3] < 2, `${weights[3]}`)
    t.ok(given.every((weight, row) => weight / given[3] === weights[row] / weights[3]))
    t.ok(Number.isInteger(Math.log2(weights[3] / given[3])))
  }
})

t.test('no weight above 0 is refused', async (t) => {
  t.throws(() => weigh([0, 0, 0, 0]), { code: 'MODEL_ERR_TABLE' })
  t.throws(() => weigh([0, 0, 0, 1], { classWeight: { c1: 0 } }), { code: 'MODEL_ERR_TABLE' })
})

t.test('rows that weigh something', async (t) => {
  t.equal(presentRows(Float64Array.of(1, 0.5), allocate), undefined, 'all of them')
  t.same(presentRows(Float64Array.of(0, 1, 0, 2), allocate), Uint32Array.of(1, 3))
})

t.test('weights that fit a byte', async (t) => {
  t.ok(isSmall(undefined))
  t.ok(isSmall(Float64Array.of(0, 1, 255)))
  t.notOk(isSmall(Float64Array.of(1, 256)))
  t.notOk(isSmall(Float64Array.of(1, 0.5)))
})

t.test('the most a tree can weigh', async (t) => {
  t.equal(mostWeight(7), 7)
  t.equal(mostWeight(7, Float64Array.of(1, 3)), 21)
  const { classWeights } = weigh([], { classWeight: { c1: 0.5, c0: 0.25 } })
  t.equal(mostWeight(7, undefined, classWeights), 7 * Math.max(...(classWeights?.whole ?? [])))
})

function weigh(weights: readonly number[] = [], parameters: Parameters = {}) {
  const table = tableOf(ROWS, TARGET, { classes: 3, ...(weights.length > 0 && { weights }) })
  return weighRows(table, resolveParameters(parameters, table.signature.target), allocate)
}

function allocate(bytes: number): ArrayBuffer {
  return new ArrayBuffer(bytes)
}
