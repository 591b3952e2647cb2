import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { endpoints } from '../src/endpoints.ts'
import { Rest } from '../src/rest.ts'
import type { ServerOptions } from '../src/types.ts'
import { fakeServer, type Reply } from './fake-server.ts'

const get = endpoints.getExperimentByName
const json = (text: string, status = 200): Reply => ({ status, text })

async function client(t: Parameters<typeof fakeServer>[0], answer: Parameters<typeof fakeServer>[1], retries = 2) {
  const server = await fakeServer(t, answer)
  return { ...server, rest: new Rest(server.uri, { timeoutMs: 2000, retries }) }
}

t.test('a call sends what the table of endpoints says', async (t) => {
  const { rest, received } = await client(t, () => ({}))
  await rest.call(get, { experiment_name: 'a b&c=d/ü' })
  await rest.call(endpoints.setAlias, { name: 'ü', alias: 'a', version: '1' })
  await rest.call(endpoints.deleteAlias, { name: 'm', alias: 'a' })
  await rest.call(endpoints.finalizeLoggedModel, { id: 'm-1/x', model_id: 'm-1/x', status: 'S' })
  t.match(received, [
    { method: 'GET', path: 'experiments/get-by-name?experiment_name=a+b%26c%3Dd%2F%C3%BC', body: { length: 0 } },
    { method: 'POST', path: 'registered-models/alias', json: { name: 'ü', alias: 'a', version: '1' } },
    { method: 'DELETE', path: 'registered-models/alias', json: { name: 'm', alias: 'a' } },
    { method: 'PATCH', path: 'logged-models/m-1%2Fx', json: { model_id: 'm-1/x', status: 'S' } },
  ])
  t.equal(received[1]!.headers['content-type'], 'application/json')
  t.equal(received[0]!.headers['user-agent'], 'copse-tracking')
  t.equal(received[0]!.headers.origin, undefined)
})

t.test('credentials', async (t) => {
  const { uri, received } = await fakeServer(t, () => ({}))
  const call = (uri: string, auth?: ServerOptions['auth']) =>
    new Rest(uri, { auth, timeoutMs: 2000, retries: 0 }).call(get, { experiment_name: 'a' })
  await call(uri)
  await call(uri, { username: 'ann', password: 'p:w' })
  await call(uri, { token: 'abc' })
  await call(uri.replace('http://', 'http://bob:s%40c@'))
  t.same(
    received.map(({ headers }) => headers.authorization),
    [undefined, `Basic ${btoa('ann:p:w')}`, 'Bearer abc', `Basic ${btoa('bob:s@c')}`],
  )
})

t.test('messages hold no credentials', async (t) => {
  const rest = new Rest('http://ann:secret@127.0.0.1:9', { timeoutMs: 2000, retries: 0 })
  t.notMatch((await rest.call(get, { experiment_name: 'a' }).catch((error) => error)).message, /secret/)
})

t.test('the kinds of answers', async (t) => {
  const table: [string, Reply, object | RegExp][] = [
    ['JSON', { experiment: { experiment_id: '5' } }, { experiment: { experiment_id: '5' } }],
    ['an empty 200', { status: 200, text: '' }, {}],
    [
      'a 200 page of HTML',
      { type: 'text/html', text: '<html>' },
      { code: 'TRACKING_ERR_HTTP', status: 200, message: /text\/html where a JSON object/ },
    ],
    ['a 200 of another type that is JSON', { type: 'text/plain', text: '{"a":1}' }, { a: 1 }],
    ['JSON that is no object', json('[1]'), { code: 'TRACKING_ERR_HTTP', status: 200 }],
    ['JSON cut short', json('{"a":'), { code: 'TRACKING_ERR_HTTP', status: 200 }],
    [
      'an error of MLflow',
      json('{"error_code":"INVALID_PARAMETER_VALUE","message":"No\\n such  value."}', 400),
      {
        code: 'TRACKING_ERR_HTTP',
        status: 400,
        errorCode: 'INVALID_PARAMETER_VALUE',
        message: /answered 400 INVALID_PARAMETER_VALUE: No such value$/,
      },
    ],
    [
      'an error with detail',
      json('{"detail":"Is a directory"}', 400),
      { code: 'TRACKING_ERR_HTTP', status: 400, errorCode: undefined, message: /: Is a directory$/ },
    ],
    ['an error with a list', json('{"detail":[{"msg":"x"}]}', 422), { status: 422, message: /\[\{"msg":"x"\}\]/ }],
    [
      'an error in text',
      { status: 401, type: 'text/plain', text: 'Not you' },
      { status: 401, message: /Not you.*MLFLOW_TRACKING_USERNAME/ },
    ],
    [
      'an error in HTML',
      { status: 404, type: 'text/html', text: '<h1>Not</h1><p>Found' },
      { status: 404, message: /: Not Found$/ },
    ],
    [
      'an error with nothing',
      { status: 418, text: '' },
      { status: 418, errorCode: undefined, message: /answered 418$/ },
    ],
    [
      'a refused Host header',
      { status: 403, type: 'text/plain', text: 'Invalid Host header - possible DNS rebinding attack detected' },
      { code: 'TRACKING_ERR_HTTP', status: 403, message: /--allowed-hosts/ },
    ],
    ['a long error', json(`{"message":"${'x'.repeat(5000)}"}`, 400), { status: 400, message: /x{300}…$/ }],
    [
      'a redirect',
      { status: 302, headers: { location: 'http://example.invalid/' } },
      { code: 'TRACKING_ERR_HTTP', message: /with a redirect, which is not followed/ },
    ],
  ]
  for (const [what, reply, expected] of table) {
    const { rest, received } = await client(t, () => reply)
    const result = rest.call(get, { experiment_name: 'a' })
    if ('code' in expected || 'status' in expected) await t.rejects(result, expected as { code: string }, what)
    else t.same(await result, expected, what)
    t.equal(received.length, 1, 'asked once')
  }
})

t.test('what passes is asked for again, what may not be repeated is not', async (t) => {
  const run = { experiment_id: '1', run_name: 'r', start_time: 1, tags: [] }
  for (const status of [429, 502, 503, 504]) {
    const { rest, received } = await client(t, (_, count) =>
      count < 3 ? { status, text: 'later', headers: { 'retry-after': '0' } } : {},
    )
    t.same(await rest.call(get, { experiment_name: 'a' }), {}, `${status}, ${status}, 200`)
    t.equal(received.length, 3)
  }
  for (const status of [502, 503, 504]) {
    const { rest, received } = await client(t, () => ({ status, text: 'later' }))
    await t.rejects(rest.call(endpoints.createRun, run), { code: 'TRACKING_ERR_UNREACHABLE', status })
    t.equal(received.length, 1, `a run is not made twice after ${status}`)
  }
  const { rest, received } = await client(t, (_, count) =>
    count < 2 ? { status: 429, text: '', headers: { 'retry-after': '0' } } : {},
  )
  await rest.call(endpoints.createRun, run)
  t.equal(received.length, 2, 'but after 429, which did nothing')
})

t.test('the 503 of a disabled endpoint does not pass', async (t) => {
  const text = 'Endpoint: /artifacts disabled due to the mlflow server running in `--no-serve-artifacts` mode.'
  const { rest, received } = await client(t, () => ({ status: 503, type: 'text/plain', text }))
  await t.rejects(rest.getJson('/x'), { code: 'TRACKING_ERR_HTTP', status: 503, message: /--serve-artifacts/ })
  t.equal(received.length, 1)
})

t.test('a server that keeps failing is unreachable', async (t) => {
  const { rest, received } = await client(
    t,
    () => ({ status: 503, text: '{"error_code":"TEMPORARILY_UNAVAILABLE","message":"db"}' }),
    1,
  )
  await t.rejects(rest.call(get, { experiment_name: 'a' }), {
    code: 'TRACKING_ERR_UNREACHABLE',
    status: 503,
    errorCode: 'TEMPORARILY_UNAVAILABLE',
  })
  t.equal(received.length, 2)
})

t.test('a connection reset, a cut answer, a slow answer', async (t) => {
  const reset = await client(t, (_, count) => (count < 2 ? (response) => response.socket!.resetAndDestroy() : {}))
  t.same(await reset.rest.call(get, { experiment_name: 'a' }), {}, 'tried again')
  t.equal(reset.received.length, 2)

  const cut = await client(
    t,
    () => (response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"a":')
      setTimeout(() => response.socket!.destroy(), 20)
    },
    0,
  )
  await t.rejects(cut.rest.call(get, { experiment_name: 'a' }), {
    code: 'TRACKING_ERR_UNREACHABLE',
    message: /cannot be reached/,
  })

  const { uri, received } = await fakeServer(t, () => () => {})
  const slow = new Rest(uri, { timeoutMs: 60, retries: 1 })
  await t.rejects(slow.call(get, { experiment_name: 'a' }), {
    code: 'TRACKING_ERR_UNREACHABLE',
    message: /no answer in 60 ms/,
  })
  t.equal(received.length, 1, 'one time limit is enough')
  await t.rejects(slow.call(get, { experiment_name: 'a' }), {
    code: 'TRACKING_ERR_UNREACHABLE',
    message: /was away a moment ago/,
    cause: { message: /no answer in 60 ms/ },
  })
  t.equal(received.length, 1, 'and costs no second one')
})

t.test('a server that was away is tried again after a while, or when it is up', async (t) => {
  let down = true
  const { uri, received } = await fakeServer(t, () => (down ? { status: 503 } : {}))
  const rest = new Rest(uri, { timeoutMs: 60_000, retries: 0, cooldownMs: 2000 })
  const call = () => rest.call(get, { experiment_name: 'a' })
  await t.rejects(call(), { code: 'TRACKING_ERR_UNREACHABLE', status: 503 })
  t.notOk(await rest.isUp())
  down = false
  await t.rejects(call(), /left alone for 2000 ms/)
  await new Promise((resolve) => setTimeout(resolve, 2100))
  t.same(await call(), {})
  down = true
  await t.rejects(call(), { code: 'TRACKING_ERR_UNREACHABLE', status: 503 })
  down = false
  t.ok(await rest.isUp())
  t.same(await call(), {}, 'at once')
  t.match(
    received.map(({ path }) => path.split('?')[0]),
    ['experiments/get-by-name', '/health', 'experiments/get-by-name', 'experiments/get-by-name', '/health', /.*/],
  )
})

t.test('no server at all', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  const rest = new Rest(`http://127.0.0.1:${port}`, { timeoutMs: 2000, retries: 0 })
  const error = await rest.call(get, { experiment_name: 'a' }).catch((error) => error)
  t.match(error, { code: 'TRACKING_ERR_UNREACHABLE', message: /cannot be reached \(ECONNREFUSED\)/, cause: Error })
  const nowhere = new Rest('http://no-such-host.invalid', { timeoutMs: 5000, retries: 0 })
  await t.rejects(nowhere.call(get, { experiment_name: 'a' }), { code: 'TRACKING_ERR_UNREACHABLE' })
})

t.test('a file goes with its length, also again after a reset', async (t) => {
  const file = join(t.testdir(), 'file')
  const bytes = Buffer.alloc(300_000, 'copse')
  await writeFile(file, bytes)
  const { rest, received } = await client(t, (_, count) =>
    count === 1 ? (response) => response.socket!.resetAndDestroy() : { status: 200, text: '' },
  )
  await rest.putFile('/up', file)
  t.equal(received.length, 2)
  t.equal(received[1]!.headers['content-length'], '300000')
  t.equal(received[1]!.headers['transfer-encoding'], undefined)
  t.ok(received[1]!.body.equals(bytes))
  await writeFile(file, '')
  await rest.putFile('/up', file)
  t.match(received[2], { headers: { 'content-length': '0' }, body: { length: 0 } })
})

t.test('a file of more than one piece is sent as a stream that tells its length', async (t) => {
  const { rest, received } = await client(t, () => ({ status: 200, text: '' }))
  const file = join(t.testdir(), 'large')
  const bytes = Buffer.alloc((1 << 20) + 5, 'abc')
  await writeFile(file, bytes)
  await rest.putFile('/up', file)
  t.equal(received[0]!.headers['content-length'], String(bytes.length))
  t.equal(received[0]!.headers['transfer-encoding'], undefined)
  t.ok(received[0]!.body.equals(bytes))
})

t.test('a file that is gone fails at once', async (t) => {
  const { rest } = await client(t, () => ({}), 0)
  await t.rejects(rest.putFile('/up', join(t.testdir(), 'none')), { code: 'TRACKING_ERR_FILE' })
})

t.test('more bytes than any answer has are not read', async (t) => {
  const { uri } = await fakeServer(t, () => (response) => {
    response.writeHead(200)
    const more = () => {
      while (response.write(Buffer.alloc(1 << 20, 'x')));
      response.once('drain', more)
    }
    more()
  })
  const patient = new Rest(uri, { timeoutMs: 60_000, retries: 0 })
  await t.rejects(patient.call(get, { experiment_name: 'a' }), { code: 'TRACKING_ERR_TOO_LARGE' })
})
