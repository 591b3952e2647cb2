/**
 * PCG32 (XSH-RR 64/32, O'Neill 2014, pcg-random.org): 64 bits of state held as two halves, so that every engine and every
 * thread draws the same numbers.
 */
export class Random {
  #high = 0
  #low = 0
  readonly #stepHigh: number
  readonly #stepLow: number

  /** State and stream are 64-bit numbers given as unsigned 32-bit halves; streams that differ are different sequences. */
  constructor(stateHigh: number, stateLow: number, streamHigh: number, streamLow: number) {
    this.#stepHigh = (streamHigh << 1) | (streamLow >>> 31)
    this.#stepLow = (streamLow << 1) | 1
    this.next()
    const low = (this.#low + stateLow) | 0
    this.#high = (this.#high + stateHigh + (low >>> 0 < stateLow >>> 0 ? 1 : 0)) | 0
    this.#low = low
    this.next()
  }

  /** The stream of tree `index` (0-based) of a forest: one a tree, so that it matters neither who grows it nor when. */
  static ofTree(seed: number, index: number): Random {
    const seedHigh = Math.floor(seed / 0x100000000)
    const low = mix((seed >>> 0) ^ mix(index ^ 0x9e3779b9))
    const high = mix(seedHigh ^ mix(low ^ 0x85ebca6b))
    return new Random(high, low, 0, index)
  }

  /** A uniform integer in 0..2^32 - 1. */
  next(): number {
    const high = this.#high
    const low = this.#low

    // state = state * 6364136223846793005 + step, modulo 2^64
    const a = low & 0xffff
    const b = low >>> 16
    const p0 = Math.imul(a, 0x7f2d)
    const p1 = Math.imul(b, 0x7f2d)
    const p2 = Math.imul(a, 0x4c95)
    const middle = ((p0 >>> 16) + (p1 & 0xffff) + (p2 & 0xffff)) | 0
    const productLow = (middle << 16) | (p0 & 0xffff)
    let productHigh = (Math.imul(b, 0x4c95) + (p1 >>> 16)) | 0
    productHigh = (productHigh + (p2 >>> 16)) | 0
    productHigh = (productHigh + (middle >>> 16)) | 0
    productHigh = (productHigh + Math.imul(high, 0x4c957f2d)) | 0
    productHigh = (productHigh + Math.imul(low, 0x5851f42d)) | 0
    const sum = (productLow + this.#stepLow) | 0
    this.#low = sum
    this.#high = (((productHigh + this.#stepHigh) | 0) + (sum >>> 0 < productLow >>> 0 ? 1 : 0)) | 0

    const shifted = (((high >>> 18) ^ high) << 5) | ((((low >>> 18) | (high << 14)) ^ low) >>> 27)
    const turn = high >>> 27
    return ((shifted >>> turn) | (shifted << (-turn & 31))) >>> 0
  }

  /**
   * A uniform integer in 0..bound - 1 without bias (Lemire 2019, arXiv:1805.10941): the upper word of the product of a
   * random word and the bound, unless its lower word is one of the few that would favour some; bound in 1..2^32 - 1.
   */
  below(bound: number): number {
    for (;;) {
      const word = this.next()
      const low = Math.imul(word, bound) >>> 0
      if (low >= bound || low >= (0x100000000 - bound) % bound) {
        const upper = (word >>> 16) * bound
        const lower = (word & 0xffff) * bound
        return Math.floor((upper + Math.floor(lower / 0x10000)) / 0x10000)
      }
    }
  }

  /** State and step, for a kernel that goes on with this stream. */
  words(): { state: bigint; step: bigint } {
    return { state: join(this.#high, this.#low), step: join(this.#stepHigh, this.#stepLow) }
  }

  /** A uniform number in [0, 1) with 32 random bits. */
  share(): number {
    return this.next() / 0x100000000
  }
}

function join(high: number, low: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)
}

/** Finaliser of MurmurHash3: every bit of the answer depends on every bit of the value. */
function mix(value: number): number {
  let x = value | 0
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}
