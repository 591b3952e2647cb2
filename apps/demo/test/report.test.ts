import fc from 'fast-check'
import t from 'tap'
import { count, plural, Report, shorten, wrap } from '../src/report.ts'
import { listen } from './service.ts'

t.test('texts are wrapped at 80 columns', async (t) => {
  const { report, text } = listen()
  report.say('word '.repeat(40).trim())
  t.ok(
    text()
      .split('\n')
      .every((line) => line.length <= 80),
  )
  t.equal(text().split('\n').length, 4)
  t.match(text(), /^ {2}word word/)
})

t.test('wrapping keeps every word in order', async () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1 }), fc.nat(10), (words, indent) => {
      const lines = wrap(words.join(' '), ' '.repeat(indent))
      const same = lines.flatMap((line) => line.trim().split(' ')).join(' ') === words.join(' ')
      return same && lines.every((line) => line.length <= 80 && line.startsWith(' '.repeat(indent)))
    }),
  )
})

t.test('a table has columns as wide as their widest cell', async (t) => {
  const { report, text } = listen()
  report.table(
    ['a', 'number'],
    [
      [{ text: 'wide cell' }, { text: '1', right: true }],
      [
        { text: 'x', format: 'green' },
        { text: '22', right: true },
      ],
    ],
  )
  t.equal(text(), '  a           number\n  wide cell        1\n  x               22\n')
})

t.test('pairs stand below each other, long values wrapped under themselves', async (t) => {
  const { report, text } = listen()
  report.pairs([
    ['a', 'one'],
    ['long', 'word '.repeat(20).trim()],
  ])
  t.equal(text(), `  a      one\n  long   ${'word '.repeat(14).trim()}\n         ${'word '.repeat(6).trim()}\n`)
})

t.test('problems are counted and marked', async (t) => {
  const { report, text } = listen()
  report.problem('It is off.')
  t.equal(report.problems, 1)
  t.equal(text(), '  ✖ It is off.\n')
})

t.test('colours only where they are wanted', async (t) => {
  const written: string[] = []
  const report = new Report({ write: (text) => written.push(text) }, { coloured: true })
  report.heading('Health')
  t.equal(written.join(''), '\n\u001b[1mHealth\u001b[22m\n')
  t.equal(listen().report.paint('red', 'x'), 'x')
})

t.test('texts of others keep to one line and to their room', async (t) => {
  t.equal(shorten('a\nb\u001b[31mc', 10), 'a b [31mc')
  t.equal(shorten('abcdef', 4), 'abc…')
})

t.test('counts have thousands', async (t) => {
  t.equal(count(1234567.8), '1,234,568')
  t.strictSame([plural(1, 'row'), plural(2000, 'row')], ['1 row', '2,000 rows'])
})
