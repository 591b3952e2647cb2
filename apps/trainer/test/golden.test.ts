import { iris, readCsv } from '@copse/dataset'
import { type Forest, train } from '@copse/model'
import fc from 'fast-check'
import t from 'tap'
import { goldenAnswers, shortest } from '../src/golden.ts'
import { gems, prices, save } from './tables.ts'

interface Golden {
  format: string
  version: number
  rows: (number | null)[][]
  outputs: number[][]
}

/** What a server does with the file. */
function reproduces(forest: Forest, golden: Golden): boolean {
  const values = Float32Array.from(golden.rows.flat(), (value) => value ?? Number.NaN)
  const out = new Float64Array(golden.rows.length * forest.outputs)
  forest.predictInto(values, out)
  return golden.outputs.flat().every((value, i) => value === out[i])
}

t.test('rows of the table and their exact answers', async (t) => {
  const table = iris()
  const forest = await train(table, { nEstimators: 5, minSamplesLeaf: 3, seed: 1 })
  const golden: Golden = JSON.parse(goldenAnswers(forest, table))
  t.match(golden, { format: 'copse-golden', version: 1 })
  t.equal(golden.rows.length, 16)
  t.strictSame(golden.rows[0], [5.1, 3.5, 1.4, 0.2])
  t.ok(golden.outputs.every((row) => row.length === 3))
  t.ok(reproduces(forest, golden))
})

t.test('with missing values and an unseen category where they may be', async (t) => {
  for (const text of [gems(), prices()]) {
    const target = text.startsWith('carat,cut,depth,sold') ? 'sold' : 'price'
    const table = await readCsv(save(t.testdir(), 'gems.csv', text), { target })
    const forest = await train(table, { nEstimators: 5, seed: 1 })
    const golden: Golden = JSON.parse(goldenAnswers(forest, table))
    t.equal(golden.rows.length, 18)
    t.match(golden.rows[16], [null, null, Number], 'depth is never missing')
    t.equal(golden.rows[17]![1], 3, 'past the last of three levels')
    t.ok(golden.outputs.every((row) => row.length === forest.outputs))
    t.ok(reproduces(forest, golden))
  }
})

t.test('a float32 is written short and read back the same', async () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const short = shortest(value)
      return Object.is(Math.fround(short), value) && String(short).length <= String(value).length
    }),
  )
})
