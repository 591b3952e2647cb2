import { clearBytes } from './bytes'
import { heaviestOf, roundDirection, weighedShares } from './direction'
import { sumLanes, upper } from './lanes'
import { ALL_PARTS, ALL_WEIGHTS, ALONG, LEVELS, ORDERS, PARTS, sumLevels, sumParts, WEIGHTS } from './level-sums'
import { classFactors, levelOrders, localCounts, localFactors, MISSING, rowSums } from './state'

/* What the levels of a small node's samples are ordered by. */

/** How levels of a lane are ordered. */
export const BY_VALUE: u32 = 0
export const BY_FIRST: u32 = 1
export const BY_SECOND: u32 = 2
export const BY_DIRECTION: u32 = 3

/** Orders levels by the mean of the rounded values, or by the share of one of two classes. */
export function orderByMean(n: u32, way: u32): void {
  const end = levelOrders + (<usize>n << 2)
  const byte = i32x4.splat(0xff)
  let values = rowSums
  for (let four = levelOrders; four < end; four += 16, values += 16) {
    const keys = v128.load(four)
    const first = v128.and(keys, byte)
    const second = v128.and(i32x4.shr_u(keys, 8), byte)
    const value = v128.andnot(v128.load(values), i32x4.eq(second, i32x4.splat(0)))
    v128.store(four, way == BY_VALUE ? second : i32x4.add(first, second), WEIGHTS)
    v128.store(four, way == BY_VALUE ? value : way == BY_SECOND ? second : first, PARTS)
  }
  sumLevels(end)
  for (let four = levelOrders; four < end; four += 16) storeMean(four, v128.load(four, ALL_PARTS))
}

/** Orders four samples by the mean of parts. */
function storeMean(four: usize, part: v128): void {
  const weight = v128.load(four, ALL_WEIGHTS)
  storeOrder(
    four,
    f64x2.div(f64x2.convert_low_i32x4_s(part), f64x2.convert_low_i32x4_s(weight)),
    f64x2.div(f64x2.convert_low_i32x4_s(upper(part)), f64x2.convert_low_i32x4_s(upper(weight))),
  )
}

/** What the levels of four samples are ordered by, as a float32 whose bits are compared as i32; missing values come last. */
function storeOrder(four: usize, low: v128, high: v128): void {
  const bits = i64x2.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2)
  const order = v128.xor(bits, v128.and(i32x4.shr_s(bits, 31), i32x4.splat(i32.MAX_VALUE)))
  const gone = i32x4.eq(v128.load(four, LEVELS), i32x4.splat(MISSING))
  v128.store(four, v128.bitselect(i32x4.splat(i32.MAX_VALUE), order, gone), ORDERS)
}

/** Orders levels along the direction of level-direction.ts. */
export function orderByDirection(n: u32, present: u32): void {
  const end = levelOrders + (<usize>n << 2)
  const byte = i32x4.splat(0xff)
  const heaviest = i32x4.splat(heaviestOf(present))
  const missing = i32x4.splat(MISSING)
  let weights = i32x4.splat(0)
  let parts = weights
  for (let four = levelOrders; four < end; four += 16) {
    const keys = v128.load(four)
    const label = v128.and(keys, byte)
    let weight = v128.and(i32x4.shr_u(keys, 8), byte)
    if (classFactors != 0) {
      let factor = v128.load32_zero(localFactors + (<usize>i32x4.extract_lane(label, 0) << 2))
      factor = v128.load_lane<u32>(localFactors + (<usize>i32x4.extract_lane(label, 1) << 2), factor, 1)
      factor = v128.load_lane<u32>(localFactors + (<usize>i32x4.extract_lane(label, 2) << 2), factor, 2)
      factor = v128.load_lane<u32>(localFactors + (<usize>i32x4.extract_lane(label, 3) << 2), factor, 3)
      weight = i32x4.mul(weight, factor)
    }
    const part = v128.and(weight, i32x4.eq(label, heaviest))
    const gone = i32x4.eq(v128.load(four, LEVELS), missing)
    v128.store(four, weight, WEIGHTS)
    v128.store(four, part, PARTS)
    weights = i32x4.add(weights, v128.andnot(weight, gone))
    parts = i32x4.add(parts, v128.andnot(part, gone))
  }
  sumLevels(end)
  const mean = <f64>sumLanes(parts) / <f64>sumLanes(weights)
  let products = levelOrders + ALONG
  for (let four = levelOrders; four < end; four += 16, products += 32) {
    const heavy = v128.load(four, ALL_PARTS)
    const whole = v128.load(four, ALL_WEIGHTS)
    const weight = v128.load(four, WEIGHTS)
    v128.store(products, weighedShares(heavy, whole, weight, mean))
    v128.store(products, weighedShares(upper(heavy), upper(whole), upper(weight), mean), 16)
  }
  clearBytes(localCounts, <usize>present << 3)
  for (let at = levelOrders, product = levelOrders + ALONG; at < end; at += 4, product += 8) {
    if (load<u32>(at, LEVELS) == MISSING) continue
    const to = localCounts + (<usize>load<u8>(at) << 3)
    store<f64>(to, load<f64>(to) + load<f64>(product))
  }
  roundDirection(present)
  if (classFactors == 0) {
    // Sums of 32 products of 8 and 14 bits.
    for (let at = levelOrders; at < end; at += 4) {
      store<i32>(at, load<i32>(at, WEIGHTS) * <i32>load<f64>(localCounts + (<usize>load<u8>(at) << 3)), PARTS)
    }
    for (let four = levelOrders; four < end; four += 16) storeMean(four, sumParts(four, end))
    return
  }
  for (let at = levelOrders, to = levelOrders + ALONG; at < end; at += 4, to += 8) {
    store<f64>(to, <f64>load<u32>(at, WEIGHTS) * load<f64>(localCounts + (<usize>load<u8>(at) << 3)))
  }
  for (let four = levelOrders; four < end; four += 16) {
    const level = v128.load(four, LEVELS)
    const weight = v128.load(four, ALL_WEIGHTS)
    let low = f64x2.splat(0)
    let high = low
    let along = levelOrders + ALONG
    for (let at = levelOrders; at < end; at += 4, along += 8) {
      const same = i32x4.eq(level, v128.load32_splat(at, LEVELS))
      const part = v128.load64_splat(along)
      low = f64x2.add(low, v128.and(i64x2.extend_low_i32x4_s(same), part))
      high = f64x2.add(high, v128.and(i64x2.extend_high_i32x4_s(same), part))
    }
    storeOrder(
      four,
      f64x2.div(low, f64x2.convert_low_i32x4_s(weight)),
      f64x2.div(high, f64x2.convert_low_i32x4_s(upper(weight))),
    )
  }
}
