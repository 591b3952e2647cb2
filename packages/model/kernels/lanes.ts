/** What belongs to a lane. */
export function pick4(lane: u32, a: u32, b: u32, c: u32, d: u32): u32 {
  return lane < 2 ? (lane == 0 ? a : b) : lane == 2 ? c : d
}

/** The upper half of a vector, twice. */
export function upper(v: v128): v128 {
  return i64x2.shuffle(v, v, 1, 1)
}

/** The sum of the four lanes of a vector. */
export function sumLanes(v: v128): u32 {
  const pairs = i32x4.add(v, i32x4.shuffle(v, v, 2, 3, 0, 1))
  return i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1)
}

/** The sums of four vectors, as a vector. */
export function sumColumns(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(i32x4.shuffle(a, b, 0, 4, 2, 6), i32x4.shuffle(a, b, 1, 5, 3, 7))
  const cd = i32x4.add(i32x4.shuffle(c, d, 0, 4, 2, 6), i32x4.shuffle(c, d, 1, 5, 3, 7))
  return i32x4.add(i64x2.shuffle(ab, cd, 0, 2), i64x2.shuffle(ab, cd, 1, 3))
}

/** Four words, which may have been written one by one: a processor waits where a vector reads narrower writes. */
export function four(a: usize, b: usize, c: usize, d: usize): v128 {
  let v = v128.load32_zero(a)
  v = v128.load_lane<u32>(b, v, 1)
  v = v128.load_lane<u32>(c, v, 2)
  return v128.load_lane<u32>(d, v, 3)
}

/** Adding it rounds to a whole number in the lower bits, a half to the even one. */
export const WHOLE: f64 = 6755399441055744
