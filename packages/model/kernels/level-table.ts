import { GO_LEFT, GO_RIGHT, NO_RIGHT, NONE, setBest, setCounted, setLeft, setMissing } from './best'
import { clearBytes } from './bytes'
import { wins } from './draw'
import { heavyShare, isByShare, roundPlaces } from './direction'
import { GONE } from './gaps'
import { four, sumColumns, sumLanes, upper, WHOLE } from './lanes'
import { keepBinned } from './level-lanes'
import { BIN, levelList, shiftOfPlaces } from './levels'
import { scoreCounts } from './many-entropy'
import { fillShortTotals, light, weight } from './many-node'
import { scoreHeavy, scoreLight } from './many-score'
import { keepBinnedList } from './subsets'
import {
  classFactors,
  classLocal,
  classStride,
  classSums,
  codes,
  digits,
  hasMissing,
  histogram,
  leftCounts,
  levelCount,
  localCounts,
  minLeaf,
  MISSING,
  shortTotals,
  terms,
} from './state'
import { LIGHT } from './two-score'

/*
 * A category of few levels beside the samples, in a large node of three and more classes: a table u16 [level][class] gives the
 * direction of level-direction.ts and the scores of the cuts without a second pass over the samples. It is a lane of the numbers'
 * histogram, or one by itself. Weights are below LIGHT, shares and the direction are of 14 bits: products of 16 bits sum up to less than 2^31.
 */

/** Whether the table costs less than passes over the samples, and fits. */
export function fitsTable(f: u32, n: u32, present: u32): bool {
  const count = levelCount(f)
  return (
    weight < LIGHT &&
    minLeaf == 1 &&
    classFactors == 0 &&
    count * (8 + 3 * ((present + 7) >> 3)) < 20 * n &&
    (<usize>count + 1) * (<usize>classStride(present) << 1) <= TABLE_BYTES
  )
}

/** Of the histogram. */
const TABLE_BYTES: usize = 1028 * 96

export function lookLevelTable(f: u32, first: usize, end: usize, n: u32, present: u32): void {
  const line = ctz(<u32>(<usize>classStride(present) << 1))
  const gone = histogram + (<usize>levelCount(f) << line)
  const groups = <usize>((present + 7) >> 3) << 4
  fill(f, first, end, line)
  const count = listRows(histogram, levelCount(f), line, groups, isByShare(f, n))
  const bins = binRows(count, n)
  mergeRows(histogram, count, bins, line, groups)
  tryRows(f, bins, count, groups, hasMissing(f) ? gone : 0)
}

/** Fills the table; the row behind those of the levels is for missing values. */
function fill(f: u32, first: usize, end: usize, line: u32): void {
  const levels = levelCount(f)
  const h = histogram
  const at = codes + (<usize>f << 1)
  clearBytes(h, (<usize>levels + 1) << line)
  for (let p = first; p < end; p += 8) {
    const level = <u32>load<u16>(at + load<u32>(p))
    const pay = load<u32>(p, 4)
    const label = <usize>load<u16>(classLocal + (<usize>(pay & 0xffff) << 1)) << 1
    const cell = h + (<usize>select<u32>(levels, level, level == MISSING) << line) + label
    store<u16>(cell, <u16>(<u32>load<u16>(cell) + (pay >> 16)))
  }
}

/**
 * Puts the levels of a lane of the numbers' histogram in order, so that their cuts are tried with those of the numbers, which have `used`
 * bins; answers how many levels there are. Where they are many more, or share bins, they are tried by themselves and the lane is emptied,
 * as is one that repeats the one before: 0.
 */
export function takeLane(f: u32, lane: u32, repeats: bool, gaps: bool, line: u32, n: u32, present: u32, used: u32): u32 {
  const width = <usize>1 << (line - 2)
  const rows = histogram + <usize>lane * width
  const gone = rows + (GONE << line)
  const levels = levelCount(f)
  if (!repeats) {
    const groups = <usize>((present + 7) >> 3) << 4
    const count = listRows(rows, levels, line, groups, isByShare(f, n))
    const bins = binRows(count, n)
    mergeRows(rows, count, bins, line, groups)
    if (bins <= used + (used >> 1)) {
      takeRows(rows, bins, levels, line, groups)
      keepBinned(lane, levelList, count)
      return bins
    }
    tryRows(f, bins, count, groups, gaps ? gone : 0)
  }
  const end = rows + (<usize>levels << line)
  for (let row = rows; row < end; row += <usize>1 << line) clearBytes(row, width)
  if (gaps) clearBytes(gone, width)
  return 0
}

/** Writes the bins of the levels listed, u32 at BIN; answers how many there are. Where all levels are at one place each is a place. */
function binRows(count: u32, n: u32): u32 {
  if (count == 0) return 0
  const end = levelList + (<usize>count << 4)
  let held: u64 = 0
  for (let p = levelList; p < end; p += 16) held |= <u64>1 << <u64>load<f64>(p)
  const isFlat = popcnt(held) < 2
  const places = isFlat ? count : <u32>popcnt(held)
  const shift = shiftOfPlaces(places, n)
  let i: u32 = 0
  for (let p = levelList; p < end; p += 16, i++) {
    const before = <u32>popcnt(held & ((<u64>1 << <u64>load<f64>(p)) - 1))
    store<u32>(p, (isFlat ? i : before) >> shift, BIN)
  }
  return ((places - 1) >> shift) + 1
}

/** Sums up the rows of the levels listed by bin in `digits`. */
function mergeRows(rows: usize, count: u32, bins: u32, line: u32, groups: usize): void {
  const end = levelList + (<usize>count << 4)
  clearBytes(digits, bins * groups)
  for (let p = levelList; p < end; p += 16) {
    const row = rows + (<usize>load<u32>(p, 8) << line)
    const to = digits + load<u32>(p, BIN) * groups
    for (let g: usize = 0; g < groups; g += 16) v128.store(to + g, i16x8.add(v128.load(to + g), v128.load(row + g)))
  }
}

/** Writes the bins to the first rows, and clears those behind. */
function takeRows(rows: usize, bins: u32, levels: u32, line: u32, groups: usize): void {
  const step = <usize>1 << line
  const end = rows + (<usize>levels << line)
  let row = rows
  for (let from = digits, last = digits + bins * groups; from < last; from += groups, row += step) {
    for (let g: usize = 0; g < groups; g += 16) v128.store(row + g, v128.load(from + g))
  }
  for (; row < end; row += step) clearBytes(row, groups)
}

/** Tries the cuts between the bins in `digits`. */
function tryRows(f: u32, bins: u32, count: u32, groups: usize, goneRow: usize): void {
  if (bins == 0) return
  const list = levelList
  const gone = goneRow == 0 ? 0 : sumLanes(weightOfRow(goneRow, groups))
  const one = i16x8.splat(1)
  const sums = localCounts
  let top: f64 = -1
  let topAt: u32 = 0
  let topWeight: u32 = 0
  let topSquares: f64 = 0
  let topProducts: f64 = 0
  for (let side = GO_RIGHT; side <= GO_LEFT; side++) {
    if (gone == 0 && side == GO_LEFT) break
    const before = top
    // With missing values on a side the cut behind the last bin parts them from all others.
    const last = gone > 0 && side == GO_RIGHT ? bins : bins - 1
    clearBytes(sums, groups)
    if (side == GO_LEFT) memory.copy(sums, goneRow, groups)
    for (let bin: u32 = 0; bin < last; bin++) {
      const row = digits + bin * groups
      let q = i32x4.splat(0)
      let m = q
      let w = q
      for (let g: usize = 0; g < groups; g += 16) {
        const l = i16x8.add(v128.load(sums + g), v128.load(row + g))
        v128.store(sums + g, l)
        q = i32x4.add(q, i32x4.dot_i16x8_s(l, l))
        m = i32x4.add(m, i32x4.dot_i16x8_s(l, v128.load(shortTotals + g)))
        w = i32x4.add(w, i32x4.dot_i16x8_s(l, one))
      }
      const lsq = <f64>sumLanes(q)
      const products = <f64>sumLanes(m)
      const nl = sumLanes(w)
      const score =
        terms != 0 ? scoreCounts(sums, nl) : light ? <f64>scoreLight(lsq, products, nl) : scoreHeavy(lsq, products, nl)
      if (score > top) {
        top = score
        topAt = bin
        topWeight = nl
        topSquares = lsq
        topProducts = products
      }
    }
    if (top > before && wins(top, f)) {
      setBest(top, f, topAt, NO_RIGHT)
      setMissing(gone > 0 ? side : NONE)
      setLeft(topWeight, topSquares, topProducts, 0)
      keepBinnedList(list, count)
      countRows(topAt, groups, side == GO_LEFT ? goneRow : 0)
    }
  }
}

/** The best cut has on its left the bins up to one, and the row `gone` unless it is 0. */
function countRows(upTo: u32, groups: usize, gone: usize): void {
  const end = digits + (upTo + 1) * groups
  for (let g: usize = 0; g < groups; g += 16) {
    let sum = gone == 0 ? i32x4.splat(0) : v128.load(gone + g)
    for (let row = digits; row < end; row += groups) sum = i16x8.add(sum, v128.load(row + g))
    v128.store(leftCounts + (g << 1), i32x4.extend_low_i16x8_u(sum))
    v128.store(leftCounts + (g << 1), i32x4.extend_high_i16x8_u(sum), 16)
  }
  setCounted()
}

/** Lists the levels that the node holds, with what they are ordered by and u32 weight (at 12); answers how many. */
function listRows(rows: usize, levels: u32, line: u32, groups: usize, byShare: bool): u32 {
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
function weightOfRow(row: usize, groups: usize): v128 {
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
