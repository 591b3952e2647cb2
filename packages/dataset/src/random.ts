/** A source of uniform integers. */
export interface Random {
  /** An integer in 0..bound-1; bound in 1..2^32. */
  below(bound: number): number
}

/**
 * Chris Doty-Humphrey's sfc32 (PractRand), seeded with the low and the high half of `seed` (an integer in 0..2^53-1).
 * The same numbers on every platform.
 */
export function seededRandom(seed: number): Random {
  let a = seed >>> 0
  let b = Math.floor(seed / 2 ** 32) >>> 0
  let c = 0x9e3779b9
  let counter = 1

  function next(): number {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return sum >>> 0
  }

  for (let i = 0; i < 15; i++) next()
  return {
    below(bound) {
      // Above the largest multiple of bound a remainder would be less likely than the others.
      const limit = 2 ** 32 - (2 ** 32 % bound)
      let value = next()
      while (value >= limit) value = next()
      return value % bound
    },
  }
}

/** Puts items in a random order, in place (Fisher and Yates). */
export function shuffle(items: Uint32Array, random: Random): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const item = items[i]
    items[i] = items[j]
    items[j] = item
  }
}
