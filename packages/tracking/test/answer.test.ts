import { Readable } from 'node:stream'
import t from 'tap'
import {
  drain,
  isAway,
  isMissing,
  isRefusal,
  list,
  readFailure,
  readReply,
  readText,
  text,
  unless,
} from '../src/answer.ts'
import { TrackingError } from '../src/errors.ts'
import type { Incoming } from '../src/transport.ts'

const target = { method: 'GET', url: 'http://host:5000/api/2.0/mlflow/runs/get?run_id=secret' }
const shown = 'GET http://host:5000/api/2.0/mlflow/runs/get'

function answer(body: string | readonly Buffer[], status = 200, type?: string): Incoming {
  const chunks = typeof body === 'string' ? [Buffer.from(body)] : body
  return { status, headers: type === undefined ? {} : { 'content-type': type }, body: Readable.from(chunks) }
}

t.test('a reply is a JSON object, and nothing is an empty one', async (t) => {
  t.same(await readReply(answer('{"a":[1,"ü"]}'), target), { a: [1, 'ü'] })
  t.same(await readReply(answer(''), target), {})
  const parts = [...Buffer.from('{"a":"🌲"}')].map((byte) => Buffer.of(byte))
  t.same(await readReply(answer(parts), target), { a: '🌲' }, 'a character may be cut')
  for (const [body, type, told] of [
    ['<html>', 'text/html', 'text/html'],
    ['[1]', 'application/json', 'application/json'],
    ['null', undefined, 'no content type'],
    ['"text"', undefined, 'no content type'],
    ['{"a":', 'application/json', 'application/json'],
  ] as const) {
    await t.rejects(readReply(answer(body, 200, type), target), {
      code: 'TRACKING_ERR_HTTP',
      status: 200,
      message: `${shown} answered 200 with ${told} where a JSON object was expected: is this an MLflow server?`,
    })
  }
})

t.test('whole numbers that a double cannot hold are bigint, others and texts are as they stand', async (t) => {
  const body = '{"a":9007199254740993,"b":-9223372036854775808,"c":9007199254740991,"d":1e300,"e":"9007199254740993"}'
  t.same(await readReply(answer(body), target), {
    a: 9007199254740993n,
    b: -9223372036854775808n,
    c: 9007199254740991,
    d: 1e300,
    e: '9007199254740993',
  })
  const polluted = (await readReply(answer('{"__proto__":{"x":1},"n":12345678901234567890}'), target)) as { x?: number }
  t.equal(polluted.x, undefined)
})

t.test('an answer is read up to a limit', async (t) => {
  t.equal(await readText(answer([Buffer.from('ab'), Buffer.from('cd')]), 4, target), 'abcd')
  const endless = Readable.from(
    (function* () {
      for (;;) yield Buffer.alloc(1000)
    })(),
  )
  await t.rejects(readText({ status: 200, headers: {}, body: endless }, 10_000, target), {
    code: 'TRACKING_ERR_TOO_LARGE',
    message: `${shown} answered more than 10000 bytes`,
  })
  t.equal(endless.destroyed, true)
  const cut = new Readable({ read() {} })
  const reading = t.rejects(readText({ status: 200, headers: {}, body: cut }, 10, target), { message: 'reset' })
  cut.destroy(new Error('reset'))
  await reading
})

t.test('a failure says what the server said, in whatever form', async (t) => {
  const cases: [string, number, object][] = [
    [
      '{"error_code":"INVALID_PARAMETER_VALUE","message":"No such\\n value."}',
      400,
      { errorCode: 'INVALID_PARAMETER_VALUE', message: `${shown} answered 400 INVALID_PARAMETER_VALUE: No such value` },
    ],
    ['{"detail":"Is a directory"}', 400, { errorCode: undefined, message: `${shown} answered 400: Is a directory` }],
    ['{"detail":[{"msg":"x"}]}', 422, { message: `${shown} answered 422: [{"msg":"x"}]` }],
    [
      '{"detail":[{"input":9007199254740993}]}',
      422,
      { message: `${shown} answered 422: [{"input":"9007199254740993"}]` },
    ],
    ['<html><h1>Not\u0007 found</h1></html>', 404, { message: `${shown} answered 404: Not found` }],
    ['', 418, { message: `${shown} answered 418` }],
    ['{"error_code":5,"message":null}', 400, { errorCode: undefined, message: `${shown} answered 400` }],
    ['x'.repeat(1000), 500, { message: `${shown} answered 500: ${'x'.repeat(300)}…` }],
    ['x'.repeat(70_000), 500, { message: `${shown} answered 500` }],
  ]
  for (const [body, status, expected] of cases) {
    const error = await readFailure(answer(body, status), target)
    t.match(error, { name: 'TrackingError', code: 'TRACKING_ERR_HTTP', status, ...expected })
  }
})

t.test('a server that is not there now is unreachable, one that has switched something off is not', async (t) => {
  const codeOf = async (status: number, body = '') => (await readFailure(answer(body, status), target)).code
  for (const status of [502, 503, 504]) t.equal(await codeOf(status), 'TRACKING_ERR_UNREACHABLE')
  t.match(await readFailure(answer('', 502), target), { message: `${shown} answered 502`, status: 502 })
  t.match(await readFailure(answer('<h1>Bad Gateway</h1>', 502), target), {
    message: `${shown} answered 502: Bad Gateway`,
  })
  t.equal(await codeOf(503, 'Endpoint disabled due to --no-serve-artifacts'), 'TRACKING_ERR_HTTP')
  t.equal(await codeOf(500), 'TRACKING_ERR_HTTP')
})

t.test('some failures come with advice', async (t) => {
  const message = async (status: number, body: string) => (await readFailure(answer(body, status), target)).message
  t.match(await message(403, 'Invalid Host header'), /\(start the server with --allowed-hosts and this name, /)
  t.match(await message(401, ''), /answered 401 \(set MLFLOW_TRACKING_USERNAME /)
  t.match(await message(503, 'disabled'), /\(start the server with --serve-artifacts\)$/)
  t.equal(await message(403, 'No'), `${shown} answered 403: No`)
})

t.test('away, missing and refused are told apart', async (t) => {
  const http = (status: number, errorCode?: string) =>
    new TrackingError('TRACKING_ERR_HTTP', 'It.', { status, errorCode })
  const unreachable = new TrackingError('TRACKING_ERR_UNREACHABLE', 'It.')
  const kinds = (error: unknown) => ({ away: isAway(error), refused: isRefusal(error) })
  t.same(kinds(unreachable), { away: true, refused: false })
  for (const status of [408, 429]) t.same(kinds(http(status, 'X')), { away: true, refused: false })
  for (const status of [400, 404, 409]) t.same(kinds(http(status, 'X')), { away: false, refused: true })
  for (const status of [401, 403, 500]) t.same(kinds(http(status, 'X')), { away: false, refused: false })
  t.same(kinds(http(404)), { away: false, refused: false }, 'a proxy may say so, MLflow has a code')
  for (const other of [new TypeError('x'), undefined, { status: 429 }])
    t.same(kinds(other), { away: false, refused: false })
  t.equal(isMissing(http(404, 'RESOURCE_DOES_NOT_EXIST')), true)
  t.equal(isMissing(http(404, 'ENDPOINT_NOT_FOUND')), false)
  t.equal(isMissing(http(400, 'RESOURCE_DOES_NOT_EXIST')), false)
})

t.test('an expected error is undefined, another goes on', async (t) => {
  const missing = new TrackingError('TRACKING_ERR_NOT_FOUND', 'It.')
  const expected = unless(({ code }) => code === 'TRACKING_ERR_NOT_FOUND')
  t.equal(expected(missing), undefined)
  for (const error of [new TrackingError('TRACKING_ERR_HTTP', 'It.'), new TypeError('TRACKING_ERR_NOT_FOUND'), 5]) {
    try {
      expected(error)
      t.fail('it was swallowed')
    } catch (thrown) {
      t.equal(thrown, error)
    }
  }
})

t.test('fields and lists of a reply are what they must be', async (t) => {
  const refused = { code: 'TRACKING_ERR_HTTP', message: /is this an MLflow server\?$/ }
  t.equal(text('r1', 'run_id of a run'), 'r1')
  for (const value of [undefined, null, '', 5, {}]) {
    t.throws(() => text(value, 'run_id of a run'), { ...refused, message: /lacks the run_id of a run/ })
  }
  t.same(list([1, 2]), [1, 2])
  for (const value of [undefined, null, {}, 'abc']) t.same(list(value as never), [])
  t.throws(() => list([{}, null]), refused)
})

t.test('a body that tells nothing is waited for', async (t) => {
  const body = Readable.from([Buffer.alloc(1 << 20)])
  await drain({ status: 200, headers: {}, body })
  t.equal(body.readableEnded, true)
})
