import { classList, levelCount, localCounts, localTotals } from './state'

/*
 * What the levels of a category are ordered by: the first principal direction of their class shares, estimated by one step of power
 * iteration from the indicator of the heaviest class, or the share of that class alone.
 */

/** The number in the node of its heaviest class, the lowest of equal ones. */
export function heaviestOf(present: u32): u32 {
  let heaviest: u32 = 0
  let most: u32 = 0
  let lowest: u32 = 0
  for (let c: u32 = 0; c < present; c++) {
    const total = load<u32>(localTotals + (<usize>c << 2))
    const label = <u32>load<u16>(classList + (<usize>c << 1))
    if (total < most || (total == most && label > lowest)) continue
    heaviest = c
    most = total
    lowest = label
  }
  return heaviest
}

/** How far a level's share of the heaviest class is above the mean, in whole 2^-14ths: products with weights stay whole. */
export function wholeShare(heavy: f64, weight: f64, mean: f64): f64 {
  return nearest((heavy / weight - mean) * 16384)
}

/** Whether levels of a node of n rows are ordered by the share of the heaviest class: in nodes of few rows, and where a level has few rows. */
export function isByShare(f: u32, n: u32): bool {
  return n <= SHARE_ROWS || levelCount(f) * LEVEL_ROWS >= n
}

export const SHARE_ROWS: u32 = 256
export const LEVEL_ROWS: u32 = 2
/** Whole parts of a share: with 63 there are as many shares as a word has bits. */
export const SHARE_STEPS: f32 = 63

/** What the levels of such a node are ordered by: the share of the heaviest class, in whole 63rds. */
export function heavyShare(heavy: f64, weight: f64): f64 {
  return <f64>nearest(<f32>(heavy / weight) * SHARE_STEPS)
}

/** Brings the direction in localCounts, f64 a class, to whole numbers up to 2^14. */
export function roundDirection(present: u32): void {
  let most: f64 = 0
  for (let c: usize = 0; c < present; c++) {
    const size = abs(load<f64>(localCounts + (c << 3)))
    most = size > most ? size : most
  }
  if (most == 0) return
  const exponent = <i32>((reinterpret<u64>(most) >> 52) & 0x7ff) - 1023
  const unit = reinterpret<f64>(<u64>(1023 + 13 - exponent) << 52)
  for (let c: usize = 0; c < present; c++) {
    const at = localCounts + (c << 3)
    store<f64>(at, nearest(load<f64>(at) * unit))
  }
}

/** Steps from the level that lies first along the direction to the last, so that there are as many places as a word has bits. */
export const PLACE_STEPS: f64 = 63

/** Rounds where the levels of a list lie to whole steps between the first and the last of them. */
export function roundPlaces(list: usize, count: u32): void {
  const end = list + (<usize>count << 4)
  let low = load<f64>(list)
  let high = low
  for (let p = list; p < end; p += 16) {
    const at = load<f64>(p)
    low = at < low ? at : low
    high = at > high ? at : high
  }
  const unit = low == high ? 0 : PLACE_STEPS / (high - low)
  for (let p = list; p < end; p += 16) store<f64>(p, nearest((load<f64>(p) - low) * unit))
}
