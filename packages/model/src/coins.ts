/**
 * The coins of a level in a random cut, 29 bits: those by which it goes right (1) or left (0) in the first throw, the highest bit,
 * and in those that follow while all levels of a node fall on one side: its seed times an odd number (Dietzfelbinger et al. 1997, universal
 * hashing). No two levels have the same. The slow twin of kernels/drawn-levels.ts.
 *
 * @param level index of the level, 0..65,534.
 * @param word the 32 bits that were drawn with the feature.
 */
export function coinsOf(level: number, word: number): number {
  return Math.imul(seedOf(level), word | 1) & COINS
}

/** 29 bits that are another for each level, and in no order. */
export function seedOf(level: number): number {
  const spread = Math.imul(level + 1, 0x9e3779b1) & COINS
  return spread ^ (spread >>> 15)
}

/** The float32 that stands for a level where random cuts compare values: its lower bits are the seed. A missing level, NaN, stays so. */
export function valueOfLevel(level: number): number {
  if (Number.isNaN(level)) return level
  BITS[0] = LEAST | seedOf(level)
  return FLOAT[0]
}

const FLOAT = new Float32Array(1)
const BITS = new Int32Array(FLOAT.buffer)

const COINS = 0x1fffffff

/** The bits of the float32 2^-63. */
const LEAST = 0x20000000

/** The 32 bits that a share in [0, 1) was made of. */
export function wordOfShare(share: number): number {
  return (share * 2 ** 32) | 0
}

/** The highest bit of a word below 2^31 alone; 0 of 0. */
export function highest(word: number): number {
  return word === 0 ? 0 : 0x8000_0000 >>> Math.clz32(word)
}
