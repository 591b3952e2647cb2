import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { build, JSON_TYPE, predict } from '../app.ts'
import { buildWithPage } from '../page.ts'

function attempt(app: FastifyInstance, body: unknown, query = '') {
  return app.inject({ method: 'POST', url: `/model/try${query}`, headers: JSON_TYPE, payload: JSON.stringify(body) })
}

t.test('answers what /predict answers', async (t) => {
  const app = await buildWithPage(t)
  for (const body of [
    { features: [5.1, 3.5, 1.4, 0.2] },
    {
      rows: [
        [5.1, 3.5, 1.4, 0.2],
        [6.3, 3.3, 6, 2.5],
      ],
    },
  ]) {
    const [tried, predicted] = [await attempt(app, body), await predict(app, body)]
    t.equal(tried.statusCode, 200)
    t.equal(tried.body, predicted.body)
    t.equal(tried.headers['x-prediction-id'], undefined)
  }
  const wrong = await attempt(app, { features: [5.1, 3.5, 'x', 0.2] })
  t.equal(wrong.statusCode, 400)
  t.match(wrong.json(), { code: 'API_ERR_VALUE', path: '/features/2' })
})

t.test('of the model that is named', async (t) => {
  const app = await buildWithPage(t)
  t.equal((await attempt(app, { features: [5.1, 3.5, 1.4, 0.2] }, '?model=iris&version=1')).statusCode, 200)
  t.equal((await attempt(app, { features: [5.1, 3.5, 1.4, 0.2] }, '?model=none')).statusCode, 404)
})

t.test('leaves no trace: no observer sees it, and no counter of predictions moves', async (t) => {
  const app = await buildWithPage(t)
  const counted = async () => (await app.inject('/metrics')).body.match(/^copse_predictions_total.*/gm)
  const before = await counted()
  await attempt(app, { features: [5.1, 3.5, 1.4, 0.2] })
  t.strictSame(await counted(), before)
  await predict(app, { features: [5.1, 3.5, 1.4, 0.2] })
  t.notSame(await counted(), before, 'as /predict does')
})

t.test('goes with the page', async (t) => {
  const { app } = await build(t)
  t.equal((await attempt(app, { features: [5.1, 3.5, 1.4, 0.2] })).statusCode, 404)
})
