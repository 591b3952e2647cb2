import { four, sumLanes, upper } from './lanes'
import { keyRows, levelRuns, rowSums, singlePlaces, singleRows, sortedKeys } from './state'

/*
 * Categories of a small node of numbers in which every sample has a level of its own. Their levels stand in the order of the samples' means, which is the same
 * for all of them: it is found once, and their columns are written from it. Equal samples stand in the order of the levels of the first
 * such category. That is as good for the others in a light node: a cut between equal samples is beaten by one beside them, by 4/N^2 of its score and
 * more, N the node's weight, for scores are convex; and rounding takes less.
 */

/** A node is light below this weight. */
const LIGHT: u32 = 256

/**
 * Puts n samples in order in the lanes of a mask, of which `column` is one, sorted by level; false, and nothing is done, where they weigh too much. Keeps the rows
 * as they were.
 */
export function arrangeSingles(lanes: v128, column: usize, n: u32): bool {
  if (!findOrders(column, n)) return false
  const orders = levelRuns
  const places = levelRuns + 36 * 4
  const one = i32x4.splat(1)
  let mineAt = i32x4(0, 1, 2, 3)
  for (let i: usize = 0; i < n; i += 4, mineAt = i32x4.add(mineAt, i32x4.splat(4))) {
    const mine = v128.load(orders + (i << 2))
    let place = i32x4.splat(0)
    let otherAt = i32x4.splat(0)
    for (let other = orders; other < orders + (<usize>n << 2); other += 4, otherAt = i32x4.add(otherAt, one)) {
      // Of equal ones the first comes first: one less is below mine.
      place = i32x4.sub(place, i32x4.gt_s(mine, i32x4.add(v128.load32_splat(other), i32x4.gt_s(mineAt, otherAt))))
    }
    v128.store(places + (i << 2), i32x4.shl(place, 16))
  }
  let place = places
  for (let row = column; row < column + (<usize>n << 4); row += 16, place += 4) {
    const to = load<u32>(place)
    const key = load<u32>(row) & 0xffff
    store<u32>(sortedKeys + (<usize>(to >> 16) << 2), to | key)
    store<u32>(singlePlaces + (<usize>(key & 0xff) << 2), to)
  }
  let kept = singleRows
  for (let row = keyRows, from = sortedKeys; row < keyRows + (<usize>n << 4); row += 16, from += 4, kept += 16) {
    const keys = v128.load(row)
    v128.store(kept, keys)
    v128.store(row, v128.bitselect(v128.load32_splat(from), keys, lanes))
  }
  return true
}

/** Writes what samples are ordered by to levelRuns, as i32; false where they weigh too much. */
function findOrders(column: usize, n: u32): bool {
  const byte = i32x4.splat(0xff)
  let weight = i32x4.splat(0)
  let at = column
  for (let i: u32 = 0; i < n; i += 4, at += 64) {
    const keys = four(at, at + 16, at + 32, at + 48)
    const isSample = i32x4.gt_s(i32x4.splat(n - i), i32x4(0, 1, 2, 3))
    const weights = v128.and(i32x4.shr_u(keys, 8), byte)
    weight = i32x4.add(weight, v128.and(weights, isSample))
    const values = four(
      rowSums + (<usize>load<u8>(at) << 2),
      rowSums + (<usize>load<u8>(at, 16) << 2),
      rowSums + (<usize>load<u8>(at, 32) << 2),
      rowSums + (<usize>load<u8>(at, 48) << 2),
    )
    const low = f64x2.div(f64x2.convert_low_i32x4_s(values), f64x2.convert_low_i32x4_s(weights))
    const high = f64x2.div(f64x2.convert_low_i32x4_s(upper(values)), f64x2.convert_low_i32x4_s(upper(weights)))
    const bits = i64x2.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2)
    // Compared as i32, and what is beyond the samples comes last.
    const order = v128.xor(bits, v128.and(i32x4.shr_s(bits, 31), i32x4.splat(i32.MAX_VALUE)))
    v128.store(levelRuns + (<usize>i << 2), v128.bitselect(order, i32x4.splat(i32.MAX_VALUE), isSample))
  }
  return sumLanes(weight) < LIGHT
}

/** Writes u32 place << 16 | level of the n levels of such a lane, ascending. */
export function placeSingles(lane: u32, n: u32, to: usize): void {
  let row = singleRows + (<usize>lane << 2)
  for (const end = to + (<usize>n << 2); to < end; to += 4, row += 16) {
    const key = load<u32>(row)
    store<u32>(to, load<u32>(singlePlaces + (<usize>(key & 0xff) << 2)) | (key >> 16))
  }
}
