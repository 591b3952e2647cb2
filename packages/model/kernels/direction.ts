import { WHOLE } from './lanes'
import { classList, localCounts, localTotals } from './state'

/*
 * The first principal direction of the class shares of a category's levels, estimated by one step of power iteration from the
 * indicator of the heaviest class: what level-direction.ts, level-rows.ts and level-table.ts have in common.
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

/** What the levels of a small node are ordered by: the share of the heaviest class, in whole 2^-14ths. */
export function heavyShare(heavy: f64, weight: f64): f64 {
  return nearest(<f64>(<f32>(heavy / weight)) * 16384)
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

/** Brings the direction, i64 a class, to 14 bits, as roundDirection does. */
export function roundWhole(present: u32): void {
  let sizes: i64 = 0
  for (let c: usize = 0; c < present; c++) {
    const part = load<i64>(localCounts + (c << 3))
    const sign = part >> 63
    sizes |= (part ^ sign) - sign
  }
  if (sizes == 0) return
  const exponent = 63 - clz(sizes)
  const unit = reinterpret<f64>((1023 + 13 - exponent) << 52)
  for (let c: usize = 0; c < present; c++) {
    const at = localCounts + (c << 3)
    store<i64>(at, <i64>(<i32>reinterpret<i64>(<f64>load<i64>(at) * unit + WHOLE)))
  }
}
