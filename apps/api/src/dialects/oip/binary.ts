import { isUtf8 } from 'node:buffer'
import { endianness } from 'node:os'
import { ApiError } from '../../errors.ts'
import { DATATYPES, type Datatype } from './datatype.ts'

/** Elements of a tensor in binary form: numbers, or texts of a BYTES tensor. */
export type Elements = ArrayLike<number> | ArrayLike<bigint> | readonly string[]

const VIEWS = {
  UINT8: Uint8Array,
  UINT16: Uint16Array,
  UINT32: Uint32Array,
  UINT64: BigUint64Array,
  INT8: Int8Array,
  INT16: Int16Array,
  INT32: Int32Array,
  INT64: BigInt64Array,
  FP32: Float32Array,
  FP64: Float64Array,
} as const

if (endianness() !== 'LE') throw new Error('Binary tensors are little-endian, and so must be the machine.')

/**
 * Reads `count` elements, little-endian and row-major, that fill `bytes`; `of` names the tensor in an error.
 * @throws ApiError API_ERR_LENGTH or API_ERR_VALUE without a path
 */
export function readBinary(bytes: Buffer, datatype: Datatype, count: number, of: string): Elements {
  if (datatype === 'BYTES') return readTexts(bytes, count, of)
  const wanted = count * DATATYPES[datatype].bytes
  if (bytes.length !== wanted) {
    throw new ApiError(
      'API_ERR_LENGTH',
      `${of} must have ${wanted} bytes of binary data by its shape and datatype; it has ${bytes.length}.`,
    )
  }
  // A copy, since a view needs an offset that is a multiple of the element's size.
  const copy = new Uint8Array(bytes)
  return new VIEWS[datatype](copy.buffer)
}

/** Each text has its length before it, in four bytes. */
function readTexts(bytes: Buffer, count: number, of: string): string[] {
  if (count * 4 > bytes.length) throw short(count, of)
  const texts = new Array<string>(count)
  let at = 0
  for (let i = 0; i < count; i++) {
    const end = at + 4 <= bytes.length ? at + 4 + bytes.readUInt32LE(at) : Number.POSITIVE_INFINITY
    if (end > bytes.length) throw short(count, of)
    const text = bytes.subarray(at + 4, end)
    if (!isUtf8(text)) throw new ApiError('API_ERR_VALUE', `${of}, value ${i}: a text must be UTF-8.`)
    texts[i] = text.toString()
    at = end
  }
  if (at !== bytes.length)
    throw new ApiError('API_ERR_LENGTH', `${of} has more bytes of binary data than its ${count} texts.`)
  return texts
}

function short(count: number, of: string): ApiError {
  return new ApiError('API_ERR_LENGTH', `${of} has too few bytes of binary data for its ${count} texts.`)
}

/** Texts as the elements of a BYTES tensor. */
export function binaryText(text: string): Buffer {
  const bytes = Buffer.from(text)
  const element = Buffer.allocUnsafe(4 + bytes.length)
  element.writeUInt32LE(bytes.length)
  bytes.copy(element, 4)
  return element
}

/** The bytes of the first `count` numbers of an FP64 tensor, copied. */
export function binaryNumbers(numbers: Float64Array, count: number): Buffer {
  return Buffer.from(Buffer.from(numbers.buffer, numbers.byteOffset, count * 8))
}
