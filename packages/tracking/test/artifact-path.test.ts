import fc from 'fast-check'
import t from 'tap'
import { checkArtifactPath, checkListedName, toSegment } from '../src/artifact-path.ts'

const refused = { code: 'TRACKING_ERR_PATH' }

t.test('paths of artifacts', async (t) => {
  t.same(checkArtifactPath('plots/confusion matrix.svg'), ['plots', 'confusion matrix.svg'])
  for (const path of ['a', '.hidden', 'a..b', '...', '100%', 'a+b&c=d;e', 'x'.repeat(250)])
    t.same(checkArtifactPath(path), [path])
  const wrong = [
    '',
    '/a',
    'a/',
    'a//b',
    '.',
    '..',
    'a/../b',
    '../a',
    'a\\b',
    'a#b',
    'a%2e',
    'a%2Fb',
    'C:/a',
    'c:a',
    'ü',
    'a\nb',
    'a\0',
  ]
  for (const path of [...wrong, 'x'.repeat(251), 'a/'.repeat(600), 1, null, undefined]) {
    t.throws(() => checkArtifactPath(path as string), refused, String(path).slice(0, 20))
  }
})

t.test('names that a server lists', async (t) => {
  for (const name of ['a', 'a b', 'ünï', '.x', '100%', '..a']) t.equal(checkListedName(name), name)
  for (const name of ['', '.', '..', 'a/b', 'a\\b', '/etc', 'C:', 'a\0', 'a\n', '\ud800', 5, null, undefined, ['a']]) {
    t.throws(() => checkListedName(name), refused, String(name))
  }
})

t.test('any text becomes one safe segment, and different texts different ones', async (t) => {
  t.equal(toSegment('iris'), 'iris')
  t.equal(toSegment('my model.v2'), 'my%20model.v2')
  t.equal(toSegment('..'), '%2E%2E')
  t.equal(toSegment('.'), '%2E')
  t.equal(toSegment(''), '%')
  t.equal(toSegment('a/b:c'), 'a%2Fb%3Ac')
  const text = fc.uint16Array({ maxLength: 180 }).map((units) => String.fromCharCode(...units))
  fc.assert(
    fc.property(text, text, (a, b) => {
      const segment = toSegment(a)
      const safe = /^[\w%.-]{1,150}$/.test(segment) && !/^\.|\.$/.test(segment)
      return safe && (a === b || segment !== toSegment(b))
    }),
  )
})
