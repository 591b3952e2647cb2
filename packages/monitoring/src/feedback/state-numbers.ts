import type { Field } from '../field.ts'

/** Numbers of a state, which JSON has as their little-endian bytes. */
export type Numbers = Uint16Array | Uint32Array | Float64Array

export function base64(numbers: Numbers): string {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64')
}

/**
 * Fills the numbers from base64, which must be as long as they need before it is decoded, or from an iterable of pieces of their bytes.
 *
 * @throws MonitoringError MONITORING_ERR_STRUCTURE
 */
export function fill(field: Field, numbers: Numbers): void {
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
  if (isPieces(field.value)) {
    const expected = `${bytes.length} bytes`
    let at = 0
    for (const piece of field.value) {
      if (!(piece instanceof Uint8Array) || at + piece.length > bytes.length) throw field.fail(expected)
      bytes.set(piece, at)
      at += piece.length
    }
    if (at !== bytes.length) throw field.fail(expected)
    return
  }
  const text = field.text()
  const expected = `base64 of ${bytes.length} bytes`
  if (text.length !== 4 * Math.ceil(bytes.length / 3)) throw field.fail(expected)
  const decoded = Buffer.from(text, 'base64')
  if (decoded.length !== bytes.length) throw field.fail(expected)
  bytes.set(decoded)
}

function isPieces(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value
}
