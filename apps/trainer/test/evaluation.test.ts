import { type Dataset, iris, readCsv } from '@copse/dataset'
import { train } from '@copse/model'
import t from 'tap'
import { evaluationOf } from '../src/evaluation.ts'
import { cutTable } from '../src/parts.ts'
import { runTrial } from '../src/trial.ts'
import { prices, save } from './tables.ts'

const watch = { signal: new AbortController().signal, onTrees: () => {} }

async function evaluate(table: Dataset) {
  const parts = cutTable(table, 1)
  const grow = (rows: Dataset) => train(rows, { nEstimators: 5, seed: 1 })
  const trial = await runTrial({ name: 'small', baseline: false, trees: 5, grow }, parts, watch, () => {})
  return { parts, trial, evaluation: evaluationOf(trial, parts) }
}

t.test('scores and confusion matrix are those of the held-out rows', async (t) => {
  const { parts, trial, evaluation } = await evaluate(iris())
  t.strictSame(evaluation.held_out, { rows: parts.test.rows, metrics: trial.test })
  t.strictSame(evaluation.cross_validation, { folds: 5, rows: parts.train.rows, metrics: trial.cv, std: trial.cvStd })
  const { confusion } = evaluation
  t.equal(
    confusion!.flat().reduce((sum, count) => sum + count),
    parts.test.rows,
  )
  const correct = confusion!.reduce((sum, row, k) => sum + row[k]!, 0)
  t.equal(correct / parts.test.rows, trial.test.accuracy)
  const setosas = Array.from(parts.test.target).filter((k) => k === 0).length
  t.equal(
    confusion![0]!.reduce((sum, count) => sum + count),
    setosas,
    'a row is an actual class',
  )
})

t.test('numbers have no confusion matrix', async (t) => {
  const path = save(t.testdir(), 'prices.csv', prices())
  const { evaluation } = await evaluate(await readCsv(path, { target: 'price' }))
  t.equal(evaluation.confusion, null)
  t.ok(evaluation.held_out.metrics.rmse! >= 0)
})
