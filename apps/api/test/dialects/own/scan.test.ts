import fc from 'fast-check'
import t from 'tap'
import { scanRow } from '../../../src/dialects/own/scan.ts'

const WIDTH = 3
const scan = (text: string, width = WIDTH) => {
  const row = new Float32Array(width)
  return scanRow(Buffer.from(text), row) ? [...row] : undefined
}
const shown = (values: readonly string[], space = '') => `{"features":${space}[${values.join(`,${space}`)}]}`

t.test('a row of plain decimals, as clients write it', async (t) => {
  const expected = [5.1, -3.5, 0].map(Math.fround)
  t.strictSame(scan('{"features":[5.1,-3.5,0]}'), expected)
  t.strictSame(scan('{"features": [5.1, -3.5, 0]}'), expected)
  t.ok(Object.is(scan('{"features":[-0]}', 1)![0], -0))
})

t.test('the values are those of JSON.parse to the last bit', async () => {
  const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 18 })
  const decimal = fc
    .tuple(fc.constantFrom('', '-'), fc.bigInt({ min: 0n, max: 10n ** 17n }), fc.option(digits))
    .map(([sign, whole, places]) => `${sign}${whole}${places ? `.${places}` : ''}`)
  const written = fc.oneof(
    decimal,
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.integer().map(String),
  )
  fc.assert(
    fc.property(
      fc.array(written, { minLength: WIDTH, maxLength: WIDTH }),
      fc.constantFrom('', ' '),
      (values, space) => {
        const found = scan(shown(values, space))
        const plain = values.every((value) => /^-?\d+(\.\d+)?$/.test(value) && value.replace(/[-.]/g, '').length <= 15)
        if (found === undefined) return !plain
        return found.every((value, f) => Object.is(value, Math.fround(JSON.parse(values[f]!))))
      },
    ),
    { numRuns: 2000 },
  )
})

t.test('what it takes is JSON of that form, and nothing else is taken', async () => {
  const pieces = [
    ...'0123456789',
    '-',
    '.',
    ',',
    ' ',
    '[',
    ']',
    '{',
    '}',
    '"',
    'e',
    'null',
    '5.1',
    '{"features":[',
    ']}',
  ]
  const broken = fc.tuple(fc.nat(24), fc.nat(3), fc.constantFrom('', ...pieces)).map(([at, cut, piece]) => {
    const text = '{"features":[5.1,3.5,1]}'
    return text.slice(0, at) + piece + text.slice(at + cut)
  })
  fc.assert(
    fc.property(broken, (text) => {
      const found = scan(text)
      if (found === undefined) return true
      const { features, ...rest } = JSON.parse(text)
      return (
        Object.keys(rest).length === 0 &&
        features.length === WIDTH &&
        found.every((value, f) => Object.is(value, Math.fround(features[f])))
      )
    }),
    { numRuns: 5000 },
  )
})

t.test('left to the general reader', async (t) => {
  const others = ['1e3', 'null', '01', '1.', '.5', '+1', '--1', '-', '1234567890123456', '"1"', '1 ', 'NaN', '[1]', '']
  for (const value of others) t.equal(scan(shown([value, '1', '1'])), undefined, value)
  for (const text of [
    '',
    '{}',
    '{"features":[1,2]}',
    '{"features":[1,2,3,4]}',
    '{"features":[1,2,3]} ',
    '{"rows":[[1,2,3]]}',
  ]) {
    t.equal(scan(text), undefined, text)
  }
})
