import { crc32 } from 'node:zlib'

/**
 * One record is one line of a journal:
 *
 *     LLLLLLLL SSSSSSSS CCCCCCCC JSON\n
 *
 * L = bytes of JSON, S = number of the record from 0, C = CRC-32 over the first 18 bytes (L, S and their spaces) and then
 * JSON; each eight lower-case hexadecimal digits. JSON is one UTF-8 object with no line feed in it.
 */
const HEAD = 27
/** Bytes of L and S with their spaces. */
const NUMBERS = 18
const LINE_FEED = 0x0a

/** No record is longer, so a damaged length is seen at once. */
export const MAX_RECORD_BYTES = 1 << 26

export function encodeRecord(sequence: number, value: object): Buffer {
  const json = JSON.stringify(value)
  const length = Buffer.byteLength(json)
  const record = Buffer.allocUnsafe(HEAD + length + 1)
  record.write(`${hex(length)} ${hex(sequence)} `, 0, 'latin1')
  record.write(json, HEAD, 'utf8')
  record[HEAD + length] = LINE_FEED
  const checksum = crc32(record.subarray(HEAD, HEAD + length), crc32(record.subarray(0, NUMBERS)))
  record.write(`${hex(checksum)} `, NUMBERS, 'latin1')
  return record
}

export type DropReason = 'cut short' | 'malformed' | 'wrong sequence' | 'wrong checksum' | 'not JSON'

/** What a journal holds: `records` are the longest valid prefix, `validBytes` long; all after it is dropped. */
export interface Scan {
  records: object[]
  validBytes: number
  dropped?: { bytes: number; reason: DropReason }
}

/** Reads records from the start of `bytes` until the first that is not whole and right. */
export function scanRecords(bytes: Buffer): Scan {
  const records: object[] = []
  let at = 0
  while (at < bytes.length) {
    const record = readRecord(bytes, at, records.length)
    if (typeof record === 'string') {
      return { records, validBytes: at, dropped: { bytes: bytes.length - at, reason: record } }
    }
    records.push(record.value)
    at = record.end
  }
  return { records, validBytes: at }
}

function readRecord(bytes: Buffer, at: number, sequence: number): { value: object; end: number } | DropReason {
  const head = bytes.toString('latin1', at, at + HEAD)
  if (head.length < HEAD) return 'cut short'
  const match = /^([0-9a-f]{8}) ([0-9a-f]{8}) ([0-9a-f]{8}) $/.exec(head)
  if (!match) return 'malformed'
  const [length, number, checksum] = match.slice(1).map((digits) => Number.parseInt(digits, 16)) as [
    number,
    number,
    number,
  ]
  if (length > MAX_RECORD_BYTES) return 'malformed'
  const end = at + HEAD + length
  if (end >= bytes.length) return 'cut short'
  if (bytes[end] !== LINE_FEED) return 'malformed'
  const json = bytes.subarray(at + HEAD, end)
  if (crc32(json, crc32(bytes.subarray(at, at + NUMBERS))) !== checksum) return 'wrong checksum'
  if (number !== sequence) return 'wrong sequence'
  const value = parse(json)
  return value === undefined ? 'not JSON' : { value, end: end + 1 }
}

function parse(json: Buffer): object | undefined {
  try {
    const value: unknown = JSON.parse(json.toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

function hex(value: number) {
  return value.toString(16).padStart(8, '0')
}
