import fc from 'fast-check'
import t from 'tap'
import { atOnce } from '../src/at-once.ts'
import { encode, MISSING } from '../src/encode.ts'
import { placeValues } from '../src/place-values.ts'
import type { Table } from '../src/table.ts'
import { randomNumbers } from './tables.ts'
import { tableOf } from './training-tables.ts'

t.test('codes keep the order of the values, and equal values share one', async (t) => {
  const cell = fc.oneof(
    { weight: 5, arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true }) },
    { weight: 3, arbitrary: fc.constantFrom(0, -0, 1, -1, 3.4028234663852886e38, 1.401298464324817e-45) },
    { weight: 1, arbitrary: fc.constant(null) },
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 60 }), (rows) => {
      const table = tableOf(
        rows,
        rows.map(() => 0),
      )
      const { codes, stride, columns } = code(table)
      if (stride !== 4) return false
      return columns.every((column, f) => {
        const values = table.columns[f]
        return rows.every((_, a) => {
          const code = codes[a * stride + f]
          if (Number.isNaN(values[a])) return code === MISSING && column.missing
          if (!Object.is(column.low[code], values[a] + 0) || column.high[code] !== values[a]) return false
          return rows.every((_, b) => !(values[a] < values[b]) || code < codes[b * stride + f])
        })
      })
    }),
    { numRuns: 300, seed: 1 },
  )
  t.pass()
})

t.test('a level is its own code', async (t) => {
  const table = tableOf([[2], [null], [0]], [0, 0, 0], { levels: { 0: 5 } })
  const { codes, columns } = code(table)
  t.same([codes[0], codes[2], codes[4]], [2, MISSING, 0])
  t.match(columns[0], { levels: 5, missing: true, exact: true })
})

t.test('up to 65,536 distinct values are exact, a missing one counts', async (t) => {
  for (const [rows, missing, exact] of [
    [65_536, 0, true],
    [65_537, 0, false],
    [65_535, 1, true],
    [65_536, 1, false],
  ] as const) {
    const values = Float32Array.from({ length: rows + missing }, (_, i) => (i < rows ? (i * 7919) % rows : Number.NaN))
    const { columns, codes, stride } = code(single(values))
    t.equal(columns[0].exact, exact)
    const used = new Set(Array.from(values, (_, i) => codes[i * stride]))
    t.equal(used.size, 65_536)
  }
})

t.test('quantile codes hold about equally many rows, and frequent values waste none', async (t) => {
  const rows = 400_000
  const values = Float32Array.from({ length: rows }, (_, i) => (i % 2 === 0 ? 0 : i))
  const { columns, codes, stride } = code(single(values))
  const [{ low, high, exact }] = columns
  t.equal(exact, false)
  t.equal(low.length, 65_536)
  const counts = new Uint32Array(65_536)
  for (let i = 0; i < rows; i++) {
    const at = codes[i * stride]
    counts[at]++
    if (!(low[at] <= values[i] && values[i] <= high[at])) t.fail('a value stands outside its code')
  }
  t.equal(counts[0], rows / 2)
  t.ok(counts.subarray(1).every((count) => count >= 3 && count <= 4))
  t.ok(low.every((value, i) => i === 0 || value > high[i - 1]))
})

function code(table: Table) {
  return atOnce(encode(table, (bytes) => new ArrayBuffer(bytes)))
}

function single(values: Float32Array): Table {
  const table = tableOf([[0]], [0])
  return { ...table, rows: values.length, columns: [values], target: new Float64Array(values.length) }
}

t.test('the kernel makes the codes of the plain encoder', async (t) => {
  const random = randomNumbers(8)
  for (const distinct of [1, 5, 40_000, 1e9]) {
    const columns = [0, 0.1].map((missing) =>
      Float32Array.from({ length: 90_000 }, () => {
        const value = (Math.floor(random() * distinct) - distinct / 2) / 3
        return random() < missing ? Number.NaN : value === 0 && random() < 0.5 ? -0 : value
      }),
    )
    const features = columns.map((_, f) => ({
      name: `x${f}`,
      type: 'number' as const,
      missing: f > 0,
      min: -1,
      max: 1,
    }))
    const table: Table = {
      rows: 90_000,
      columns,
      target: new Float64Array(90_000),
      signature: { features, target: { name: 'y', type: 'number' } },
    }
    const allocate = (bytes: number) => new ArrayBuffer(bytes)
    const plain = atOnce(encode(table, allocate, null))
    const fast = atOnce(encode(table, allocate))
    t.ok(fast.memory)
    t.ok(Buffer.compare(bytesOf(plain.codes), bytesOf(fast.codes)) === 0, `${distinct} values`)
    t.same(
      fast.columns.map(({ low, high, ...about }) => ({ ...about, low: Array.from(low), high: Array.from(high) })),
      plain.columns.map(({ low, high, ...about }) => ({ ...about, low: Array.from(low), high: Array.from(high) })),
    )
  }
})

t.test('the kernel places codes of numbers and levels, and values, as the plain way does', async (t) => {
  const random = randomNumbers(9)
  for (const columns of [1, 7, 8, 9, 19]) {
    const rows = Array.from({ length: 2100 }, () =>
      Array.from({ length: columns }, (_, f) =>
        f % 3 === 2 ? Math.floor(random() * 5) : random() < 0.1 ? null : random() < 0.1 ? -0 : random(),
      ),
    )
    const levels = Object.fromEntries(Array.from({ length: columns }, (_, f) => [f, 5]).filter(([f]) => f % 3 === 2))
    const table = tableOf(
      rows,
      rows.map(() => 0),
      { levels },
    )
    const allocate = (bytes: number) => new ArrayBuffer(bytes)
    const [plain, fast] = [atOnce(encode(table, allocate, null)), atOnce(encode(table, allocate))]
    t.ok(fast.memory)
    t.ok(Buffer.compare(bytesOf(plain.codes), bytesOf(fast.codes)) === 0, `${columns} columns`)
    t.same(fast.columns, plain.columns)
    const [slow, quick] = [atOnce(placeValues(table, allocate, null)), atOnce(placeValues(table, allocate))]
    t.ok(quick.memory)
    t.ok(Buffer.compare(bytesOf(slow.values), bytesOf(quick.values)) === 0, `values of ${columns} columns`)
  }
})

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
