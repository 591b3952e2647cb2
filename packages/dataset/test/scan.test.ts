import fc from 'fast-check'
import t from 'tap'
import { ColumnScan, MAX_LEVELS } from '../src/scan.ts'
import { fileSource, memorySource } from '../src/source.ts'

type Asked = 'number' | 'category' | undefined

/** Scans the texts of a column as a table is read: once, and once more where it is incomplete. */
function scan(texts: readonly string[], asked?: Asked): ColumnScan {
  const found = new ColumnScan({ field: 0, name: 'x', asked }, fileSource('t.csv'))
  texts.forEach((text, i) => {
    found.observe(text, i + 2)
  })
  if (found.incomplete) {
    texts.forEach((text, i) => {
      found.collect(text, i + 2)
    })
  }
  found.settle()
  return found
}

const pools = {
  number: ['0', '-1', '2.5', '.5', '7.', '1e3', '-2.5E-3', '+4', '33'],
  missing: ['', '?', 'NA', 'n/a', 'nan', 'NULL'],
  none: ['none', 'None'],
  text: ['a', 'b', '1,5', '0x1', '2026-01-01', '01', 'constructor', '__proto__'],
}
const text = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...pools.number) },
  { weight: 2, arbitrary: fc.constantFrom(...pools.missing) },
  { weight: 1, arbitrary: fc.constantFrom(...pools.none) },
  { weight: 1, arbitrary: fc.constantFrom(...pools.text) },
)

t.test('a column is numbers until a text says otherwise, and then every text is a level', async () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 25 }), (texts) => {
      const count = (pool: readonly string[]) => texts.filter((each) => pool.includes(each)).length
      const found = scan(texts)
      if (found.missing !== count(pools.missing)) return false
      if (count(pools.text) === 0) {
        return (
          !found.category &&
          found.labels.size === 0 &&
          found.numbers === count(pools.number) &&
          found.nones === count(pools.none) &&
          found.largest ===
            Math.max(0, ...texts.filter((each) => pools.number.includes(each)).map((each) => Math.abs(Number(each)))) &&
          found.integers === texts.every((each) => !pools.number.includes(each) || Number.isInteger(Number(each)))
        )
      }
      const levels = new Set(texts.filter((each) => !pools.missing.includes(each)))
      return found.category && found.labels.size === levels.size && [...levels].every((each) => found.labels.has(each))
    }),
    { numRuns: 500 },
  )
})

t.test('a second pass is wanted only where values went by before the first text', async (t) => {
  const incomplete = (...texts: string[]) => scan(texts).incomplete
  t.equal(incomplete('a', '1'), false)
  t.equal(incomplete('NA', 'a'), false, 'a missing value is no level')
  t.equal(incomplete('1', 'a'), true)
  t.equal(incomplete('none', 'a'), true, 'none is one')
  t.equal(incomplete('inf', 'a'), true)
  t.equal(incomplete('1', '2'), false)
})

t.test('what made a column of numbers a category is kept, unless it is a code', async (t) => {
  t.same(scan(['1', 'b', 'c']).turned, { row: 3, text: 'b' })
  t.equal(scan(['b', '1']).turned, undefined, 'nothing had turned')
  t.equal(scan(['12345', '01234']).turned, undefined, 'postal codes')
  t.same(scan(['1', '9007199254740993']).inexact, { row: 3, text: '9007199254740993' })
  t.equal(scan(['9007199254740992', '9007199254740994']).category, false, 'float64 holds these')
})

t.test('the type asked for holds', async (t) => {
  t.equal(scan(['1', '2'], 'category').category, true)
  t.same([...scan(['1', '', 'none', '1'], 'category').labels], ['1', 'none'])
  const numbers = scan(['007', '9007199254740993', 'none', ''], 'number')
  t.match(numbers, { category: false, numbers: 2, nones: 1, missing: 1 })
  t.throws(() => scan(['1', 'b'], 'number'), {
    code: 'DATASET_ERR_VALUE',
    message: 'Expected a number but found "b" in column "x", line 3 of t.csv.',
    row: 3,
  })
})

t.test('an infinity is refused when the column turns out to be numbers, the first of them named', async (t) => {
  const infinite =
    (...texts: string[]) =>
    () =>
      scan(texts)
  for (const big of ['inf', '-Infinity', '3.5e38', '-1e39', '1e999']) {
    t.throws(infinite('1', big, 'inf'), {
      code: 'DATASET_ERR_INFINITE',
      message: `Expected a finite float32 number (at most 3.4e38) but found "${big}" in column "x", line 3 of t.csv.`,
    })
    t.doesNotThrow(infinite('1', big, 'a'), 'it may be a level')
  }
  t.doesNotThrow(infinite('3.4028234e38', '3.40282350e38'), 'what rounds to the largest float32')
})

t.test('a category has as many levels as 16 bits number', async (t) => {
  const full = new ColumnScan({ field: 0, name: 'x', asked: undefined }, memorySource())
  for (let row = 0; row < MAX_LEVELS; row++) full.observe(`k${row}`, row)
  full.observe('k0', MAX_LEVELS)
  t.equal(full.labels.size, 65_535)
  t.throws(() => full.observe('k', 70_000), {
    code: 'DATASET_ERR_LEVELS',
    message:
      'Expected at most 65,535 levels but found more in column "x", rows[70000]; leave it out with ignore: ["x"].',
    row: 70_000,
    column: 'x',
  })
})
