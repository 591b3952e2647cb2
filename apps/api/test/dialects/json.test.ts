import t from 'tap'
import { bodyText, isObject, parseJson } from '../../src/dialects/json.ts'

t.test('JSON in UTF-8, within the limit', async (t) => {
  t.strictSame(parseJson(Buffer.from('{"a":[1]}'), 9), { a: [1] })
  t.throws(() => parseJson(Buffer.from('{"a":[1]}'), 8), { code: 'API_ERR_TOO_LARGE', statusCode: 413 })
  for (const body of [undefined, '{}', Buffer.alloc(0)]) {
    t.throws(() => parseJson(body, 9), {
      code: 'API_ERR_JSON',
      message: 'The body is empty; it must be JSON.',
      path: '',
    })
  }
  t.throws(() => parseJson(Buffer.from([0x22, 0xff, 0x22]), 9), { code: 'API_ERR_JSON', message: /not UTF-8/ })
  for (const text of ['{', 'NaN', '[Infinity]', '\ufeff{}', '['.repeat(100_000)]) {
    t.throws(() => parseJson(Buffer.from(text), 1e6), { code: 'API_ERR_JSON', message: /^The body is not JSON/ })
  }
  t.doesNotThrow(() => parseJson(Buffer.from(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), 1e6))
})

t.test('text of another format', async (t) => {
  t.equal(bodyText(Buffer.from('a,b'), 3, 'CSV'), 'a,b')
  t.throws(() => bodyText(undefined, 3, 'CSV'), { message: 'The body is empty; it must be CSV.' })
})

t.test('objects', async (t) => {
  t.ok(isObject({}))
  for (const value of [null, [], 'x', 1, undefined]) t.notOk(isObject(value))
})
