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
