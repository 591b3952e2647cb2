import { availableParallelism } from 'node:os'
import t from 'tap'
import { checkSettings, type PartialSettings, workersOf } from '../src/settings.ts'

const refused = (given: PartialSettings, message: RegExp) =>
  t.throws(() => checkSettings(given), { code: 'TRAINER_ERR_SETTING', message })

t.test('nothing given means Iris with the defaults', async (t) => {
  t.match(checkSettings(), {
    data: undefined,
    experiment: 'iris',
    modelName: 'iris',
    seed: 42,
    trees: 100,
    threads: availableParallelism(),
    promote: 'if-better',
    onnx: 'auto',
    newSignature: false,
    unlessChampion: false,
    home: '.copse',
    trackingUri: undefined,
  })
})

t.test('experiment and model are named after the file', async (t) => {
  t.match(checkSettings({ data: 'data/churn.csv', target: 'churned' }), { experiment: 'churn', modelName: 'churn' })
  const spaced = checkSettings({ data: 'my data@2: new.v2.csv', target: 'x' })
  t.equal(spaced.experiment, 'my data@2: new.v2')
  t.equal(spaced.modelName, 'my-data-2-new.v2', 'what a registry or a reference refuses becomes a dash')
  const named = { data: 'churn.csv', target: 'x', experiment: 'autumn', modelName: 'leavers' }
  t.match(checkSettings(named), { experiment: 'autumn', modelName: 'leavers' })
})

t.test('a table needs a target, and a target a table', async () => {
  refused({ data: 'churn.csv' }, /--data needs --target/)
  refused({ data: '', target: 'x' }, /--data must name a CSV file/)
  refused({ target: 'x' }, /need --data/)
  refused({ task: 'regression' }, /need --data/)
  refused({ ignore: ['id'] }, /need --data/)
  refused({ types: { zip: 'category' } }, /need --data/)
})

t.test('names that a registry or a reference cannot hold are refused', async () => {
  for (const modelName of ['a/b', 'a:b', 'a@b', 'a b', '', 'x'.repeat(251)]) refused({ modelName }, /--model-name must/)
  refused({ experiment: ' ' }, /--experiment must/)
  refused({ home: '' }, /--home must/)
})

t.test('one thread is this one', async (t) => {
  t.equal(workersOf(checkSettings({ threads: 0 })), 0)
  t.equal(workersOf(checkSettings({ threads: 1 })), 0)
  t.equal(workersOf(checkSettings({ threads: 2 })), 2)
})
