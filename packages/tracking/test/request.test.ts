import type { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { fillPath, queryOf, type Request, sendable, toJson } from '../src/request.ts'

const target = { method: 'PUT', url: 'http://h/p', path: '/p', repeatable: true }
const send = (content: Partial<Request>) => sendable({ ...target, ...content }, { 'user-agent': 'u' }, () => {})

t.test('names in a path take their values from the request', async (t) => {
  t.strictSame(fillPath('runs/create', { a: 1 }), { path: 'runs/create', rest: { a: 1 } })
  t.strictSame(fillPath('models/{id}/tags/{key}', { id: 'm/1', key: 'ü', value: 'v' }), {
    path: 'models/m%2F1/tags/%C3%BC',
    rest: { value: 'v' },
  })
})

t.test('a query has each item of a list, and nothing for undefined', async (t) => {
  t.equal(queryOf({}), '')
  t.equal(queryOf({ a: undefined }), '')
  t.equal(queryOf({ ids: ['1', '2'], text: 'a b&c', most: 5, before: undefined }), '?ids=1&ids=2&text=a+b%26c&most=5')
})

t.test('whole numbers that a double cannot hold go as text', async (t) => {
  t.equal(toJson({ a: 1, b: [true, null] }), '{"a":1,"b":[true,null]}')
  t.equal(toJson({ step: 9_007_199_254_740_993n, key: 'k' }), '{"step":"9007199254740993","key":"k"}')
})

t.test('every body tells its length in bytes', async (t) => {
  t.strictSame(send({ json: '{"a":"ü"}' }), {
    method: 'PUT',
    headers: { 'user-agent': 'u', 'content-type': 'application/json', 'content-length': '10' },
    body: '{"a":"ü"}',
  })
  t.match(send({ bytes: Buffer.from('abc') }).headers, {
    'content-type': 'application/octet-stream',
    'content-length': '3',
  })
  t.strictSame(send({}), { method: 'PUT', headers: { 'user-agent': 'u' } })
})

t.test('a small file goes in one piece, a long one as a stream', async (t) => {
  const directory = t.testdir({ small: 'abc', long: 'x'.repeat((1 << 20) + 1) })
  t.strictSame(send({ file: join(directory, 'small') }).body, Buffer.from('abc'))
  const { headers, body } = send({ file: join(directory, 'long') })
  t.equal(headers['content-length'], String((1 << 20) + 1))
  t.equal((await buffer(body as ReturnType<typeof createReadStream>)).length, (1 << 20) + 1)
})
