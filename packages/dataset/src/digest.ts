import { createHash, type Hash } from 'node:crypto'
import type { Signature } from './signature.ts'

/** What a digest covers. */
export interface DigestedTable {
  readonly signature: Signature
  readonly rows: number
  readonly columns: readonly Float32Array[]
  readonly target: Uint16Array | Float64Array
  readonly weights?: Float64Array | undefined
}

const VERSION = 'copse-dataset 1'

/**
 * SHA-256 over: a version line; the signature as JSON with keys in code unit order, and a line feed; each column as
 * float32, the target as uint16 (classes) or float64, then the weights, if any, as float64. All little-endian, a missing
 * value being the NaN 0x7fc00000, each array after its length as uint32.
 */
export function digestTable(table: DigestedTable): string {
  const hash = createHash('sha256')
  hash.update(`${VERSION}\n${canonicalJson(table.signature)}\n`)
  for (const column of table.columns) addArray(hash, column)
  addArray(hash, table.target)
  if (table.weights !== undefined) addArray(hash, table.weights)
  return hash.digest('hex')
}

/** JSON with the keys of every object in code unit order. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, item) => {
    if (item === null || typeof item !== 'object' || Array.isArray(item)) return item
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

const BLOCK = 16_384 // values

function addArray(hash: Hash, array: Float32Array | Float64Array | Uint16Array): void {
  const width = array.BYTES_PER_ELEMENT
  const bytes = new DataView(new ArrayBuffer(BLOCK * width))
  const write = writer(array, bytes)
  bytes.setUint32(0, array.length, true)
  hash.update(new Uint8Array(bytes.buffer, 0, 4))
  for (let start = 0; start < array.length; start += BLOCK) {
    const count = Math.min(BLOCK, array.length - start)
    for (let i = 0; i < count; i++) write(i * width, array[start + i])
    hash.update(new Uint8Array(bytes.buffer, 0, count * width))
  }
}

function writer(
  array: Float32Array | Float64Array | Uint16Array,
  bytes: DataView,
): (at: number, value: number) => void {
  if (array instanceof Uint16Array) return (at, value) => bytes.setUint16(at, value, true)
  if (array instanceof Float64Array) return (at, value) => bytes.setFloat64(at, value, true)
  // A NaN may have any bits in memory.
  return (at, value) => {
    if (Number.isNaN(value)) bytes.setUint32(at, 0x7fc00000, true)
    else bytes.setFloat32(at, value, true)
  }
}
