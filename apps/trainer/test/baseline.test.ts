import { Dataset, iris } from '@copse/dataset'
import t from 'tap'
import { baselineObstacle, baselineTrees, growBaseline } from '../src/baseline.ts'
import { answers, measure } from '../src/measure.ts'
import { random } from './tables.ts'

const trees = { trees: 5, seed: 42 }
const scored = (table: Dataset, test: Dataset) => measure(test, answers(growBaseline(table, test, trees), test.columns))

t.test('it learns Iris, and its import answers like the original', async (t) => {
  const table = iris()
  const train = table.select(Array.from({ length: 75 }, (_, i) => 2 * i))
  const test = table.select(Array.from({ length: 75 }, (_, i) => 2 * i + 1))
  t.equal(baselineObstacle(train), undefined)
  t.ok(scored(train, test).accuracy! > 0.85)
})

t.test('it learns numbers', async (t) => {
  const draw = random(7)
  const rows = Array.from({ length: 60 }, () => ({ x: draw(), z: draw() })).map((row) => ({
    ...row,
    y: 3 * row.x + row.z,
  }))
  const table = Dataset.fromRows(rows, { target: 'y', task: 'regression' })
  t.ok(scored(table, table).r2! > 0.5)
})

t.test('the same seed gives the same forest, also the largest', async (t) => {
  const table = iris().select(Array.from({ length: 50 }, (_, i) => 3 * i))
  const bytes = (seed: number) => Buffer.from(growBaseline(table, table, { trees: 2, seed }).data).toString('hex')
  t.equal(bytes(4_294_967_295), bytes(4_294_967_295))
  t.not(bytes(1), bytes(2))
})

t.test('it is trained on small tables of numbers only', async () => {
  const table = (rows: Record<string, number | string | null>[]) => Dataset.fromRows(rows, { target: 'y' })
  const labels = (i: number) => (i % 2 === 0 ? 'a' : 'b')
  const long = Array.from({ length: 251 }, (_, i) => ({ x: i, y: labels(i) }))
  t.match(baselineObstacle(table(long)), /at most 250 rows and 1,000 cells .* trains on 251 rows and 251 cells/)
  const wide = Array.from({ length: 21 }, (_, i) => ({
    ...Object.fromEntries(Array.from({ length: 50 }, (_, f) => [`x${f}`, i])),
    y: labels(i),
  }))
  t.match(baselineObstacle(table(wide)), /21 rows and 1,050 cells/)
  const few = [0, 1, 2, 3]
  t.match(
    baselineObstacle(table(few.map((i) => ({ x: `level ${i % 2}`, y: labels(i) })))),
    /no categories, and "x" is one/,
  )
  t.match(
    baselineObstacle(table(few.map((i) => ({ x: i === 0 ? null : i, y: labels(i) })))),
    /no missing values, and "x"/,
  )
  t.match(
    baselineObstacle(table(few.map((i) => ({ x: i, y: labels(i) }))).select([0, 2])),
    /every class, and none of "b"/,
  )
})

t.test('it never grows more than 200 trees, because it cannot be interrupted', async (t) => {
  t.equal(baselineTrees(100), 100)
  t.equal(baselineTrees(10_000), 200)
})
