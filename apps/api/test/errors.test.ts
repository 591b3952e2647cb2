import { readFileSync } from 'node:fs'
import t from 'tap'
import { ApiError, REASONS, STATUS } from '../src/errors.ts'

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
  t.equal(new ApiError('API_ERR_GOLDEN', 'x').statusCode, 500)
  t.notOk('cause' in new ApiError('API_ERR_JSON', 'x'))
})

t.test('docs/http.md lists every code, and the status of those that are answered', async (t) => {
  const docs = readFileSync(new URL('../../../docs/http.md', import.meta.url), 'utf8')
  const answered = Array.from(docs.matchAll(/^\| (\d{3}) \| `(API_ERR_[A-Z_]+)` \|/gm), ([, status, code]) => [
    code,
    Number(status),
  ])
  t.strictSame(Object.fromEntries(answered), STATUS)
  const reasons = Array.from(docs.matchAll(/^\| `(API_ERR_[A-Z_]+)` \|/gm), ([, code]) => code)
  t.strictSame(reasons, REASONS)
})
