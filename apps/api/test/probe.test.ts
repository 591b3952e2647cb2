import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { probe } from '../src/probe.ts'

const ROW = '[5.1,3.5,1.4,0.2]'
const SETOSA = '{"prediction":{"class_name":"setosa"}}'

/** A service whose answers are these; answers where it is. */
async function service(t: Test, status: number, key?: string): Promise<string> {
  const server = createServer((request, response) => {
    request.resume()
    const allowed = key === undefined || request.headers.authorization === `Bearer ${key}`
    response.statusCode = allowed ? status : 401
    response.end('{"prediction":{"class_name":"setosa","confidence":1},"probabilities":{"setosa":1}}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

t.test('a ready service is said to be ready', async (t) => {
  const url = await service(t, 200)
  t.equal(await probe(['--url', url], {}), `${url} is ready`)
})

t.test('without a URL it is the service on this machine', async (t) => {
  const { port } = new URL(await service(t, 200))
  t.equal(await probe([], { COPSE_PORT: port }), `http://127.0.0.1:${port} is ready`)
})

t.test('a service that is not ready fails the probe', async (t) => {
  const url = await service(t, 503)
  await t.rejects(probe(['--url', url], {}), {
    code: 'API_ERR_PROBE',
    message: `${url}/readyz answers 503; 200 was expected.`,
  })
})

t.test('so does one that is not there', async (t) => {
  await t.rejects(probe(['--url', 'http://127.0.0.1:1'], {}), { code: 'API_ERR_PROBE', message: /does not answer/ })
})

t.test('a prediction may say more than the known answer', async (t) => {
  const url = await service(t, 200)
  t.match(await probe(['--url', url, '--features', ROW, '--expect', SETOSA], {}), /predicts/)
})

t.test('a prediction that is another fails the probe', async (t) => {
  const url = await service(t, 200)
  const expect = '{"prediction":{"class_name":"virginica"}}'
  await t.rejects(probe(['--url', url, '--features', ROW, '--expect', expect], {}), { message: /does not hold/ })
})

t.test('a service with keys is asked with one', async (t) => {
  const url = await service(t, 200, 'k')
  t.match(await probe(['--url', url, '--features', ROW], { COPSE_API_KEY: 'k' }), /predicts/)
})

t.test('arguments that are wrong are refused', async (t) => {
  await t.rejects(probe(['--rows', '3'], {}), { code: 'API_ERR_PROBE', message: /The arguments of probe are wrong/ })
  await t.rejects(probe(['--features', 'five'], {}), { code: 'API_ERR_PROBE' })
})
