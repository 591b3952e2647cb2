import fc from 'fast-check'
import t from 'tap'
import { encodeRecord, scanRecords } from '../src/record.ts'

const values = [
  { format: 'x' },
  { op: 'batch', text: 'a line\nfeed, "quotes", ünïcode 🌲' },
  {},
  { list: [1, 2.5, null] },
]

function write(records: readonly object[]) {
  return Buffer.concat(records.map((value, sequence) => encodeRecord(sequence, value)))
}

t.test('a record is one line: length, sequence, checksum, JSON', async (t) => {
  t.equal(encodeRecord(10, { a: 1 }).toString(), '00000007 0000000a b1b5df77 {"a":1}\n')
  t.equal(encodeRecord(0, { a: '\n' }).toString().split('\n').length, 2)
})

t.test('what was written is read', async (t) => {
  t.same(scanRecords(write(values)), { records: values, validBytes: write(values).length })
  t.same(scanRecords(Buffer.alloc(0)), { records: [], validBytes: 0 })
  const text = fc.uint16Array({ maxLength: 20 }).map((units) => String.fromCharCode(...units))
  const objects = fc.dictionary(text, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
  fc.assert(
    fc.property(fc.array(objects, { maxLength: 4 }), (records) => {
      const bytes = write(records)
      const scan = scanRecords(bytes)
      const same = JSON.stringify(scan.records) === JSON.stringify(records)
      return same && scan.validBytes === bytes.length && scan.dropped === undefined
    }),
  )
})

t.test('cut at any byte, the whole records before the cut remain and the rest is told', async (t) => {
  const bytes = write(values)
  const ends = values.map((_, index) => write(values.slice(0, index + 1)).length)
  const wrong: string[] = []
  for (let cut = 0; cut < bytes.length; cut++) {
    const whole = ends.filter((end) => end <= cut)
    const { records, validBytes, dropped } = scanRecords(bytes.subarray(0, cut))
    const kept = whole.at(-1) ?? 0
    if (records.length !== whole.length || validBytes !== kept)
      wrong.push(`cut at ${cut} keeps ${records.length} records`)
    if ((dropped?.bytes ?? 0) !== cut - kept) wrong.push(`cut at ${cut} tells ${dropped?.bytes} dropped bytes`)
    if (dropped && dropped.reason !== 'cut short') wrong.push(`cut at ${cut} is told as ${dropped.reason}`)
  }
  t.same(wrong, [])
})

t.test('with any bit flipped, the records before it remain and nothing after it is believed', async (t) => {
  const bytes = write(values)
  const ends = values.map((_, index) => write(values.slice(0, index + 1)).length)
  const reasons = new Set<string>()
  const wrong: string[] = []
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const damaged = Buffer.from(bytes)
    damaged[bit >> 3]! ^= 1 << (bit & 7)
    const before = ends.filter((end) => end <= bit >> 3).length
    const { records, validBytes, dropped } = scanRecords(damaged)
    if (records.length !== before) wrong.push(`bit ${bit} leaves ${records.length} records, not ${before}`)
    if (dropped?.bytes !== bytes.length - validBytes) wrong.push(`bit ${bit} tells ${dropped?.bytes} dropped bytes`)
    reasons.add(dropped!.reason)
  }
  t.same(wrong, [])
  t.same([...reasons].sort(), ['cut short', 'malformed', 'wrong checksum'])
})

t.test('any bytes at all are read without a throw, as a prefix of themselves', async () => {
  const bytes = write(values)
  const edits = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.uint8Array({ maxLength: 40 })), { maxLength: 4 })
  fc.assert(
    fc.property(edits, fc.uint8Array({ maxLength: 60 }), (edits, tail) => {
      const damaged = Buffer.concat([bytes, tail])
      for (const [at, data] of edits) damaged.set(data.subarray(0, damaged.length - at), at)
      const { records, validBytes, dropped } = scanRecords(damaged)
      const again = scanRecords(damaged.subarray(0, validBytes))
      return (
        validBytes + (dropped?.bytes ?? 0) === damaged.length &&
        again.dropped === undefined &&
        JSON.stringify(again.records) === JSON.stringify(records)
      )
    }),
    { numRuns: 2000 },
  )
})

t.test('records out of sequence, of other JSON and of absurd length are not believed', async (t) => {
  const first = encodeRecord(0, {})
  const reason = (next: Buffer) => scanRecords(Buffer.concat([first, next])).dropped?.reason
  t.equal(reason(encodeRecord(0, {})), 'wrong sequence')
  t.equal(reason(encodeRecord(2, {})), 'wrong sequence')
  t.equal(reason(encodeRecord(1, [1])), 'not JSON')
  t.equal(reason(Buffer.from('7fffffff 00000001 00000000 {}\n')), 'malformed')
  t.equal(reason(Buffer.from('00000002 00000001 ABCDEF00 {}\n')), 'malformed')
})
