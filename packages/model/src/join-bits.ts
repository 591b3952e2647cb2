/** So many bits, zeros up to the end of the last byte; no bytes at all stand for zeros. */
export interface Bits {
  readonly bits: Uint8Array
  readonly size: number
}

/** Writes the bits of all parts behind each other into zeros. */
export function joinBits(parts: readonly Bits[], to: Uint8Array): void {
  let end = 0
  for (const { bits, size } of parts) {
    const shift = end & 7
    const start = end >>> 3
    if (shift === 0) to.set(bits, start)
    else {
      // Behind the last byte there is nothing to write, and nothing of the part's to write there.
      for (let i = 0, at = start; i < bits.length; i++, at++) {
        to[at] |= bits[i] << shift
        to[at + 1] = bits[i] >>> (8 - shift)
      }
    }
    end += size
  }
}
