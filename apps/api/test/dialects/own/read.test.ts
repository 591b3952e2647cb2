import t from 'tap'
import { MAX_ROWS } from '../../../src/dialects/limit.ts'
import { readForm } from '../../../src/dialects/own/read.ts'

t.test('the two forms of a body', async (t) => {
  t.strictSame(readForm({ features: [1] }), { features: [1] })
  t.strictSame(readForm({ rows: [[1]] }), { rows: [[1]] })
  for (const body of [null, [], 'x', 1, true]) t.throws(() => readForm(body), { code: 'API_ERR_BODY', path: '' })
  t.throws(() => readForm({}), {
    code: 'API_ERR_BODY',
    path: '',
    message: 'The body must have either features or rows.',
  })
  t.throws(() => readForm({ features: [], rows: [] }), {
    code: 'API_ERR_BODY',
    message: 'The body must have only one of features and rows.',
  })
  t.throws(() => readForm({ features: [], id: 1 }), { code: 'API_ERR_UNKNOWN_KEY', path: '/id' })
  for (const key of ['__proto__', 'constructor', 'toString']) {
    t.throws(() => readForm(JSON.parse(`{"${key}":1}`)), { code: 'API_ERR_UNKNOWN_KEY', path: `/${key}` })
  }
  for (const rows of [{}, null, [], 'x']) t.throws(() => readForm({ rows }), { code: 'API_ERR_BODY', path: '/rows' })
  t.throws(() => readForm({ rows: Array(MAX_ROWS + 1).fill(0) }), {
    code: 'API_ERR_TOO_MANY_ROWS',
    statusCode: 413,
    path: '/rows',
  })
})
