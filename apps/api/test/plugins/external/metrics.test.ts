import { readFileSync } from 'node:fs'
import t from 'tap'
import { build, predict } from '../../app.ts'

t.test('HTTP, process, Node and own metrics in one text', async (t) => {
  const { app } = await build(t)
  await predict(app, { features: [5.1, 3.5, 1.4, 0.2] })
  await predict(app, { features: [] })
  await app.inject('/nothing')
  const { statusCode, headers, body } = await app.inject('/metrics')
  t.equal(statusCode, 200)
  t.match(headers['content-type'], /^text\/plain; version=0\.0\.4/)
  const count = (labels: string) =>
    Number(body.split(`http_request_duration_seconds_count{${labels}} `)[1]?.split('\n')[0])
  t.equal(count('method="POST",route="/predict",status_code="200"'), 1)
  t.equal(count('method="POST",route="/predict",status_code="400"'), 1)
  t.equal(count('method="GET",route="__unknown__",status_code="404"'), 1)
  t.ok(body.includes('http_request_duration_seconds_bucket{le="0.00025",'))
  t.ok(body.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length > 56)
})

t.test('docs/metrics.md is the whole list', async (t) => {
  const { app } = await build(t)
  await predict(app, { features: [5.1, 3.5, 1.4, 0.2] })
  const { body } = await app.inject('/metrics')
  const served = Array.from(body.matchAll(/^# TYPE (\S+) (\S+)$/gm), ([, name, type]) => `${name} ${type}`).sort()
  const docs = readFileSync(new URL('../../../../../docs/metrics.md', import.meta.url), 'utf8')
  const listed = Array.from(
    docs.matchAll(/^\| `([a-z0-9_]+)` \| (counter|gauge|histogram|summary) \|/gm),
    ([, name, type]) => `${name} ${type}`,
  ).sort()
  t.strictSame(
    served.filter((metric) => !listed.includes(metric)),
    [],
  )
  // Some of the process metrics come from /proc.
  if (process.platform === 'linux') t.strictSame(listed, served)
})

t.test('a port of its own takes the route away', async (t) => {
  const { app } = await build(t, undefined, { metricsPort: 9100 })
  t.equal((await app.inject('/metrics')).statusCode, 404)
  t.notOk((await app.inject('/openapi.json')).body.includes('/metrics'))
})
