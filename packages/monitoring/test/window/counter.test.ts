import fc from 'fast-check'
import t from 'tap'
import { buildReference } from '../../src/index.ts'
import { Counter } from '../../src/window/counter.ts'
import { Layout } from '../../src/window/layout.ts'
import { reference, SHA256 } from '../arbitrary.ts'
import { traffic } from '../traffic.ts'

const counter = new Counter(
  new Layout(
    buildReference({
      signature: {
        features: [
          { name: 'carat', type: 'number' },
          { name: 'cut', type: 'category', levels: ['fair', 'good'] },
        ],
        target: { name: 'sold', type: 'class', classes: ['no', 'yes'] },
      },
      columns: [Float32Array.of(1, 2, 4), Float32Array.of(0, 1, Number.NaN)],
      probabilities: Float64Array.of(1, 0, 0.5, 0.5, 0, 1),
      modelSha256: SHA256,
    }),
  ),
)
const one = (values: number[], outputs: number[], classId: number) => {
  const cells = new Float64Array(counter.layout.cells)
  counter.add(cells, Float32Array.from(values), { rows: 1, outputs: Float64Array.from(outputs), classIds: [classId] })
  return counter.layout.series.map(({ start, bins }) => Array.from(cells.subarray(start, start + bins + 2)))
}

t.test('a row counts once in each series: bins, missing, outside', async (t) => {
  const [carat, cut, prediction, confidence] = one([1.5, 1], [0.3, 0.7], 1)
  t.strictSame(carat, [1, 0, 0, 0, 0])
  t.strictSame(cut, [0, 1, 0, 0])
  t.strictSame(prediction, [0, 1, 0, 0])
  t.equal(confidence.indexOf(1), 13, '(0.65, 0.70]')
})

t.test('a number outside of the range counts in its outermost bin too', async (t) => {
  t.strictSame(one([4.5, 0], [1, 0], 0)[0], [0, 0, 1, 0, 1])
  t.strictSame(one([0.5, 0], [1, 0], 0)[0], [1, 0, 0, 0, 1])
})

t.test('missing values and unseen levels are in no bin', async (t) => {
  t.strictSame(one([Number.NaN, Number.NaN], [1, 0], 0).slice(0, 2), [
    [0, 0, 0, 1, 0],
    [0, 0, 1, 0],
  ])
  for (const unseen of [2, 3, 70_000]) t.strictSame(one([1, unseen], [1, 0], 0)[1], [0, 0, 0, 1])
})

t.test('a batch counts as its rows do one by one, for any model', async () => {
  const cases = reference.chain((any) => fc.tuple(fc.constant(any), traffic(any)))
  fc.assert(
    fc.property(cases, ([any, { values, answers }]) => {
      const of = new Counter(new Layout(any))
      const { features, outputs, cells, series } = of.layout
      const batch = new Float64Array(cells)
      const single = new Float64Array(cells)
      of.add(batch, values, answers)
      for (let row = 0; row < answers.rows; row++) {
        of.add(single, values.subarray(row * features), {
          rows: 1,
          outputs: answers.outputs.subarray(row * outputs),
          classIds: [answers.classIds[row]],
          disagreement: answers.disagreement!.subarray(row),
          rareShare: answers.rareShare!.subarray(row),
        })
      }
      const sums = series.map(({ type, start, bins }) => {
        const whole = batch.subarray(start, start + bins + (type === 'category' ? 2 : 1))
        return whole.reduce((sum, count) => sum + count, 0)
      })
      return batch.every((count, cell) => count === single[cell]) && sums.every((sum) => sum === answers.rows)
    }),
  )
})

t.test('arrays shorter than the rows are refused before anything is counted', async (t) => {
  const cells = new Float64Array(counter.layout.cells)
  const answers = { rows: 2, outputs: new Float64Array(4), classIds: [0, 0] }
  t.throws(() => counter.add(cells, new Float32Array(3), answers), {
    code: 'MONITORING_ERR_TABLE',
    message: '2 rows need 4 values and 4 outputs; there are 3 and 4.',
  })
  t.equal(cells[0], 0)
})
