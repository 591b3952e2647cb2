import { clearBytes } from './bytes'
import { AT, PRODUCTS, SQUARES, WEIGHT, present, scorePair, squares, whole } from './class-weights'
import { sizeOf } from './kinds'
import { NETWORK_ROWS } from './network'
import { laneSums, localFactors, localTotals, minLeaf, rowSums, unitCells } from './state'

// In rowSums while a small node is scanned: [class] f64 weight of a sample and f64 total; [lane][class] f64 on the left.
const MOST: usize = NETWORK_ROWS
const LEFT: usize = MOST << 4

/**
 * The best cut of each lane of a sorted small node. Two lanes go together: what a sample adds is fetched for both, and a cut is
 * scored as soon as it is summed up.
 */
export function scanSmall<T>(keys: usize, n: u32): void {
  const cells = rowSums
  for (let i: usize = 0; i < present; i++) {
    store<f64>(cells + (i << 4), <f64>load<u32>(localFactors + (i << 2)))
    store<f64>(cells + (i << 4), <f64>load<u32>(localTotals + (i << 2)), 8)
  }
  scanPair<T>(keys, n, 0)
  scanPair<T>(keys, n, 1)
}

function scanPair<T>(keys: usize, n: u32, pair: usize): void {
  const cells = rowSums
  const a = cells + LEFT
  const b = a + (MOST << 3)
  clearBytes(a, <usize>present << 3)
  clearBytes(b, <usize>present << 3)
  const all = f64x2.splat(whole)
  const sum = f64x2.splat(squares)
  let lsq = f64x2.splat(0)
  let m = lsq
  let nl = lsq
  let best = f64x2.splat(-1)
  let bestAt = i64x2.splat(0)
  let lsqAt = lsq
  let mAt = lsq
  let nlAt = lsq
  let key = keys + (pair << 3)
  let told = v128.load64_zero(key)
  for (let i: u32 = 0; i < n - minLeaf; i++, key += 16) {
    let labelA: usize
    let labelB: usize
    let w: v128
    if (sizeOf<T>() == 24) {
      const cellA = unitCells + <usize>load<u16>(key)
      const cellB = unitCells + <usize>load<u16>(key, 4)
      labelA = <usize>load<u32>(cellA, 4)
      labelB = <usize>load<u32>(cellB, 4)
      w = f64x2.convert_low_i32x4_s(v128.load_lane<u32>(cellB, v128.load32_zero(cellA), 1))
    } else {
      labelA = <usize>load<u8>(key)
      labelB = <usize>load<u8>(key, 4)
      w = f64x2.convert_low_i32x4_s(v128.and(i32x4.shr_u(told, 8), i32x4.splat(0xff)))
    }
    const cellA = v128.load(cells + (labelA << 4))
    const cellB = v128.load(cells + (labelB << 4))
    if (sizeOf<T>() != 24) w = f64x2.mul(w, i64x2.shuffle(cellA, cellB, 0, 2))
    const before = v128.load_lane<u64>(b + (labelB << 3), v128.load64_zero(a + (labelA << 3)), 1)
    const l = f64x2.add(before, w)
    v128.store_lane<u64>(a + (labelA << 3), l, 0)
    v128.store_lane<u64>(b + (labelB << 3), l, 1)
    lsq = f64x2.add(lsq, f64x2.mul(w, f64x2.add(before, l)))
    m = f64x2.add(m, f64x2.mul(w, i64x2.shuffle(cellA, cellB, 1, 3)))
    nl = f64x2.add(nl, w)
    const next = v128.load64_zero(key, 16)
    if (i + 1 >= minLeaf) {
      const same = i64x2.extend_low_i32x4_s(i32x4.eq(i32x4.shr_u(told, 16), i32x4.shr_u(next, 16)))
      const score = scorePair(lsq, m, nl, all, sum)
      const better = v128.andnot(f64x2.gt(score, best), same)
      best = v128.bitselect(score, best, better)
      bestAt = v128.bitselect(i64x2.splat(i), bestAt, better)
      lsqAt = v128.bitselect(lsq, lsqAt, better)
      mAt = v128.bitselect(m, mAt, better)
      nlAt = v128.bitselect(nl, nlAt, better)
    }
    told = next
  }
  const slot = laneSums + (pair << 4)
  v128.store(slot, best)
  store<u32>(laneSums + (pair << 3), <u32>i64x2.extract_lane(bestAt, 0), AT)
  store<u32>(laneSums + (pair << 3), <u32>i64x2.extract_lane(bestAt, 1), AT + 4)
  v128.store(slot, lsqAt, SQUARES)
  v128.store(slot, mAt, PRODUCTS)
  v128.store(slot, nlAt, WEIGHT)
}
