import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { listen } from '../../../src/listen.ts'
import { build, predict } from '../../app.ts'
import { keysFile } from '../../keys.ts'

const BODY = '{"features":[5.1,3.5,1.4,0.2]}'
const HEAD = `POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n`

async function metric(app: { inject(url: string): Promise<{ body: string }> }, name: string): Promise<number> {
  const line = (await app.inject('/metrics')).body.split('\n').find((line) => line.startsWith(`${name} `))
  return Number(line?.split(' ')[1])
}

t.test('bounds the requests at once; one that ends or goes away makes room', async (t) => {
  const { app } = await build(t, undefined, { maxConcurrency: 2 })
  const port = await listen(app.server, '127.0.0.1', 0)
  const sockets = [connect(port), connect(port)]
  for (const socket of sockets) socket.write(HEAD)
  while ((await metric(app, 'copse_queue_depth')) < 2) await sleep(5)

  const refused = await predict(app, BODY)
  t.match(refused.json(), { statusCode: 429, code: 'API_ERR_BUSY' })
  t.equal(refused.headers['retry-after'], '1')
  t.equal(await metric(app, 'copse_requests_shed_total{reason="concurrency"}'), 1)
  for (const url of ['/livez', '/readyz', '/health', '/metrics', '/model/info']) {
    t.equal((await app.inject(url)).statusCode, 200, `${url} answers`)
  }

  sockets[0]!.destroy()
  while ((await metric(app, 'copse_queue_depth')) > 1) await sleep(5)
  sockets[1]!.write(BODY)
  const [answer] = await once(sockets[1]!, 'data')
  t.match(String(answer), /^HTTP\/1\.1 200 /)
  while ((await metric(app, 'copse_queue_depth')) > 0) await sleep(5)
  t.equal((await predict(app, BODY)).statusCode, 200)
  t.equal(await metric(app, 'copse_queue_depth'), 0)
  sockets[1]!.destroy()
})

t.test('a late event loop is told 503', async (t) => {
  const { app } = await build(t, undefined, { maxDelayMs: 100 })
  const end = performance.now() + 600
  while (performance.now() < end);
  let answer = await predict(app, BODY)
  while (answer.statusCode === 200) {
    await sleep(1)
    answer = await predict(app, BODY)
  }
  t.match(answer.json(), { statusCode: 503, code: 'API_ERR_OVERLOAD' })
  t.match(answer.headers['retry-after'], /^[1-9]\d*$/)
  while ((await predict(app, BODY)).statusCode !== 200) await sleep(20)
})

t.test('a request that comes to its prediction too late is not predicted', async (t) => {
  const { app } = await build(t, undefined, { deadlineMs: 50 })
  const port = await listen(app.server, '127.0.0.1', 0)
  const socket = connect(port)
  socket.write(HEAD)
  await sleep(200)
  socket.write(BODY)
  const [answer] = await once(socket, 'data')
  t.match(String(answer), /^HTTP\/1\.1 504 .*"code":"API_ERR_DEADLINE"/s)
  t.equal(await metric(app, 'copse_requests_shed_total{reason="deadline"}'), 1)
  socket.destroy()
})

t.test('limits the rate of each key', async (t) => {
  const { app } = await build(t, undefined, {
    rateLimit: 2,
    apiKeysFile: keysFile(t, { ann: 'predict', bob: 'predict' }),
  })
  const as = (name: string) =>
    app.inject({
      method: 'POST',
      url: '/predict',
      headers: { 'content-type': 'application/json', 'x-api-key': `${name}-key` },
      payload: BODY,
    })
  const answers = []
  for (let i = 0; i < 20; i++) answers.push(await as('ann'))
  const refused = answers.filter(({ statusCode }) => statusCode === 429)
  t.ok(refused.length > 0)
  t.match(refused[0]!.json(), { code: 'API_ERR_RATE' })
  t.match(refused[0]!.headers['retry-after'], /^[1-9]\d*$/)
  t.equal((await as('bob')).statusCode, 200)
  t.equal((await as('eve')).statusCode, 401)
  t.equal(await metric(app, 'copse_requests_shed_total{reason="rate"}'), refused.length)
})
