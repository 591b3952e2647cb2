import { hash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { parseKeys } from '../../src/access/keys.ts'
import { ApiError } from '../../src/errors.ts'

const sum = (key: string) => `sha256:${hash('sha256', key)}`

t.test('finds a key by its text, and no other', async (t) => {
  const keys = parseKeys(
    `# who\n\nann predict ${sum('one')}\r\n  bob   predict,feedback ${sum('two').toUpperCase().replace('SHA', 'sha')}\n`,
  )
  t.equal(keys.find('one')!.name, 'ann')
  t.equal(keys.find('two')!.name, 'bob')
  t.strictSame([...keys.find('two')!.scopes], ['predict', 'feedback'])
  for (const other of ['', 'on', 'one ', 'ONE', hash('sha256', 'one')]) t.equal(keys.find(other), undefined, other)
})

t.test('admin includes the others', async (t) => {
  const { scopes } = parseKeys(`root admin ${sum('x')}`).find('x')!
  t.strictSame([...scopes], ['predict', 'feedback', 'admin'])
})

t.test('a file that cannot be meant is refused by line, and nothing of it is told', async (t) => {
  const good = `ann predict ${sum('one')}`
  const refused: [string, RegExp][] = [
    ['', /at least one key/],
    ['# only a comment', /at least one key/],
    ['secret', /^Line 1 of the keys file must have NAME SCOPE/],
    [`${good}\nbob predict sha256:abc`, /^Line 2 /],
    [`bob write ${sum('x')}`, /^Line 1 .* scopes of predict, feedback, admin\.$/],
    [`bob predict, ${sum('x')}`, /^Line 1 /],
    [`${good}\n${good}`, /^Line 2 .* a name that stands nowhere else/],
    [`bob predict ${sum('x')} more`, /^Line 1 /],
  ]
  for (const [text, message] of refused) t.throws(() => parseKeys(text), { code: 'API_ERR_SETTING', message }, text)
  t.throws(() => parseKeys('my-secret-key'), { message: /^(?!.*secret)/ })
})

t.test('any text is read or refused', async () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        parseKeys(text)
      } catch (error) {
        return error instanceof ApiError
      }
      return true
    }),
  )
})
