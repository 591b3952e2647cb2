import { Dataset, iris } from '@copse/dataset'
import { train } from '@copse/model'
import t from 'tap'
import { answers, measure, summarise } from '../src/measure.ts'

const numbers = Dataset.fromRows(
  [1, 2, 3, 4, 5].map((x) => ({ x, y: x * 1.5 })),
  { target: 'y', task: 'regression' },
)

const species = ['setosa', 'versicolor', 'virginica']
const values = (...outputs: number[]) => ({ outputs: Float64Array.from(outputs), classIds: new Uint16Array() })

t.test('a perfect classifier', async (t) => {
  const table = iris()
  const sure = new Float64Array(150 * 3)
  for (let i = 0; i < 150; i++) sure[i * 3 + table.target[i]!] = 1
  const { log_loss, ...rest } = measure(table, { outputs: sure, classIds: table.target as Uint16Array })
  t.strictSame(rest, { accuracy: 1, f1_macro: 1, roc_auc: 1 })
  t.ok(log_loss! < 1e-9)
})

t.test('a perfect regression', async (t) => {
  t.strictSame(measure(numbers, values(...numbers.target)), { rmse: 0, mae: 0, r2: 1 })
})

t.test('what these rows do not define is left out', async (t) => {
  const setosa = iris().select([0, 1])
  t.notOk('roc_auc' in measure(setosa, { outputs: Float64Array.of(1, 0, 0, 1, 0, 0), classIds: new Uint16Array(2) }))
  t.notOk('r2' in measure(numbers.select([0]), values(1.5)))
})

t.test('answers are the forest’s own', async (t) => {
  const table = iris()
  const forest = await train(table, { nEstimators: 3, seed: 1 })
  const rows = Array.from({ length: 150 }, (_, i) => table.row(i))
  const expected = forest.predictProba(rows as (number | null)[][]).flatMap((row) => [...row])
  const given = answers(forest, table.columns)
  t.strictSame([...given.outputs], expected)
  t.strictSame(
    [...given.classIds].map((k) => species[k]),
    forest.predict(rows as (number | null)[][]),
  )
  const none = answers(forest, table.select([]).columns)
  t.match(none, { outputs: { length: 0 }, classIds: { length: 0 } })
})

t.test('mean and standard deviation over the folds that all have', async (t) => {
  const { mean, std } = summarise([{ accuracy: 0.9, roc_auc: 1 }, { accuracy: 0.7, roc_auc: 1 }, { accuracy: 0.8 }])
  t.ok(Math.abs(mean.accuracy! - 0.8) < 1e-12)
  t.ok(Math.abs(std.accuracy! - Math.sqrt(0.02 / 3)) < 1e-12)
  t.strictSame(Object.keys(mean), ['accuracy'])
  t.strictSame(summarise([]), { mean: {}, std: {} })
})
