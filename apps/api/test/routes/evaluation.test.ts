import t from 'tap'
import { build } from '../app.ts'
import { irisFiles, mixedFiles } from '../bundle.ts'

t.test('the evaluation of the bundle is passed on', async (t) => {
  const evaluation = { format: 'copse-evaluation', version: 1, confusion: [[1]] }
  const { app } = await build(t, { ...irisFiles(), 'evaluation.json': JSON.stringify(evaluation) })
  const answer = await app.inject('/model/evaluation?model=iris')
  t.equal(answer.headers['content-type'], 'application/json; charset=utf-8')
  t.strictSame(answer.json(), evaluation)
  t.equal((await app.inject('/model/evaluation?model=none')).statusCode, 404)
})

t.test('a bundle without one says so', async (t) => {
  const { app } = await build(t)
  const answer = await app.inject('/model/evaluation')
  t.equal(answer.statusCode, 404)
  t.match(answer.json(), { code: 'API_ERR_NOT_FOUND', message: /has no evaluation/ })
})

t.test('examples are golden rows: one of each class first', async (t) => {
  const { app } = await build(t)
  t.strictSame((await app.inject('/model/examples')).json(), {
    examples: [
      { features: [5.1, 3.5, 1.4, 0.2], answer: 'setosa', confidence: 1 },
      { features: [5.9, 3, 4.2, 1.5], answer: 'versicolor', confidence: 0.75 },
      { features: [6.3, 3.3, 6, 2.5], answer: 'virginica', confidence: 0.875 },
    ],
  })
})

t.test('of numbers from the least to the greatest, and only rows that could be sent', async (t) => {
  const { app } = await build(t, mixedFiles())
  const { examples } = (await app.inject('/model/examples')).json()
  const answers = examples.map(({ answer }: { answer: number }) => answer)
  t.strictSame(
    answers,
    answers.toSorted((a: number, b: number) => a - b),
  )
  t.strictSame(
    examples.map(({ features }: { features: unknown[] }) => features[2]),
    ['no', 'yes'].filter((level) => examples.some(({ features }: { features: unknown[] }) => features[2] === level)),
    'the golden row with an unseen level in a category that may not be missing is left out',
  )
  t.equal(examples.length, 2)
})
