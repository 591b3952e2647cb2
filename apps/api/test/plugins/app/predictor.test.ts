import type { FastifyRequest } from 'fastify'
import t from 'tap'
import { build, JSON_TYPE } from '../../app.ts'

t.test('a dialect predicts what stands in the input, and is counted by its name', async (t) => {
  const { app } = await build(t)
  const model = app.models.default.current!
  const predict = app.predictor('other')
  model.input(1).set([5.1, 3.5, 1.4, 0.2])
  t.strictSame([...predict(model, 1, 'id', { startedAt: 0 } as FastifyRequest).classIds], [0])
  const { body } = await app.inject('/metrics')
  t.ok(body.includes('copse_predictions_total{model="iris",version="1",dialect="other",class="setosa"} 1'))
  t.ok(body.includes('copse_predictions_total{model="iris",version="1",dialect="own",class="setosa"} 0'))
})

t.test('every prediction of every dialect is shown, under the id that the client is told', async (t) => {
  const { app } = await build(t)
  const seen: unknown[] = []
  app.observePredictions(({ id, dialect, model, input, answers }) => {
    seen.push({
      id,
      dialect,
      model: model.name,
      input: [...input],
      rows: answers.rows,
      classIds: [...answers.classIds],
    })
  })
  const post = (url: string, payload: object) =>
    app.inject({ method: 'POST', url, headers: JSON_TYPE, payload: JSON.stringify(payload) })
  const rows = [
    [5, 3, 1, 0],
    [6, 3, 6, 2],
  ]
  const answers = [
    await post('/predict', { features: rows[0] }),
    await post('/predict', { rows }),
    await post('/invocations', { inputs: rows }),
    await post('/v2/models/iris/infer', {
      inputs: [{ name: 'features', shape: [2, 4], datatype: 'FP32', data: rows.flat() }],
    }),
  ]
  await post('/predict', { features: [1] })
  const batch = { rows: 2, input: rows.flat(), classIds: [0, 2], model: 'iris' }
  t.match(seen, [
    { dialect: 'own', rows: 1, input: rows[0], classIds: [0] },
    { dialect: 'own', ...batch },
    { dialect: 'mlflow', ...batch },
    { dialect: 'oip', ...batch },
  ])
  t.strictSame(
    seen.map((prediction) => (prediction as { id: string }).id),
    answers.map(({ headers }) => headers['x-prediction-id']),
  )
})
