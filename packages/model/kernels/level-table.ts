import { GO_LEFT, GO_RIGHT, NO_RIGHT, NONE, setBest, setLeft, setMissing } from './best'
import { clearBytes } from './bytes'
import { wins } from './draw'
import { GONE } from './gaps'
import { sumLanes, upper } from './lanes'
import { heaviestOf, roundDirection, wholeShare } from './direction'
import { levelList, shiftOfPlaces, sortLevels } from './levels'
import { scoreCounts } from './many-entropy'
import { fillShortTotals, light, weight } from './many-node'
import { scoreHeavy, scoreLight } from './many-score'
import { keepList } from './subsets'
import {
  classFactors,
  classLocal,
  classStride,
  classSums,
  codes,
  hasMissing,
  histogram,
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
  fill(f, first, end, line)
  tryTable(f, histogram, line, hasMissing(f) ? gone : 0, n, present)
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
 * The cuts of a lane of the numbers' histogram, whose rows are empty afterwards, so that it has none of its own. A lane that repeats the
 * one before is only emptied.
 */
export function takeLane(f: u32, lane: u32, repeats: bool, gaps: bool, line: u32, n: u32, present: u32): void {
  const width = <usize>1 << (line - 2)
  const rows = histogram + <usize>lane * width
  const gone = rows + (GONE << line)
  if (!repeats) tryTable(f, rows, line, gaps ? gone : 0, n, present)
  const end = rows + (<usize>levelCount(f) << line)
  for (let row = rows; row < end; row += <usize>1 << line) clearBytes(row, width)
  if (gaps) clearBytes(gone, width)
}

/** Puts the levels of a table in order and tries the cuts between them; its rows are 1 << line bytes from each other. */
function tryTable(f: u32, rows: usize, line: u32, goneRow: usize, n: u32, present: u32): void {
  const groups = <usize>((present + 7) >> 3) << 4
  const gone = goneRow == 0 ? 0 : weightOfRow(goneRow, groups)
  const count = listRows(rows, levelCount(f), line, groups, present)
  const list = sortLevels(count)
  fillShortTotals()
  const shift = shiftOfPlaces(count, n)
  const sums = localCounts
  let top: f64 = -1
  let topAt: u32 = 0
  let topWeight: u32 = 0
  let topSquares: f64 = 0
  let topProducts: f64 = 0
  for (let side = GO_RIGHT; side <= GO_LEFT; side++) {
    if (gone == 0 && side == GO_LEFT) break
    const before = top
    clearBytes(sums, groups)
    let nl: u32 = 0
    if (side == GO_LEFT) {
      memory.copy(sums, goneRow, groups)
      nl = gone
    }
    for (let i: u32 = 0; i < count; i++) {
      const record = list + (<usize>i << 4)
      const row = rows + (<usize>load<u32>(record, 8) << line)
      nl += load<u32>(record, 12)
      let q = i32x4.splat(0)
      let m = q
      for (let g: usize = 0; g < groups; g += 16) {
        const l = i16x8.add(v128.load(sums + g), v128.load(row + g))
        v128.store(sums + g, l)
        q = i32x4.add(q, i32x4.dot_i16x8_s(l, l))
        m = i32x4.add(m, i32x4.dot_i16x8_s(l, v128.load(shortTotals + g)))
      }
      if (i + 1 < count ? (i + 1) >> shift == i >> shift : gone == 0 || side == GO_LEFT) continue
      const lsq = <f64>sumLanes(q)
      const products = <f64>sumLanes(m)
      const score =
        terms != 0 ? scoreCounts(sums, nl) : light ? <f64>scoreLight(lsq, products, nl) : scoreHeavy(lsq, products, nl)
      if (score > top) {
        top = score
        topAt = i
        topWeight = nl
        topSquares = lsq
        topProducts = products
      }
    }
    if (top > before && wins(top, f)) {
      setBest(top, f, topAt, NO_RIGHT)
      setMissing(gone > 0 ? side : NONE)
      setLeft(topWeight, topSquares, topProducts, 0)
      keepList(list, count)
    }
  }
}

/** Lists the levels that the node holds, with what they are ordered by and u32 weight (at 12); answers how many. */
function listRows(rows: usize, levels: u32, line: u32, groups: usize, present: u32): u32 {
  const heaviest = <usize>heaviestOf(present) << 1
  let to = levelList
  let heavy: u32 = 0
  let all: u32 = 0
  for (let level: u32 = 0; level < levels; level++) {
    const row = rows + (<usize>level << line)
    const sum = weightOfRow(row, groups)
    store<u32>(to, level, 8)
    store<u32>(to, sum, 12)
    to += <usize>(sum != 0) << 4
    all += sum
    heavy += load<u16>(row + heaviest)
  }
  const mean = <f64>heavy / <f64>all
  for (let record = levelList; record < to; record += 16) {
    const row = rows + (<usize>load<u32>(record, 8) << line)
    store<i32>(record, <i32>wholeShare(load<u16>(row + heaviest), load<u32>(record, 12), mean))
  }
  for (let g: usize = 0; g < groups; g += 16) {
    let low = i32x4.splat(0)
    let high = low
    for (let record = levelList; record < to; record += 16) {
      const cells = v128.load(rows + g + (<usize>load<u32>(record, 8) << line))
      const share = v128.load16_splat(record)
      low = i32x4.add(low, i32x4.extmul_low_i16x8_s(cells, share))
      high = i32x4.add(high, i32x4.extmul_high_i16x8_s(cells, share))
    }
    const directions = localCounts + (g << 2)
    v128.store(directions, f64x2.convert_low_i32x4_s(low))
    v128.store(directions, f64x2.convert_low_i32x4_s(upper(low)), 16)
    v128.store(directions, f64x2.convert_low_i32x4_s(high), 32)
    v128.store(directions, f64x2.convert_low_i32x4_s(upper(high)), 48)
  }
  roundDirection(present)
  const rounded = classSums
  for (let c: usize = 0; c < groups >> 1; c++) store<i16>(rounded + (c << 1), <i16>load<f64>(localCounts + (c << 3)))
  for (let record = levelList; record < to; record += 16) {
    const row = rows + (<usize>load<u32>(record, 8) << line)
    let along = i32x4.splat(0)
    for (let g: usize = 0; g < groups; g += 16) {
      along = i32x4.add(along, i32x4.dot_i16x8_s(v128.load(row + g), v128.load(rounded + g)))
    }
    store<f64>(record, <f64>(<i32>sumLanes(along)) / <f64>load<u32>(record, 12))
  }
  return <u32>((to - levelList) >> 4)
}

function weightOfRow(row: usize, groups: usize): u32 {
  let w = i32x4.splat(0)
  for (let g: usize = 0; g < groups; g += 16) w = i32x4.add(w, i32x4.dot_i16x8_s(v128.load(row + g), i16x8.splat(1)))
  return sumLanes(w)
}
