import fc from 'fast-check'
import t from 'tap'
import { parseSums } from '../../src/model/sums.ts'
import { sumsOf } from '../bundle.ts'

const A = 'a'.repeat(64)
const B = 'b'.repeat(64)

t.test('HEX  NAME lines', async (t) => {
  t.strictSame(
    [...parseSums(`${A}  golden.json\n${B} *forest.copse\n`)],
    [
      ['golden.json', A],
      ['forest.copse', B],
    ],
  )
  t.equal(parseSums(`${A}  a`).size, 1, 'the last line may have no end')
  t.equal(parseSums('').size, 0)
})

t.test('anything else is refused by its line', async (t) => {
  const bad = [
    '',
    `${A} golden.json`,
    `${A.toUpperCase()}  x`,
    `${A.slice(1)}  x`,
    `${A}  ../x`,
    `${A}  a/b`,
    `${A}  .x`,
    `${A}  `,
  ]
  for (const line of bad) {
    t.throws(() => parseSums(`${A}  first\n${line}\n${B}  last\n`), { code: 'API_ERR_BUNDLE', message: /line 2/ }, line)
  }
  t.throws(() => parseSums(`${A}  x\n${B}  x\n`), { code: 'API_ERR_BUNDLE', message: /twice in line 2/ })
})

t.test('reads what is written, and never throws anything uncoded', async (t) => {
  const name = fc.stringMatching(/^[a-zA-Z0-9_-][a-zA-Z0-9._-]{0,20}$/)
  fc.assert(
    fc.property(fc.dictionary(name, fc.string(), { noNullPrototype: true }), (files) => {
      t.strictSame([...parseSums(sumsOf(files)).keys()], Object.keys(files).sort())
    }),
    { numRuns: 100 },
  )
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        parseSums(text)
      } catch (error) {
        return (error as { code?: string }).code === 'API_ERR_BUNDLE'
      }
      return true
    }),
  )
})
