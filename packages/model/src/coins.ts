/**
 * The coins of a level in a random cut, 29 bits: those by which it goes right (1) or left (0) in the first throw, the highest bit,
 * and in those that follow while all levels of a node fall on one side. The steps are the last of MurmurHash3 (Appleby, public
 * domain). Two levels have the same coins once in 2^29. The slow twin of kernels/drawn-levels.ts.
 *
 * @param level index of the level, 0..65,534.
 * @param word the 32 bits that were drawn with the feature.
 */
export function coinsOf(level: number, word: number): number {
  let h = (level | FLOAT) ^ word
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 3
}

/** The bits of the float32 2^23, which with those of a level are those of 2^23 + level. */
const FLOAT = 0x4b000000

/** The 32 bits that a share in [0, 1) was made of. */
export function wordOfShare(share: number): number {
  return (share * 2 ** 32) | 0
}

/** The highest bit of a word below 2^31 alone; 0 of 0. */
export function highest(word: number): number {
  return word === 0 ? 0 : 0x8000_0000 >>> Math.clz32(word)
}
