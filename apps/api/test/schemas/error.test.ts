import t from 'tap'
import { Check } from 'typebox/value'
import { ErrorAnswer } from '../../src/schemas/error.ts'
import { build, predict } from '../app.ts'

t.test('every refusal of the own dialect is as the schema says', async (t) => {
  const { app } = await build(t)
  const answers = [
    await predict(app, { features: [1] }),
    await predict(app, { features: ['x', 1, 2, 3] }),
    await predict(app, '{'),
    await predict(app, {}),
    await app.inject('/nowhere'),
    await app.inject({ method: 'POST', url: '/predict', payload: 'text' }),
    await app.inject('/monitoring/drift?model=other'),
  ]
  for (const answer of answers) {
    const body = answer.json()
    t.ok(Check(ErrorAnswer, body), answer.body)
    t.equal(body.statusCode, answer.statusCode)
  }
})

t.test('a code is for programs, and an error is no success', async (t) => {
  const error = { statusCode: 400, code: 'API_ERR_BODY', error: 'Bad Request', message: 'x' }
  t.ok(Check(ErrorAnswer, error))
  t.ok(Check(ErrorAnswer, { ...error, path: '/features/2' }))
  t.notOk(Check(ErrorAnswer, { ...error, code: 'EBODY' }))
  t.notOk(Check(ErrorAnswer, { ...error, statusCode: 200 }))
  t.notOk(Check(ErrorAnswer, { ...error, stack: 'at' }))
})
