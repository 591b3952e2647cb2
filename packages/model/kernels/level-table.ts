import { GO_LEFT, GO_RIGHT, NO_RIGHT, NONE, setBest, setCounted, setLeft, setMissing } from './best'
import { clearBytes } from './bytes'
import { wins } from './draw'
import { isByShare } from './direction'
import { GONE } from './gaps'
import { sumLanes } from './lanes'
import { keepBinned } from './level-lanes'
import { listRows, weightOfRow } from './level-order'
import { BIN, levelList, shiftOfPlaces } from './levels'
import { scoreCounts } from './many-entropy'
import { light, weight } from './many-node'
import { scoreHeavy, scoreLight } from './many-score'
import { keepBinnedList } from './subsets'
import {
  classFactors,
  classLocal,
  classStride,
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
