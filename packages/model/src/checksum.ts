import { streamKernel } from './stream-kernel.ts'

/**
 * CRC-32C (Castagnoli, RFC 3720 appendix B.4) of bytes at an offset divisible by 4, in a length divisible by 8.
 * It always sees a change that lies within 32 consecutive bits, and any odd number of flipped bits.
 */
export function crc32c(bytes: Uint8Array): number {
  return ~continueCrc32c(0xffffffff, bytes) >>> 0
}

/** Goes on from `start`, which is 0xffffffff before the first bytes; the checksum is the inverse of the last answer. */
export function continueCrc32c(start: number, bytes: Uint8Array): number {
  return bytes.length < KERNEL_BYTES ? continuePlainly(start, bytes) : continueInKernel(start, bytes)
}

/** The slow twin of kernels/checksum.ts. */
export function continuePlainly(start: number, bytes: Uint8Array): number {
  plainTable ??= sliceTable()
  const table = plainTable
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >>> 2)
  let crc = start
  for (let i = 0; i < words.length; i += 2) {
    const low = words[i] ^ crc
    const high = words[i + 1]
    crc =
      table[0x700 + (low & 0xff)] ^
      table[0x600 + ((low >>> 8) & 0xff)] ^
      table[0x500 + ((low >>> 16) & 0xff)] ^
      table[0x400 + (low >>> 24)] ^
      table[0x300 + (high & 0xff)] ^
      table[0x200 + ((high >>> 8) & 0xff)] ^
      table[0x100 + ((high >>> 16) & 0xff)] ^
      table[high >>> 24]
  }
  return crc
}

function continueInKernel(start: number, bytes: Uint8Array): number {
  const stream = streamKernel()
  if (stream === undefined) return continuePlainly(start, bytes)
  const { kernel, chunk } = stream
  if (!hasTable) kernel.fillTable()
  hasTable = true
  let crc = start
  for (let from = 0; from < bytes.length; from += chunk.length) {
    const part = bytes.subarray(from, from + chunk.length)
    chunk.set(part)
    crc = kernel.continueChecksum(crc, chunk.byteOffset, chunk.byteOffset + part.length)
  }
  return crc
}

/** Below it a kernel does not pay. */
const KERNEL_BYTES = 1 << 16
let hasTable = false
let plainTable: Uint32Array | undefined

/** Slicing by 8: table[k * 256 + b] is the remainder of byte b followed by k zero bytes. */
function sliceTable(): Uint32Array {
  const slices = new Uint32Array(8 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
    slices[byte] = crc
  }
  for (let i = 256; i < slices.length; i++) {
    const shorter = slices[i - 256]
    slices[i] = (shorter >>> 8) ^ slices[shorter & 0xff]
  }
  return slices
}
