import { histogram, laneSums } from './state'
import { CELL, GONE, LEFT, SLACK } from './values-refine'

/** The best cut of each lane of a histogram of numbers: laneSums gets f64[4] score, u32[4] bin (at 32). */
export function scan(used: u32, weight: f64, sum: f64): void {
  const h = histogram
  const whole = f64x2.splat(weight)
  const total = f64x2.splat(sum)
  let n01 = f64x2.splat(0)
  let s01 = n01
  let n23 = n01
  let s23 = n01
  let best01 = f64x2.splat(-1)
  let best23 = best01
  let at01 = i64x2.splat(0)
  let at23 = at01
  for (let b: u32 = 0; b < used; b++) {
    const cell = h + (<usize>b << CELL)
    const c0 = v128.load(cell)
    const c1 = v128.load(cell, 16)
    const c2 = v128.load(cell, 32)
    const c3 = v128.load(cell, 48)
    n01 = f64x2.add(n01, i64x2.shuffle(c0, c1, 0, 2))
    s01 = f64x2.add(s01, i64x2.shuffle(c0, c1, 1, 3))
    n23 = f64x2.add(n23, i64x2.shuffle(c2, c3, 0, 2))
    s23 = f64x2.add(s23, i64x2.shuffle(c2, c3, 1, 3))
    const r01 = f64x2.sub(whole, n01)
    const r23 = f64x2.sub(whole, n23)
    const d01 = differenceOf(n01, s01, r01, total)
    const d23 = differenceOf(n23, s23, r23, total)
    const score01 = f64x2.div(f64x2.mul(d01, d01), f64x2.mul(n01, r01))
    const score23 = f64x2.div(f64x2.mul(d23, d23), f64x2.mul(n23, r23))
    const better01 = f64x2.gt(score01, best01)
    const better23 = f64x2.gt(score23, best23)
    const place = i64x2.splat(b)
    best01 = v128.bitselect(score01, best01, better01)
    best23 = v128.bitselect(score23, best23, better23)
    at01 = v128.bitselect(place, at01, better01)
    at23 = v128.bitselect(place, at23, better23)
  }
  v128.store(laneSums, best01)
  v128.store(laneSums, best23, 16)
  v128.store(laneSums, i32x4.shuffle(at01, at23, 0, 2, 4, 6), 32)
}

/**
 * The same with missing values on the left, from LEFT on; lanes that have no cut as good as `top`, the best there is, keep -1. So
 * nearly no cut is divided out.
 */
export function scanLeft(used: u32, weight: f64, sum: f64, top: f64): void {
  const h = histogram
  const whole = f64x2.splat(weight)
  const total = f64x2.splat(sum)
  const floor = f64x2.splat(top / SLACK)
  const g = h + (GONE << CELL)
  let n01 = i64x2.shuffle(v128.load(g), v128.load(g, 16), 0, 2)
  let s01 = i64x2.shuffle(v128.load(g), v128.load(g, 16), 1, 3)
  let n23 = i64x2.shuffle(v128.load(g, 32), v128.load(g, 48), 0, 2)
  let s23 = i64x2.shuffle(v128.load(g, 32), v128.load(g, 48), 1, 3)
  let best01 = f64x2.splat(-1)
  let best23 = best01
  let at01 = i64x2.splat(0)
  let at23 = at01
  for (let b: u32 = 0; b < used; b++) {
    const cell = h + (<usize>b << CELL)
    const c0 = v128.load(cell)
    const c1 = v128.load(cell, 16)
    const c2 = v128.load(cell, 32)
    const c3 = v128.load(cell, 48)
    n01 = f64x2.add(n01, i64x2.shuffle(c0, c1, 0, 2))
    s01 = f64x2.add(s01, i64x2.shuffle(c0, c1, 1, 3))
    n23 = f64x2.add(n23, i64x2.shuffle(c2, c3, 0, 2))
    s23 = f64x2.add(s23, i64x2.shuffle(c2, c3, 1, 3))
    const r01 = f64x2.sub(whole, n01)
    const r23 = f64x2.sub(whole, n23)
    const d01 = differenceOf(n01, s01, r01, total)
    const d23 = differenceOf(n23, s23, r23, total)
    const square01 = f64x2.mul(d01, d01)
    const square23 = f64x2.mul(d23, d23)
    const sides01 = f64x2.mul(n01, r01)
    const sides23 = f64x2.mul(n23, r23)
    const good = v128.or(f64x2.gt(square01, f64x2.mul(sides01, floor)), f64x2.gt(square23, f64x2.mul(sides23, floor)))
    if (!v128.any_true(good)) continue
    const score01 = f64x2.div(square01, sides01)
    const score23 = f64x2.div(square23, sides23)
    const better01 = f64x2.gt(score01, best01)
    const better23 = f64x2.gt(score23, best23)
    const place = i64x2.splat(b)
    best01 = v128.bitselect(score01, best01, better01)
    best23 = v128.bitselect(score23, best23, better23)
    at01 = v128.bitselect(place, at01, better01)
    at23 = v128.bitselect(place, at23, better23)
  }
  const to = laneSums + LEFT
  v128.store(to, best01)
  v128.store(to, best23, 16)
  v128.store(to, i32x4.shuffle(at01, at23, 0, 2, 4, 6), 32)
  v128.store(to, i32x4.splat(-1), 64)
}

function differenceOf(n: v128, s: v128, r: v128, total: v128): v128 {
  return f64x2.sub(f64x2.mul(s, r), f64x2.mul(f64x2.sub(total, s), n))
}
