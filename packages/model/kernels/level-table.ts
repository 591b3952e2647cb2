import { GO_LEFT, GO_RIGHT, NO_RIGHT, NONE, setBest, setLeft, setMissing } from './best'
import { clearBytes } from './bytes'
import { wins } from './draw'
import { heaviestOf, roundDirection, wholeShare } from './level-places'
import { levelList, shiftOfPlaces, sortLevels } from './levels'
import { fillShortTotals, light, weight } from './many-node'
import { scoreHeavy, scoreLight } from './many-score'
import { keepList } from './subsets'
import {
  classFactors,
  classLocal,
  classStride,
  classSums,
  codes,
  histogram,
  levelCount,
  localCounts,
  minLeaf,
  MISSING,
  shortTotals,
} from './state'
import { LIGHT } from './two-score'

/*
 * A category of few levels beside the samples, in a large node of three and more classes: a table u16 [level][class], the last
 * row for missing values, gives the direction of level-direction.ts and the scores of the cuts without a second pass over the samples.
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
  const levels = levelCount(f)
  const width = <usize>classStride(present) << 1
  const line = ctz(<u32>width)
  const groups = <usize>((present + 7) >> 3) << 4
  const gone = fill(f, first, end, levels, line)
  const count = listRows(levels, line, groups, present)
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
      memory.copy(sums, histogram + (<usize>levels << line), groups)
      nl = gone
    }
    for (let i: u32 = 0; i < count; i++) {
      const record = list + (<usize>i << 4)
      const row = histogram + (<usize>load<u32>(record, 8) << line)
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
      const score = light ? <f64>scoreLight(lsq, products, nl) : scoreHeavy(lsq, products, nl)
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

/** Fills the table; answers the weight of the samples without a value. */
function fill(f: u32, first: usize, end: usize, levels: u32, line: u32): u32 {
  const h = histogram
  const at = codes + (<usize>f << 1)
  let gone: u32 = 0
  clearBytes(h, (<usize>levels + 1) << line)
  for (let p = first; p < end; p += 8) {
    const level = <u32>load<u16>(at + load<u32>(p))
    const pay = load<u32>(p, 4)
    const w = pay >> 16
    const label = <usize>load<u16>(classLocal + (<usize>(pay & 0xffff) << 1)) << 1
    const lacks = level == MISSING
    const cell = h + (<usize>select<u32>(levels, level, lacks) << line) + label
    store<u16>(cell, <u16>(<u32>load<u16>(cell) + w))
    gone += select<u32>(w, 0, lacks)
  }
  return gone
}

/** Lists the levels that the node holds, with what they are ordered by and u32 weight (at 12); answers how many. */
function listRows(levels: u32, line: u32, groups: usize, present: u32): u32 {
  const h = histogram
  const heaviest = <usize>heaviestOf(present) << 1
  const one = i16x8.splat(1)
  let to = levelList
  let heavy: u32 = 0
  let all: u32 = 0
  for (let level: u32 = 0; level < levels; level++) {
    const row = h + (<usize>level << line)
    let w = i32x4.splat(0)
    for (let g: usize = 0; g < groups; g += 16) w = i32x4.add(w, i32x4.dot_i16x8_s(v128.load(row + g), one))
    const sum = sumLanes(w)
    store<u32>(to, level, 8)
    store<u32>(to, sum, 12)
    to += <usize>(sum != 0) << 4
    all += sum
    heavy += load<u16>(row + heaviest)
  }
  const mean = <f64>heavy / <f64>all
  const directions = localCounts
  memory.fill(directions, 0, groups << 2)
  for (let record = levelList; record < to; record += 16) {
    const row = h + (<usize>load<u32>(record, 8) << line)
    const share = i32x4.splat(<i32>wholeShare(load<u16>(row + heaviest), load<u32>(record, 12), mean))
    for (let g: usize = 0; g < groups; g += 16) {
      const cells = v128.load(row + g)
      const low = i32x4.extend_low_i16x8_u(cells)
      const high = i32x4.extend_high_i16x8_u(cells)
      const out = directions + (g << 2)
      v128.store(out, i64x2.add(v128.load(out), i64x2.extmul_low_i32x4_s(low, share)))
      v128.store(out, i64x2.add(v128.load(out, 16), i64x2.extmul_high_i32x4_s(low, share)), 16)
      v128.store(out, i64x2.add(v128.load(out, 32), i64x2.extmul_low_i32x4_s(high, share)), 32)
      v128.store(out, i64x2.add(v128.load(out, 48), i64x2.extmul_high_i32x4_s(high, share)), 48)
    }
  }
  const padded = groups >> 1
  for (let c: usize = 0; c < padded; c++) store<f64>(directions + (c << 3), <f64>load<i64>(directions + (c << 3)))
  roundDirection(present)
  const rounded = classSums
  for (let c: usize = 0; c < padded; c++) store<i32>(rounded + (c << 2), <i32>load<f64>(directions + (c << 3)))
  for (let record = levelList; record < to; record += 16) {
    const row = h + (<usize>load<u32>(record, 8) << line)
    let along = i64x2.splat(0)
    for (let g: usize = 0; g < groups; g += 16) {
      const cells = v128.load(row + g)
      const low = i32x4.extend_low_i16x8_u(cells)
      const high = i32x4.extend_high_i16x8_u(cells)
      const d = rounded + (g << 1)
      const dl = v128.load(d)
      const dh = v128.load(d, 16)
      along = i64x2.add(along, i64x2.add(i64x2.extmul_low_i32x4_s(low, dl), i64x2.extmul_high_i32x4_s(low, dl)))
      along = i64x2.add(along, i64x2.add(i64x2.extmul_low_i32x4_s(high, dh), i64x2.extmul_high_i32x4_s(high, dh)))
    }
    store<f64>(record, <f64>(i64x2.extract_lane(along, 0) + i64x2.extract_lane(along, 1)) / <f64>load<u32>(record, 12))
  }
  return <u32>((to - levelList) >> 4)
}

function sumLanes(v: v128): u32 {
  const pairs = i32x4.add(v, i32x4.shuffle(v, v, 2, 3, 0, 1))
  return i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1)
}
