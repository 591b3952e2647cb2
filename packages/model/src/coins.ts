/**
 * The coins of a level in a random cut, 32 bits: those by which it goes left (1) or right (0) in the first throw, the highest
 * bit, and in those that follow while all levels of a node fall on one side. The steps are the last of MurmurHash3 (Appleby,
 * public domain), which are one to one, so that two levels never have the same coins. The slow twin of kernels/drawn-levels.ts.
 *
 * @param level index of the level, 0..65,534.
 * @param word the 32 bits that were drawn with the feature.
 */
export function coinsOf(level: number, word: number): number {
  let h = level ^ word
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** The 32 bits that a share in [0, 1) was made of. */
export function wordOfShare(share: number): number {
  return (share * 2 ** 32) | 0
}

/** The highest bit of a word alone; 0 of 0. */
export function highest(word: number): number {
  return word === 0 ? 0 : 0x8000_0000 >>> Math.clz32(word)
}
