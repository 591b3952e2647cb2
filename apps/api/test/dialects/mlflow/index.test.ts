import { gzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { build, buildUnloaded } from '../../app.ts'
import { mixedFiles, mixedForest } from '../../bundle.ts'

const NAMES = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width']
const ROW = [5.1, 3.5, 1.4, 0.2]
const SETOSA = { predictions: { label: ['setosa'], probabilities: [[1, 0, 0]] } }

async function invoke(
  app: FastifyInstance,
  body: unknown,
  type: string | undefined = 'application/json',
  headers = {},
) {
  const payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  const all = { ...(type !== '' && { 'content-type': type }), ...headers }
  return app.inject({ method: 'POST', url: '/invocations', payload, headers: all })
}

t.test('a row in every form', async (t) => {
  const { app } = await build(t)
  const named = Object.fromEntries(NAMES.map((name, f) => [name, ROW[f]]))
  const bodies = {
    dataframe_split: { dataframe_split: { columns: NAMES, index: [7], data: [ROW] } },
    'another order': { dataframe_split: { columns: NAMES.toReversed(), data: [ROW.toReversed()] } },
    'no columns': { dataframe_split: { data: [ROW] } },
    'counted columns': { dataframe_split: { columns: [0, 1, 2, 3], data: [ROW] } },
    dataframe_records: { dataframe_records: [named] },
    instances: { instances: [ROW] },
    'instances by name': { instances: [named] },
    inputs: { inputs: [ROW] },
    'inputs by column': { inputs: Object.fromEntries(NAMES.map((name, f) => [name, [ROW[f]]])) },
    'columns of rows': { inputs: Object.fromEntries(NAMES.map((name, f) => [name, [[ROW[f]]]])) },
    params: { inputs: [ROW], params: { temperature: 1 } },
    'other keys': { inputs: [ROW], client_request_id: 'x' },
  }
  for (const [name, body] of Object.entries(bodies)) {
    const answer = await invoke(app, body)
    t.strictSame(answer.json(), SETOSA, name)
    t.equal(answer.headers['content-type'], 'application/json; charset=utf-8')
    t.match(answer.headers['x-prediction-id'], /^[0-9a-f-]{36}$/)
  }
  t.strictSame((await invoke(app, `${NAMES.join()}\r\n${ROW.join()}\r\n`, 'text/csv')).json(), SETOSA)
  for (const text of ['5.1,3.5,1.4,0.2\n', '"5.1", 3.5 ,1.4,.2\n\n', '5.1e0,+3.5,14e-1,0.2']) {
    t.strictSame((await invoke(app, `${NAMES.join()}\n${text}`, 'text/csv')).json(), SETOSA, text)
  }
})

t.test('named categories are texts, those of a tensor indexes; NaN is missing', async (t) => {
  const { app } = await build(t, mixedFiles())
  const columns = ['carat', 'cut', 'a/b~c "d"']
  const rows = [
    [0.5, 'Good', 'yes'],
    [null, null, 'no'],
    [9, 'Unheard', 'of'],
  ] as const
  const expected = { predictions: { value: mixedForest().predict(rows as never) } }
  t.strictSame((await invoke(app, { dataframe_split: { columns, data: rows } })).json(), expected)
  t.strictSame(
    (
      await invoke(app, {
        inputs: [
          [0.5, 1, 1],
          [null, null, 0],
          [9, 7, -1],
        ],
      })
    ).json(),
    expected,
  )
  const python =
    '{"dataframe_split": {"columns": ["cut", "carat", "a/b~c \\"d\\""], "data": [["NaN", NaN, "no"], [NaN,NaN,"no"]]}}'
  const [absent] = mixedForest().predict([[null, null, 'no']])
  t.strictSame((await invoke(app, python)).json(), { predictions: { value: [absent, absent] } })
  const csv = 'carat,"a/b~c ""d""",cut\n0.5,yes,Good\n,no,\n9,of,Unheard\n'
  t.strictSame((await invoke(app, csv, 'text/csv; charset=UTF-8')).json(), expected)
  t.strictSame((await invoke(app, { dataframe_records: [{ 'a/b~c "d"': 'no' }] })).json(), {
    predictions: { value: [absent] },
  })
})

t.test('errors are {error_code, message} and repeat nothing', async (t) => {
  const { app } = await build(t)
  async function refused(t: Test, body: unknown, code: string, message: RegExp, type?: string) {
    const answer = await invoke(app, body, type)
    t.equal(answer.statusCode, 400, JSON.stringify(body)?.slice(0, 80))
    t.strictSame(Object.keys(answer.json()), ['error_code', 'message'])
    t.match(answer.json(), { error_code: code, message })
    t.notMatch(answer.body, /k9secret/)
  }
  const form = /exactly one of dataframe_split, dataframe_records, instances, inputs/
  for (const body of [{}, [], 'null', '"x"', { k9secret: 1 }, { inputs: [ROW], instances: [ROW] }]) {
    await refused(t, body, 'BAD_REQUEST', form)
  }
  for (const body of ['', '{"inputs":[[k9secret', '{"inputs":[[Infinity,1,1,1]]}', '{"inputs":NaN NaN}']) {
    await refused(t, body, 'BAD_REQUEST', /JSON/)
  }
  const value = 'INVALID_PARAMETER_VALUE'
  await refused(t, { inputs: [[1, 'k9secret', 3, 4]] }, value, /"sepal_width" must be a number. \(at \/inputs\/0\/1\)/)
  await refused(t, { inputs: [[1, 2, 3]] }, value, /must have 4 values/)
  await refused(t, { inputs: [[1, 2, 3, null]] }, value, /"petal_width" must not be missing/)
  await refused(t, '{"inputs":[[1,2,3,1e999]]}', value, /range of a 32-bit float/)
  await refused(t, { inputs: 'k9secret' }, 'BAD_REQUEST', /array of rows/)
  await refused(t, { inputs: [] }, 'BAD_REQUEST', /at least one row/)
  await refused(t, { inputs: {} }, value, /There must be a column "sepal_length"/)
  await refused(t, { inputs: { k9secret: [1] } }, value, /names of features only/)
  await refused(t, { inputs: { sepal_length: [1, 2], sepal_width: [1] } }, value, /must have 2 values/)
  await refused(t, { inputs: { sepal_length: [1, 'k9secret'] } }, value, /\(at \/inputs\/sepal_length\/1\)/)
  await refused(t, { instances: [1, 2, 3, 4] }, 'BAD_REQUEST', /A row must be an array/)
  await refused(t, { inputs: [ROW], params: [] }, 'BAD_REQUEST', /params must be an object/)
  await refused(t, { dataframe_records: [ROW] }, 'BAD_REQUEST', /A record must be/)
  await refused(t, { dataframe_records: [{ sepal_length: 1 }] }, value, /"sepal_width" must not be missing/)
  await refused(t, { dataframe_records: [{ 'k9secret?': 1 }] }, value, /a key that is not a feature/)
  await refused(t, { dataframe_split: ROW }, 'BAD_REQUEST', /must be an object/)
  await refused(t, { dataframe_split: { columns: NAMES } }, 'BAD_REQUEST', /array of rows/)
  await refused(
    t,
    { dataframe_split: { columns: NAMES, data: [ROW], k9secret: 1 } },
    value,
    /columns, index and data only/,
  )
  await refused(t, { dataframe_split: { columns: NAMES, data: [ROW], index: [1, 2] } }, value, /one entry for each row/)
  await refused(t, { dataframe_split: { columns: NAMES, data: [[1, 2, 3]] } }, value, /must have 4 values/)
  await refused(t, { dataframe_split: { columns: NAMES, data: [{}] } }, 'BAD_REQUEST', /must be an array/)
  await refused(
    t,
    { dataframe_split: { columns: NAMES.slice(1), data: [[1, 2, 3]] } },
    value,
    /a column "sepal_length"/,
  )
  await refused(t, { dataframe_split: { columns: ['k9secret'], data: [[1]] } }, value, /the name of a feature/)
  await refused(
    t,
    { dataframe_split: { columns: [...NAMES, NAMES[0]], data: [[...ROW, 1]] } },
    value,
    /each of them once/,
  )
  await refused(t, { dataframe_split: { columns: 'x', data: [ROW] } }, 'BAD_REQUEST', /array of names/)
  await refused(t, `{"inputs":${'['.repeat(3000)}${']'.repeat(3000)}}`, value, /must have 4 values/)
  const head = `${NAMES.join()}\n`
  await refused(t, head, 'BAD_REQUEST', /at least one row of values/, 'text/csv')
  await refused(t, '', 'BAD_REQUEST', /must be CSV/, 'text/csv')
  await refused(t, `${head}1,2,3\n`, value, /must have 4 values/, 'text/csv')
  await refused(t, `${head}1,k9secret,3,4\n`, value, /"sepal_width" must be a number. \(at \/1\/1\)/, 'text/csv')
  await refused(t, `${head}1,Infinity,3,4\n`, value, /must be a number/, 'text/csv')
  await refused(t, `${head}1,,3,4\n`, value, /"sepal_width" must not be missing/, 'text/csv')
  await refused(t, `${head}1,"2,3,4\n`, 'BAD_REQUEST', /a quote is not closed/, 'text/csv')
  await refused(t, `,${head}0,1,2,3,4\n`, value, /the name of a feature/, 'text/csv')
  await refused(t, Buffer.from([0x61, 0xff]), 'BAD_REQUEST', /UTF-8/, 'text/csv')
})

t.test('too much', async (t) => {
  const { app } = await build(t)
  const rows = { inputs: Array(10_001).fill([1, 2, 3, 4]) }
  t.match((await invoke(app, rows)).json(), { error_code: 'BAD_REQUEST', message: /at most 10000 rows/ })
  t.equal((await invoke(app, rows)).statusCode, 413)
  t.equal((await invoke(app, `${NAMES.join()}\n${'1,2,3,4\n'.repeat(10_001)}`, 'text/csv')).statusCode, 413)
  t.equal((await invoke(app, ' '.repeat(20_000_000))).statusCode, 413)
})

t.test('415 is text', async (t) => {
  const { app } = await build(t)
  const types = [
    '',
    'text/plain',
    'application/vnd.apache.parquet',
    'application/json; charset=latin1',
    'application/json; format=x',
  ]
  for (const type of types) {
    const answer = await invoke(app, { inputs: [ROW] }, type)
    t.equal(answer.statusCode, 415, type)
    t.equal(answer.headers['content-type'], 'text/plain; charset=utf-8')
    t.notMatch(answer.body, /latin1|format=x/)
  }
  t.equal((await invoke(app, { inputs: [ROW] }, 'Application/JSON;charset="UTF-8"')).statusCode, 200)
  const packed = await invoke(app, gzipSync('{}'), 'application/json', { 'content-encoding': 'gzip' })
  t.equal(packed.statusCode, 415)
})

t.test('ping and version', async (t) => {
  const { app } = await buildUnloaded(t)
  const early = await app.inject('/ping')
  t.equal(early.statusCode, 503)
  t.match(early.json(), { error_code: 'TEMPORARILY_UNAVAILABLE' })
  t.equal((await invoke(app, { inputs: [ROW] })).statusCode, 503)
  await app.models.default.reload()
  const ping = await app.inject('/ping')
  t.strictSame([ping.statusCode, ping.body], [200, '\n'])
  t.match((await app.inject('/version')).body, /^\d+\.\d+\.\d+$/)
  app.lifecycle.draining = true
  t.equal((await app.inject('/ping')).statusCode, 503)
  t.equal((await invoke(app, { inputs: [ROW] })).statusCode, 200, 'what still comes is answered')
})
