import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import t from 'tap'
import { parseModelReference } from '../src/index.ts'

t.test('references of models', async (t) => {
  t.same(parseModelReference('models:/iris@champion'), { kind: 'alias', name: 'iris', alias: 'champion' })
  t.same(parseModelReference('models:/iris/3'), { kind: 'version', name: 'iris', version: '3' })
  t.same(parseModelReference('models:/my model.v2/12'), { kind: 'version', name: 'my model.v2', version: '12' })
  t.same(parseModelReference('models:/a@b@c'), { kind: 'alias', name: 'a@b', alias: 'c' })
  t.same(parseModelReference('models:/a@b/7'), { kind: 'version', name: 'a@b', version: '7' })
  t.same(parseModelReference('file:./dir with space'), { kind: 'file', path: './dir with space' })
  t.same(parseModelReference('file:/abs/dir'), { kind: 'file', path: '/abs/dir' })
  t.same(parseModelReference(String(pathToFileURL('/abs/a b'))), { kind: 'file', path: '/abs/a b' })
})

t.test('anything else is refused in one sentence', async (t) => {
  const wrong = [
    '',
    'iris',
    'models:iris@x',
    'models:/iris',
    'models:/iris/',
    'models:/iris@',
    'models:/@x',
    'models:/iris/0',
  ]
  for (const text of [
    ...wrong,
    'models:/iris/x',
    'models:/a/b/1',
    'models:/a:b@c',
    'models:/a@b c',
    'file:',
    'file://host/%00',
    'runs:/x/y',
    'http://x/',
  ]) {
    t.throws(() => parseModelReference(text), { code: 'TRACKING_ERR_REFERENCE', message: JSON.stringify(text) }, text)
  }
})

t.test('any text is read or refused, never more', async () => {
  const text = fc.oneof(
    fc.string(),
    fc.string().map((s) => `models:/${s}`),
    fc.string().map((s) => `file:${s}`),
  )
  fc.assert(
    fc.property(text, (text) => {
      try {
        return ['alias', 'version', 'file'].includes(parseModelReference(text).kind)
      } catch (error) {
        return (error as { code?: string }).code === 'TRACKING_ERR_REFERENCE'
      }
    }),
  )
})
