import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { build, predict } from '../../app.ts'

/** How many requests both series have of these labels; fails when they differ. */
async function counted(app: FastifyInstance, method: string, route: string, status: number): Promise<number> {
  const text = await app.scrape()
  const labels = `{method="${method}",route="${route}",status_code="${status}"} `
  const [histogram, summary] = ['http_request_duration_seconds', 'http_request_summary_seconds'].map((name) => {
    const line = text.split('\n').find((line) => line.startsWith(`${name}_count${labels}`))
    return Number(line?.split(' ').at(-1) ?? 0)
  })
  if (histogram !== summary) throw new Error(`${histogram} in the histogram, ${summary} in the summary`)
  return histogram!
}

t.test('a request counts once in the series of its method, route and status', async (t) => {
  const { app } = await build(t)
  for (let i = 0; i < 3; i++) await app.inject('/livez')
  t.equal(await counted(app, 'GET', '/livez', 200), 3)
  await app.models.default.unload()
  await app.inject('/readyz')
  t.equal(await counted(app, 'GET', '/readyz', 503), 1)
  t.equal(await counted(app, 'GET', '/readyz', 200), 0)
})

t.test('a route with parameters is one series, whatever they are', async (t) => {
  const { app } = await build(t)
  for (const name of ['iris', 'other']) await app.inject(`/v2/models/${name}/ready`)
  const text = await app.scrape()
  t.match(text, /^http_request_duration_seconds_count\{method="GET",route="\/v2\/models\/:\w+\/ready",/m)
  t.notMatch(text, /route="[^"]*\/(iris|other)/)
})

t.test('all routes that there are not are one series a method', async (t) => {
  const { app } = await build(t)
  await app.inject('/nowhere')
  await app.inject('/v3/nowhere')
  await app.inject({ method: 'DELETE', url: '/nowhere' })
  t.equal(await counted(app, 'GET', '__unknown__', 404), 2)
  t.equal(await counted(app, 'DELETE', '__unknown__', 404), 1)
  t.notMatch(await app.scrape(), /route="[^"]*nowhere/)
})

t.test('HEAD and OPTIONS of a route are not timed', async (t) => {
  const { app } = await build(t)
  await app.inject({ method: 'HEAD', url: '/livez' })
  t.notMatch(await app.scrape(), /^http_request_duration_seconds_count\{method="HEAD"/m)
})

t.test('inference routes are told by who knows when they are over, and count once too', async (t) => {
  const { app } = await build(t)
  await predict(app, { features: [5.1, 3.5, 1.4, 0.2] })
  await predict(app, '{')
  t.equal(await counted(app, 'POST', '/predict', 200), 1)
  t.equal(await counted(app, 'POST', '/predict', 400), 1)
})

t.test('a duration is in seconds, in the buckets of a service that answers in microseconds', async (t) => {
  const { app } = await build(t)
  const time = app.timeRoute('GET', '/made-up')
  time(200, 0.0003)
  time(200, 20)
  const text = await app.scrape()
  const labels = 'method="GET",route="/made-up",status_code="200"'
  t.ok(text.includes(`http_request_duration_seconds_sum{${labels}} 20.0003\n`))
  for (const [le, count] of [
    ['0.00025', 0],
    ['0.0005', 1],
    ['10', 1],
    ['+Inf', 2],
  ]) {
    t.ok(text.includes(`http_request_duration_seconds_bucket{le="${le}",${labels}} ${count}\n`), `up to ${le} s`)
  }
})
