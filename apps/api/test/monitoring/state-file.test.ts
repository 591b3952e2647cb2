import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { jsonPieces, readJson } from '../../src/monitoring/state-file.ts'

t.test(
  'what was written piece by piece is JSON, and is read as it was: long arrays as bytes, the rest as JSON has it',
  async (t) => {
    const path = join(t.testdir(), 'state.json')
    fc.assert(
      fc.property(
        fc.record({ name: fc.string({ unit: 'binary' }), list: fc.array(fc.jsonValue(), { maxLength: 5 }) }),
        fc.array(fc.integer({ min: 0, max: 400_000 }), { maxLength: 4 }),
        (plain, sizes) => {
          const bytes = sizes.map((size, i) => Uint8Array.from({ length: size }, (_, at) => (at * (i + 3)) >> 2))
          const state = { a: bytes[0], plain, zeros: new Array(3000).fill(0), rest: bytes.slice(1), last: '"\\é' }
          const text = [...jsonPieces(state)].join('')
          const base64 = (of: Uint8Array | undefined) => of && Buffer.from(of).toString('base64')
          const whole = JSON.stringify({ ...state, a: base64(bytes[0]), rest: bytes.slice(1).map(base64) })
          if (text !== whole) return false
          writeFileSync(path, text)
          const same = (value: unknown, of: Uint8Array) =>
            typeof value === 'object'
              ? Buffer.concat([...(value as Iterable<Uint8Array>)]).equals(of)
              : value === base64(of)
          const read = readJson(path) as { a?: unknown; rest: unknown[] }
          if (bytes[0] && !same(read.a, bytes[0])) return false
          if (!read.rest.every((value, i) => same(value, bytes[i + 1]!))) return false
          return JSON.stringify({ ...read, a: 0, rest: 0 }) === JSON.stringify({ ...JSON.parse(whole), a: 0, rest: 0 })
        },
      ),
      { numRuns: 60 },
    )
  },
)

/** Reads the numbers too, and tells how many bytes they have. */
function all(json: unknown): number {
  return Buffer.concat([...(json as { numbers: Iterable<Uint8Array> }).numbers]).length
}

t.test('what is torn, no JSON or no base64 is refused', async (t) => {
  const path = join(t.testdir(), 'state.json')
  const good = [...jsonPieces({ numbers: new Float64Array(100_000).fill(0.1), end: 1 })].join('')
  const at = good.length >> 1
  const torn = [good.slice(0, at), good.slice(0, -1), `${good.slice(0, at)}\\n${good.slice(at + 2)}`]
  const others = [`${good.slice(0, at)}"${good.slice(at + 1)}`, `${good.slice(0, at)}${good.slice(at + 1)}`, '', '{']
  for (const text of [...torn, ...others]) {
    writeFileSync(path, text)
    t.throws(() => all(readJson(path)), SyntaxError, text.slice(-30))
  }
  writeFileSync(path, good)
  t.equal(all(readJson(path)), 800_000)
})
