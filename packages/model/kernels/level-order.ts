import { heavyShare, roundPlaces } from './direction'
import { four, sumColumns, upper, WHOLE } from './lanes'
import { levelList } from './levels'
import { fillShortTotals, weight } from './many-node'
import { classSums, digits, localCounts, shortTotals } from './state'

/*
 * The levels of a table u16 [level][class], see level-table.ts, and what they are ordered by: the share of the heaviest class, or the place along the direction
 * of level-direction.ts.
 */

/** Lists the levels that the node holds, with what they are ordered by and u32 weight (at 12); answers how many. */
export function listRows(rows: usize, levels: u32, line: u32, groups: usize, byShare: bool): u32 {
  fillShortTotals()
  const heaviest = heaviestIn(groups) << 1
  const step = <usize>1 << line
  let to = levelList
  let heavy: u32 = 0
  let all: u32 = 0
  for (let level: u32 = 0; level < levels; level += 4) {
    const row = rows + (<usize>level << line)
    // Rows behind the last level are summed up but not listed.
    const sums = sumColumns(
      weightOfRow(row, groups),
      weightOfRow(row + step, groups),
      weightOfRow(row + 2 * step, groups),
      weightOfRow(row + 3 * step, groups),
    )
    v128.store(digits, sums)
    const end = min(level + 4, levels)
    for (let i = level; i < end; i++) {
      const sum = load<u32>(digits + (<usize>(i - level) << 2))
      store<u32>(to, i, 8)
      store<u32>(to, sum, 12)
      to += <usize>(sum != 0) << 4
      all += sum
      heavy += load<u16>(rows + (<usize>i << line) + heaviest)
    }
  }
  if (byShare) {
    listShares(rows, to, line, heaviest)
    return <u32>((to - levelList) >> 4)
  }
  const mean = <f64>heavy / <f64>all
  const pairs = listPairs(rows, to, line, heaviest, mean)
  let sizes = i32x4.splat(0)
  for (let g: usize = 0; g < groups; g += 16) {
    let low = i32x4.splat(0)
    let high = low
    for (let pair = digits; pair < pairs; pair += PAIR) {
      const a = v128.load(<usize>load<u32>(pair) + g)
      const b = v128.load(<usize>load<u32>(pair, 4) + g)
      const shares = v128.load32_splat(pair, 8)
      low = i32x4.add(low, i32x4.dot_i16x8_s(i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11), shares))
      high = i32x4.add(high, i32x4.dot_i16x8_s(i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15), shares))
    }
    v128.store(localCounts + (g << 1), low)
    v128.store(localCounts + (g << 1), high, 16)
    sizes = v128.or(sizes, v128.or(i32x4.abs(low), i32x4.abs(high)))
  }
  roundParts(sizes, groups)
  orderRows(rows, to, line, groups)
  roundPlaces(levelList, <u32>((to - levelList) >> 4))
  return <u32>((to - levelList) >> 4)
}

/** Writes the shares of the heaviest class of the rows listed. */
function listShares(rows: usize, end: usize, line: u32, heaviest: usize): void {
  for (let record = levelList; record < end; record += 16) {
    const heavy = load<u16>(rows + (<usize>load<u32>(record, 8) << line) + heaviest)
    store<f64>(record, heavyShare(heavy, load<u32>(record, 12)))
  }
}

/** Of two rows: u32 address of each, i16 share of each. */
const PAIR: usize = 12

/** Writes the rows listed, in pairs, with how far their shares of the heaviest class are above the mean; answers the end. */
function listPairs(rows: usize, end: usize, line: u32, heaviest: usize, mean: f64): usize {
  let pair = digits
  let half: usize = 0
  for (let record = levelList; record < end; record += 16) {
    const row = rows + (<usize>load<u32>(record, 8) << line)
    const share = (<f64>load<u16>(row + heaviest) / <f64>load<u32>(record, 12) - mean) * 16384
    store<u32>(pair + (half << 2), <u32>row)
    store<u16>(pair + (half << 1), <u16>reinterpret<i64>(share + WHOLE), 8)
    pair += half * PAIR
    half ^= 1
  }
  if (half == 0) return pair
  store<u32>(pair, load<u32>(pair), 4)
  store<u16>(pair, 0, 10)
  return pair + PAIR
}

/** Brings the direction, i32 a class in localCounts, to i16 of 14 bits in classSums, as roundDirection does. `sizes` has the bits of all. */
function roundParts(sizes: v128, groups: usize): void {
  const halves = v128.or(sizes, upper(sizes))
  const bits = i32x4.extract_lane(halves, 0) | i32x4.extract_lane(halves, 1)
  const exponent = 31 - clz(bits | 1)
  const unit = f64x2.splat(reinterpret<f64>(<u64>(1023 + 13 - exponent) << 52))
  for (let g: usize = 0; g < groups; g += 16) {
    const low = roundFour(v128.load(localCounts + (g << 1)), unit)
    const high = roundFour(v128.load(localCounts + (g << 1), 16), unit)
    v128.store(classSums + g, i16x8.narrow_i32x4_s(low, high))
  }
}

function roundFour(parts: v128, unit: v128): v128 {
  const whole = f64x2.splat(WHOLE)
  const low = f64x2.add(f64x2.mul(f64x2.convert_low_i32x4_s(parts), unit), whole)
  const high = f64x2.add(f64x2.mul(f64x2.convert_low_i32x4_s(upper(parts)), unit), whole)
  return i32x4.shuffle(low, high, 0, 2, 4, 6)
}

/** Writes where each row listed lies along the rounded direction. */
function orderRows(rows: usize, end: usize, line: u32, groups: usize): void {
  const last = end - 16
  for (let record = levelList; record < end; record += 64) {
    // Behind the last it is taken again.
    const b = min(record + 16, last)
    const c = min(record + 32, last)
    const d = min(record + 48, last)
    const along = sumColumns(
      alongOfRow(rows + (<usize>load<u32>(record, 8) << line), groups),
      alongOfRow(rows + (<usize>load<u32>(b, 8) << line), groups),
      alongOfRow(rows + (<usize>load<u32>(c, 8) << line), groups),
      alongOfRow(rows + (<usize>load<u32>(d, 8) << line), groups),
    )
    const weights = four(record + 12, b + 12, c + 12, d + 12)
    const low = f64x2.div(f64x2.convert_low_i32x4_s(along), f64x2.convert_low_i32x4_s(weights))
    const high = f64x2.div(f64x2.convert_low_i32x4_s(upper(along)), f64x2.convert_low_i32x4_s(upper(weights)))
    v128.store_lane<u64>(d, high, 1)
    v128.store_lane<u64>(c, high, 0)
    v128.store_lane<u64>(b, low, 1)
    v128.store_lane<u64>(record, low, 0)
  }
}

function alongOfRow(row: usize, groups: usize): v128 {
  let along = i32x4.splat(0)
  for (let g: usize = 0; g < groups; g += 16) {
    along = i32x4.add(along, i32x4.dot_i16x8_s(v128.load(row + g), v128.load(classSums + g)))
  }
  return along
}

/** In four parts. */
export function weightOfRow(row: usize, groups: usize): v128 {
  let sum = v128.load(row)
  for (let g: usize = 16; g < groups; g += 16) sum = i16x8.add(sum, v128.load(row + g))
  return i32x4.dot_i16x8_s(sum, i16x8.splat(1))
}

/** The number of the heaviest class in shortTotals, the first of equal ones. */
function heaviestIn(groups: usize): usize {
  let most = v128.load(shortTotals)
  for (let g: usize = 16; g < groups; g += 16) most = i16x8.max_s(most, v128.load(shortTotals + g))
  most = i16x8.max_s(most, i16x8.shuffle(most, most, 4, 5, 6, 7, 0, 1, 2, 3))
  most = i16x8.max_s(most, i16x8.shuffle(most, most, 2, 3, 0, 1, 6, 7, 4, 5))
  most = i16x8.max_s(most, i16x8.shuffle(most, most, 1, 0, 3, 2, 5, 4, 7, 6))
  let g: usize = 0
  while (!v128.any_true(i16x8.eq(v128.load(shortTotals + g), most))) g += 16
  return (g >> 1) + <usize>ctz(i16x8.bitmask(i16x8.eq(v128.load(shortTotals + g), most)))
}
