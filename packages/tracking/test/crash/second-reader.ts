/**
 * Reads a journal by `docs/tracking.md` alone and shares no code with the package: another reader of the same text must find
 * the same records and drop the same bytes.
 */
export function readJournalAgain(bytes: Uint8Array): { records: unknown[]; valid: number } {
  const records: unknown[] = []
  let valid = 0
  while (valid < bytes.length) {
    const length = hexAt(bytes, valid)
    const sequence = hexAt(bytes, valid + 9)
    const sum = hexAt(bytes, valid + 18)
    const start = valid + 27
    if (length < 0 || sequence !== records.length || sum < 0 || length > 2 ** 26) break
    if (bytes[valid + 8] !== 32 || bytes[valid + 17] !== 32 || bytes[valid + 26] !== 32) break
    if (start + length >= bytes.length || bytes[start + length] !== 10) break
    let crc = crcOf(bytes, valid, valid + 18, -1)
    crc = crcOf(bytes, start, start + length, crc)
    if ((crc ^ -1) >>> 0 !== sum) break
    let record: unknown
    try {
      record = JSON.parse(new TextDecoder().decode(bytes.subarray(start, start + length)))
    } catch {
      break
    }
    if (record === null || typeof record !== 'object' || Array.isArray(record)) break
    records.push(record)
    valid = start + length + 1
  }
  return { records, valid }
}

/** Eight lower-case hexadecimal digits, or -1. */
function hexAt(bytes: Uint8Array, at: number): number {
  let value = 0
  for (let index = at; index < at + 8; index++) {
    const byte = bytes[index] ?? 0
    const digit = byte >= 48 && byte <= 57 ? byte - 48 : byte >= 97 && byte <= 102 ? byte - 87 : -1
    if (digit < 0) return -1
    value = value * 16 + digit
  }
  return value
}

const TABLE = Int32Array.from({ length: 256 }, (_, index) => {
  let entry = index
  for (let bit = 0; bit < 8; bit++) entry = entry & 1 ? (entry >>> 1) ^ 0xedb88320 : entry >>> 1
  return entry
})

/** CRC-32 as in zlib and PNG, before its last inversion. */
function crcOf(bytes: Uint8Array, from: number, to: number, before: number): number {
  let crc = before
  for (let index = from; index < to; index++) crc = TABLE[(crc ^ bytes[index]!) & 255]! ^ (crc >>> 8)
  return crc
}
