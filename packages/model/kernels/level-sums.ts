import { levelOrders } from './state'

/*
 * Arrays by sample of a small node at levelOrders, four samples a vector: u32 key, u32 level, i32 weight and part of it, or value; sums of
 * both over the samples of the level, i32 what it is ordered by, f64 along the direction. The last vector is filled up with samples of no weight
 * that lack a level. What is read as vectors is written as vectors: a processor waits for narrower writes.
 */
export const LEVELS: usize = 36 * 4
export const WEIGHTS: usize = 2 * LEVELS
export const PARTS: usize = 3 * LEVELS
export const ALL_WEIGHTS: usize = 4 * LEVELS
export const ALL_PARTS: usize = 5 * LEVELS
export const ORDERS: usize = 6 * LEVELS
export const ALONG: usize = 7 * LEVELS

/** Sums up weights and parts over the samples of each sample's level. */
export function sumLevels(end: usize): void {
  for (let four = levelOrders; four < end; four += 16) {
    const level = v128.load(four, LEVELS)
    let weight = i32x4.splat(0)
    let part = weight
    for (let at = levelOrders; at < end; at += 16) {
      const a = i32x4.eq(level, v128.load32_splat(at, LEVELS))
      const b = i32x4.eq(level, v128.load32_splat(at, LEVELS + 4))
      const c = i32x4.eq(level, v128.load32_splat(at, LEVELS + 8))
      const d = i32x4.eq(level, v128.load32_splat(at, LEVELS + 12))
      weight = i32x4.add(weight, v128.and(a, v128.load32_splat(at, WEIGHTS)))
      part = i32x4.add(part, v128.and(a, v128.load32_splat(at, PARTS)))
      weight = i32x4.add(weight, v128.and(b, v128.load32_splat(at, WEIGHTS + 4)))
      part = i32x4.add(part, v128.and(b, v128.load32_splat(at, PARTS + 4)))
      weight = i32x4.add(weight, v128.and(c, v128.load32_splat(at, WEIGHTS + 8)))
      part = i32x4.add(part, v128.and(c, v128.load32_splat(at, PARTS + 8)))
      weight = i32x4.add(weight, v128.and(d, v128.load32_splat(at, WEIGHTS + 12)))
      part = i32x4.add(part, v128.and(d, v128.load32_splat(at, PARTS + 12)))
    }
    v128.store(four, weight, ALL_WEIGHTS)
    v128.store(four, part, ALL_PARTS)
  }
}

/** Parts alone, of the levels of four samples. */
export function sumParts(four: usize, end: usize): v128 {
  const level = v128.load(four, LEVELS)
  let part = i32x4.splat(0)
  for (let at = levelOrders; at < end; at += 16) {
    const a = v128.and(i32x4.eq(level, v128.load32_splat(at, LEVELS)), v128.load32_splat(at, PARTS))
    const b = v128.and(i32x4.eq(level, v128.load32_splat(at, LEVELS + 4)), v128.load32_splat(at, PARTS + 4))
    const c = v128.and(i32x4.eq(level, v128.load32_splat(at, LEVELS + 8)), v128.load32_splat(at, PARTS + 8))
    const d = v128.and(i32x4.eq(level, v128.load32_splat(at, LEVELS + 12)), v128.load32_splat(at, PARTS + 12))
    part = i32x4.add(part, i32x4.add(i32x4.add(a, b), i32x4.add(c, d)))
  }
  return part
}
