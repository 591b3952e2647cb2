import fc from 'fast-check'
import t from 'tap'
import { count, list, plural, say, WIDTH, wrap } from '../src/output.ts'

t.test('text wraps at 80 columns and keeps every word', async () => {
  const word = fc.stringMatching(/^[a-z]{1,12}$/)
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 60 }), (words) => {
      const lines = wrap(words.join(' '), '  ').split('\n')
      return (
        lines.every((line) => line.length <= WIDTH) && lines.map((line) => line.trim()).join(' ') === words.join(' ')
      )
    }),
  )
})

t.test('lines after the first are indented', async (t) => {
  t.strictSame(wrap(`${'a'.repeat(50)} ${'b'.repeat(50)}`, '  ').split('\n'), ['a'.repeat(50), `  ${'b'.repeat(50)}`])
  t.equal(wrap('c'.repeat(100)), 'c'.repeat(100), 'a long word stands alone')
})

t.test('a sentence is written with its line end', async (t) => {
  let text = ''
  say({ write: (more) => (text += more) }, 'Done.')
  t.equal(text, 'Done.\n')
})

t.test('numbers and lists for people', async (t) => {
  t.equal(count(1234567), '1,234,567')
  t.equal(plural(1, 'row'), '1 row')
  t.equal(plural(0, 'row'), '0 rows')
  t.equal(plural(2, 'class', 'classes'), '2 classes')
  t.equal(list(['a', 'b']), 'a, b')
  t.equal(list(['a', 'b', 'c', 'd'], 2), 'a, b and 2 more')
})
