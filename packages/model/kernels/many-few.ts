import { LEFT_SIDE, firstGone, goneAt, isInside } from './gaps'
import { present, squares, weight } from './many-node'
import { scoreFour } from './many-score'
import { laneSums, localTotals, minLeaf } from './state'

/** Most classes of a small node whose sums fit four vectors, two classes a lane. */
export const FEW: u32 = 8

/**
 * Scores all cuts of four sorted columns: laneSums gets f32[4] best score and u32[4] its place (at 16), and if `gaps` the same with
 * missing values on the left from LEFT_SIDE on, by what many-counts.ts says. A class is an i16 half of a lane, and l l, l T and l 1 are products of pairs.
 */
export function scanFew(keys: usize, n: u32, gaps: bool): void {
  if (gaps) scan(true, keys, n)
  else scan(false, keys, n)
}

@inline
function scan(gaps: bool, keys: usize, n: u32): void {
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
  let g0 = a0
  let g1 = a0
  let g2 = a0
  let g3 = a0
  let goneSquares = a0
  let goneProducts = a0
  let goneWeight = a0
  if (gaps) {
    for (let i = firstGone(); i < n; i++) {
      const key = v128.and(v128.load(keys + (<usize>i << 4)), goneAt(i))
      const label = i8x16.swizzle(key, labels)
      const w = i8x16.swizzle(key, weights)
      g0 = i16x8.add(g0, v128.and(i16x8.eq(label, i32x4.splat(0x00010000)), w))
      g1 = i16x8.add(g1, v128.and(i16x8.eq(label, i32x4.splat(0x00030002)), w))
      g2 = i16x8.add(g2, v128.and(i16x8.eq(label, i32x4.splat(0x00050004)), w))
      g3 = i16x8.add(g3, v128.and(i16x8.eq(label, i32x4.splat(0x00070006)), w))
    }
    goneSquares = i32x4.add(
      i32x4.add(i32x4.dot_i16x8_s(g0, g0), i32x4.dot_i16x8_s(g1, g1)),
      i32x4.add(i32x4.dot_i16x8_s(g2, g2), i32x4.dot_i16x8_s(g3, g3)),
    )
    goneProducts = i32x4.add(
      i32x4.add(i32x4.dot_i16x8_s(g0, t0), i32x4.dot_i16x8_s(g1, t1)),
      i32x4.add(i32x4.dot_i16x8_s(g2, t2), i32x4.dot_i16x8_s(g3, t3)),
    )
    goneWeight = i32x4.dot_i16x8_s(i16x8.add(i16x8.add(g0, g1), i16x8.add(g2, g3)), ones)
  }
  let best = f32x4.splat(-1)
  let bestAt = i32x4.splat(0)
  let otherBest = best
  let otherAt = bestAt
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
    const same = i32x4.eq(code, nextCode)
    const nl = i32x4.dot_i16x8_s(sum, ones)
    if (i + 1 >= minLeaf) {
      const rsq = i32x4.add(i32x4.sub(tsq, i32x4.shl(m, 1)), lsq)
      const s = scoreFour(lsq, rsq, nl, i32x4.sub(all, nl))
      const better = v128.andnot(f32x4.gt(s, best), same)
      best = v128.bitselect(s, best, better)
      bestAt = v128.bitselect(i32x4.splat(i), bestAt, better)
    }
    if (gaps) {
      let cross = i32x4.add(i32x4.dot_i16x8_s(a0, g0), i32x4.dot_i16x8_s(a1, g1))
      if (present > 4) cross = i32x4.add(cross, i32x4.add(i32x4.dot_i16x8_s(a2, g2), i32x4.dot_i16x8_s(a3, g3)))
      const lsqLeft = i32x4.add(i32x4.add(lsq, goneSquares), i32x4.shl(cross, 1))
      const mLeft = i32x4.add(m, goneProducts)
      const nlLeft = i32x4.add(nl, goneWeight)
      const rsq = i32x4.add(i32x4.sub(tsq, i32x4.shl(mLeft, 1)), lsqLeft)
      const s = scoreFour(lsqLeft, rsq, nlLeft, i32x4.sub(all, nlLeft))
      const better = v128.and(v128.andnot(f32x4.gt(s, otherBest), same), isInside(i))
      otherBest = v128.bitselect(s, otherBest, better)
      otherAt = v128.bitselect(i32x4.splat(i), otherAt, better)
    }
    code = nextCode
  }
  storeCuts(laneSums, best, bestAt)
  if (gaps) storeCuts(laneSums + LEFT_SIDE, otherBest, otherAt)
}

/** Best scores and their places, of four lanes. */
export function storeCuts(to: usize, best: v128, at: v128): void {
  v128.store(to, best)
  v128.store(to, at, 16)
}

function pairOfTotals(totals: usize, first: u32): u32 {
  const a = first < present ? load<u32>(totals + (<usize>first << 2)) : 0
  const b = first + 1 < present ? load<u32>(totals + (<usize>(first + 1) << 2)) : 0
  return a | (b << 16)
}
