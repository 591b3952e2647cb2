import { GO_LEFT, GO_RIGHT, NO_RIGHT, bestScore, setBest, setLeft, setMissing } from './best'
import { clearBytes } from './bytes'
import { scanSmall, setLeftOfSmall, sumSmall } from './class-weights'
import { pick4, upper } from './lanes'
import { BY_DIRECTION, keepLane, placeLevels } from './level-places'
import { scanMissing } from './many-missing'
import { light, present, squares, weight } from './many-node'
import { scoreFour, scoreHeavy } from './many-score'
import { sortColumns } from './network'
import {
  MISSING,
  classFactors,
  classLocal,
  codes,
  hasMissing,
  keyRows,
  laneSums,
  levelCount,
  levels,
  localCounts,
  localTotals,
  minLeaf,
  rowSums,
  sortWide,
} from './state'

export function lookSmall(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32): void {
  const keys = keyRows
  const at0 = codes + (<usize>f0 << 1)
  const at1 = codes + (<usize>f1 << 1)
  const at2 = codes + (<usize>f2 << 1)
  const at3 = codes + (<usize>f3 << 1)
  const local = classLocal
  let out = keys
  for (let p = first; p < end; p += 8, out += 16) {
    const row = load<u32>(p)
    const pay = load<u32>(p, 4)
    let v = i32x4.splat(((pay >> 16) << 8) | load<u16>(local + (<usize>(pay & 0xffff) << 1)))
    v = v128.load_lane<u16>(at0 + row, v, 1)
    v = v128.load_lane<u16>(at1 + row, v, 3)
    v = v128.load_lane<u16>(at2 + row, v, 5)
    v = v128.load_lane<u16>(at3 + row, v, 7)
    v128.store(out, v)
  }
  if (levels != 0) placeLevels(f0, f1, f2, f3, n, BY_DIRECTION, present)
  sortColumns(keys, n)
  const k = <usize>present
  const totals = localTotals
  const sums = rowSums
  const counts = localCounts
  const few = light && present <= FEW
  if (few) scanFew(keys, n)
  else if (classFactors != 0) sumSmall(keys, n)
  else for (let lane: usize = 0; lane < 4; lane++) {
    clearBytes(counts, k << 2)
    let lsq: u32 = 0
    let m: u32 = 0
    let nl: u32 = 0
    let key = keys + (lane << 2)
    let to = sums + (lane << 2)
    for (let i: u32 = 1; i < n; i++, key += 16, to += 48) {
      const pay = load<u32>(key)
      const w = (pay >> 8) & 0xff
      const label = <usize>(pay & 0xff) << 2
      const l = load<u32>(counts + label)
      store<u32>(counts + label, l + w)
      lsq += w * (2 * l + w)
      m += w * load<u32>(totals + label)
      nl += w
      store<u32>(to, lsq)
      store<u32>(to, m, 16)
      store<u32>(to, nl, 32)
    }
  }
  if (few) {
    // scanFew found the best cuts too.
  } else if (light) {
    const all = i32x4.splat(weight)
    const tsq = i32x4.splat(<u32>squares)
    let best = f32x4.splat(-1)
    let bestAt = i32x4.splat(0)
    let i: u32 = minLeaf - 1
    let code = i32x4.shr_u(v128.load(keys + (<usize>i << 4)), 16)
    for (; i < n - minLeaf; i++) {
      const at = sums + <usize>(i * 48)
      const nextCode = i32x4.shr_u(v128.load(keys + (<usize>(i + 1) << 4)), 16)
      const lsq = v128.load(at)
      const nl = v128.load(at, 32)
      const nr = i32x4.sub(all, nl)
      const rsq = i32x4.add(i32x4.sub(tsq, i32x4.shl(v128.load(at, 16), 1)), lsq)
      const s = scoreFour(lsq, rsq, nl, nr)
      const better = v128.andnot(f32x4.gt(s, best), i32x4.eq(code, nextCode))
      best = v128.bitselect(s, best, better)
      bestAt = v128.bitselect(i32x4.splat(i), bestAt, better)
      code = nextCode
    }
    v128.store(laneSums, f64x2.promote_low_f32x4(best))
    v128.store(laneSums, f64x2.promote_low_f32x4(upper(best)), 16)
    v128.store(laneSums, bestAt, 32)
  } else if (classFactors != 0) {
    scanSmall(keys, n)
  } else {
    for (let lane: usize = 0; lane < 4; lane++) {
      let best: f64 = -1
      let bestAt: u32 = 0
      for (let i: u32 = minLeaf - 1; i < n - minLeaf; i++) {
        const key = keys + (<usize>i << 4) + (lane << 2)
        if (load<u16>(key, 2) == load<u16>(key, 18)) continue
        const at = sums + <usize>(i * 48) + (lane << 2)
        const s = scoreHeavy(load<u32>(at), load<u32>(at, 16), load<u32>(at, 32))
        if (s > best) {
          best = s
          bestAt = i
        }
      }
      store<f64>(laneSums + (lane << 3), best)
      store<u32>(laneSums + 32 + (lane << 2), bestAt)
    }
  }
  for (let lane: u32 = 0; lane < 4; lane++) {
    const score = load<f64>(laneSums + (<usize>lane << 3))
    const f = pick4(lane, f0, f1, f2, f3)
    const column = keys + (<usize>lane << 2)
    const gone = hasMissing(f) && load<u16>(column + (<usize>(n - 1) << 4), 2) == MISSING
    if (score > bestScore) {
      const place = load<u32>(laneSums + (<usize>lane << 2), 32)
      const at = sums + <usize>(place * 48) + (<usize>lane << 2)
      const right = <u32>load<u16>(column + (<usize>place << 4), 18)
      setBest(score, f, load<u16>(column + (<usize>place << 4), 2), gone && right == MISSING ? NO_RIGHT : right)
      if (gone) setMissing(GO_RIGHT)
      if (levelCount(f) > 0) keepLane(lane, n)
      const slot = laneSums + (<usize>lane << 2)
      if (few) setLeft(load<u32>(slot, 80), load<u32>(slot, 48), load<u32>(slot, 64), place + 1)
      else if (classFactors != 0) setLeftOfSmall(lane, place)
      else setLeft(load<u32>(at, 32), load<u32>(at), load<u32>(at, 16), place + 1)
    }
    if (gone && (lane == 0 || f != pick4(lane - 1, f0, f1, f2, f3))) scanSmallMissing(lane, f, n)
  }
}

/** Most classes of a small node whose sums fit four vectors, two classes a lane. */
const FEW: u32 = 8

/**
 * Scores all cuts of four sorted columns: laneSums gets f64[4] best score, u32[4] its place (at 32), lsq, M and the weight on the
 * left (48, 64, 80). A class is an i16 half of a lane, and l l, l T and l 1 are products of pairs.
 */
function scanFew(keys: usize, n: u32): void {
  const totals = localTotals
  const t0 = i32x4.splat(pairOfTotals(totals, 0))
  const t1 = i32x4.splat(pairOfTotals(totals, 2))
  const t2 = i32x4.splat(pairOfTotals(totals, 4))
  const t3 = i32x4.splat(pairOfTotals(totals, 6))
  const ones = i32x4.splat(0x00010001)
  const all = i32x4.splat(weight)
  const tsq = i32x4.splat(<u32>squares)
  const labels = i8x16(0, 16, 0, 16, 4, 16, 4, 16, 8, 16, 8, 16, 12, 16, 12, 16)
  const weights = i8x16(1, 16, 1, 16, 5, 16, 5, 16, 9, 16, 9, 16, 13, 16, 13, 16)
  let a0 = i32x4.splat(0)
  let a1 = a0
  let a2 = a0
  let a3 = a0
  let best = f32x4.splat(-1)
  let bestAt = a0
  let lsqAt = a0
  let mAt = a0
  let nlAt = a0
  let key = v128.load(keys)
  let code = i32x4.shr_u(key, 16)
  const last = n - minLeaf
  for (let i: u32 = 0; i < last; i++) {
    const label = i8x16.swizzle(key, labels)
    const w = i8x16.swizzle(key, weights)
    a0 = i16x8.add(a0, v128.and(i16x8.eq(label, i32x4.splat(0x00010000)), w))
    a1 = i16x8.add(a1, v128.and(i16x8.eq(label, i32x4.splat(0x00030002)), w))
    let lsq = i32x4.add(i32x4.dot_i16x8_s(a0, a0), i32x4.dot_i16x8_s(a1, a1))
    let m = i32x4.add(i32x4.dot_i16x8_s(a0, t0), i32x4.dot_i16x8_s(a1, t1))
    let sum = i16x8.add(a0, a1)
    if (present > 4) {
      a2 = i16x8.add(a2, v128.and(i16x8.eq(label, i32x4.splat(0x00050004)), w))
      a3 = i16x8.add(a3, v128.and(i16x8.eq(label, i32x4.splat(0x00070006)), w))
      lsq = i32x4.add(lsq, i32x4.add(i32x4.dot_i16x8_s(a2, a2), i32x4.dot_i16x8_s(a3, a3)))
      m = i32x4.add(m, i32x4.add(i32x4.dot_i16x8_s(a2, t2), i32x4.dot_i16x8_s(a3, t3)))
      sum = i16x8.add(sum, i16x8.add(a2, a3))
    }
    key = v128.load(keys + (<usize>(i + 1) << 4))
    const nextCode = i32x4.shr_u(key, 16)
    if (i + 1 >= minLeaf) {
      const nl = i32x4.dot_i16x8_s(sum, ones)
      const rsq = i32x4.add(i32x4.sub(tsq, i32x4.shl(m, 1)), lsq)
      const s = scoreFour(lsq, rsq, nl, i32x4.sub(all, nl))
      const better = v128.andnot(f32x4.gt(s, best), i32x4.eq(code, nextCode))
      best = v128.bitselect(s, best, better)
      bestAt = v128.bitselect(i32x4.splat(i), bestAt, better)
      lsqAt = v128.bitselect(lsq, lsqAt, better)
      mAt = v128.bitselect(m, mAt, better)
      nlAt = v128.bitselect(nl, nlAt, better)
    }
    code = nextCode
  }
  v128.store(laneSums, f64x2.promote_low_f32x4(best))
  v128.store(laneSums, f64x2.promote_low_f32x4(upper(best)), 16)
  v128.store(laneSums, bestAt, 32)
  v128.store(laneSums, lsqAt, 48)
  v128.store(laneSums, mAt, 64)
  v128.store(laneSums, nlAt, 80)
}

function pairOfTotals(totals: usize, first: u32): u32 {
  const a = first < present ? load<u32>(totals + (<usize>first << 2)) : 0
  const b = first + 1 < present ? load<u32>(totals + (<usize>(first + 1) << 2)) : 0
  return a | (b << 16)
}

/** Copies a sorted column out, so that its cuts are tried with missing values on the left too. */
function scanSmallMissing(lane: u32, f: u32, n: u32): void {
  const column = keyRows + (<usize>lane << 2)
  const before = bestScore
  for (let i: usize = 0; i < n; i++) {
    const key = load<u32>(column + (i << 4))
    store<u32>(sortWide + (i << 3), ((key << 8) & 0xff0000) | (key & 0xff))
    store<u32>(sortWide + (i << 3), key >> 16, 4)
  }
  scanMissing(f, sortWide, 0, 0, n, GO_LEFT)
  if (levelCount(f) > 0 && bestScore > before) keepLane(lane, n)
}
