import fc from 'fast-check'
import t from 'tap'
import { isCode, isInexactInteger, parseAskedDecimal, parseDecimal, shortestFloat32 } from '../src/decimal.ts'

t.test('decimal numbers', async (t) => {
  const numbers = ['0', '-0', '+5', '5.', '.5', '-.5', '1.25', '1e3', '1E-3', '1.e+05', '123456789012345678', '1e400']
  for (const text of numbers) t.equal(parseDecimal(text), Number(text), text)
})

t.test('what is not a decimal number', async (t) => {
  const texts = [
    '',
    '+',
    '.',
    '-.',
    'e5',
    '1e',
    '1e+',
    '1.2.3',
    '1,000',
    '1_000',
    '0x10',
    '0b1',
    'Infinity',
    'NaN',
    ' 1',
    '1 ',
  ]
  for (const text of [...texts, '01', '-007', '00.5', '1e5x', '١', '½', '--1'])
    t.ok(Number.isNaN(parseDecimal(text)), text)
})

t.test('a number by the user’s word may have leading zeros', async (t) => {
  t.equal(parseAskedDecimal('01234'), 1234)
  t.equal(parseAskedDecimal('-007.50'), -7.5)
  t.equal(parseAskedDecimal('00'), 0)
  t.ok(Number.isNaN(parseAskedDecimal('0x10')))
  t.ok(Number.isNaN(parseAskedDecimal('')))
})

t.test('the value is that of Number, to the last bit', async () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      return Object.is(parseDecimal(String(value)), Number(String(value)))
    }),
  )
  const digits = fc.stringMatching(/^(0|[1-9][0-9]{0,17})$/)
  const text = fc.tuple(
    fc.constantFrom('', '-', '+'),
    digits,
    fc.stringMatching(/^(|\.[0-9]{0,18})$/),
    fc.stringMatching(/^(|[eE][+-]?[0-9]{1,3})$/),
  )
  fc.assert(fc.property(text, (parts) => Object.is(parseDecimal(parts.join('')), Number(parts.join('')))))
})

t.test('no text gives a number that Number does not give', async () => {
  const text = fc.string({ unit: fc.constantFrom(...'0123456789.eE+-x_, ') })
  fc.assert(
    fc.property(text, (text) => {
      const value = parseDecimal(text)
      return Number.isNaN(value) || Object.is(value, Number(text))
    }),
    { numRuns: 2000 },
  )
})

t.test('codes and integers too long', async (t) => {
  t.ok(isCode('01234'))
  t.ok(isCode('-00'))
  t.notOk(isCode('0'))
  t.notOk(isCode('0.5'))
  const inexact = (text: string): boolean => isInexactInteger(text, Number(text))
  t.ok(inexact('12345678901234567890'))
  t.ok(inexact('9007199254740993'))
  t.ok(inexact('+9007199254740993'))
  t.ok(inexact('-9007199254740993'))
  t.notOk(inexact('9007199254740992'), '2^53 is exact')
  t.notOk(inexact('9007199254740994'), 'even integers above are too')
  t.notOk(inexact('9007199254740993.0'), 'a point says that it is no identifier')
  t.notOk(inexact('9'.repeat(400)), 'infinite is another error')
})

t.test('the shortest decimal of a float32', async (t) => {
  t.equal(shortestFloat32(Math.fround(5.1)), 5.1)
  t.equal(shortestFloat32(Math.fround(1 / 3)), 0.33333334)
  t.equal(shortestFloat32(16777216), 16777216)
  t.equal(shortestFloat32(0), 0)
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const short = shortestFloat32(value)
      return Math.fround(short) === value && String(short).length <= String(value).length
    }),
  )
})
