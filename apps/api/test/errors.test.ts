import { readFileSync } from 'node:fs'
import t from 'tap'
import { ApiError, STATUS } from '../src/errors.ts'

t.test('an error has the status of its code, a path, and its cause', async (t) => {
  const cause = new Error('why')
  const error = new ApiError('API_ERR_LENGTH', 'A row is too long.', { path: '/features', cause })
  t.match(error, {
    name: 'ApiError',
    code: 'API_ERR_LENGTH',
    statusCode: 400,
    path: '/features',
    message: 'A row is too long.',
  })
  t.equal(error.cause, cause)
  t.notOk('cause' in new ApiError('API_ERR_JSON', 'x'))
})

t.test('docs/http.md lists every code with its status', async (t) => {
  const docs = readFileSync(new URL('../../../docs/http.md', import.meta.url), 'utf8')
  const listed = Array.from(docs.matchAll(/^\| (\d{3}) \| `(API_ERR_[A-Z_]+)` \|/gm), ([, status, code]) => [
    code,
    Number(status),
  ])
  t.strictSame(Object.fromEntries(listed), STATUS)
})
