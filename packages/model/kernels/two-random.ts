import { bestScore, setBest, setLeft, setThreshold } from './best'
import { cutLanes, drawCuts, isCut, thresholdOf } from './cuts'
import { pick4 } from './lanes'
import { gathered, laneSums, minLeaf } from './state'
import { LIGHT, factor0, factor1, scoreHeavy, sidesProduct } from './two-score'

export function lookRandom(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32, c0: u32, c1: u32): void {
  const at = drawCuts(f0, f1, f2, f3, first, end, 8)
  if (c0 + c1 < LIGHT) countRandom(at, first, end, n, c0, c1)
  else countRandomHeavy(at, first, end, n, c0, c1)
  for (let lane: u32 = 0; lane < 4; lane++) {
    const score = load<f64>(laneSums + (<usize>lane << 3))
    if (score > bestScore) {
      const slot = laneSums + (<usize>lane << 2)
      setBest(score, pick4(lane, f0, f1, f2, f3), 0, 1)
      setThreshold(thresholdOf(lane))
      setLeft(load<u32>(slot, 48), load<u32>(slot, 64), 0, load<u32>(slot, 32))
    }
  }
}

/** Scores the cuts of four features: laneSums gets f64[4] scores, u32[4] rows on the left (at 32), their weights (48, 64). */
function countRandom(at: v128, first: usize, end: usize, n: u32, c0: u32, c1: u32): void {
  let row = gathered
  let rows = i32x4.splat(0)
  let left = i32x4.splat(0)
  for (let p = first; p < end; p += 8, row += 16) {
    const mask = f32x4.le(v128.load(row), at)
    rows = i32x4.sub(rows, mask)
    left = i32x4.add(left, v128.and(mask, v128.load32_splat(p, 4)))
  }
  const d = f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(left, i32x4.splat((-c1 & 0xffff) | (c0 << 16))))
  const nl = i32x4.dot_i16x8_s(left, i32x4.splat(factor0 | (factor1 << 16)))
  const nr = i32x4.sub(i32x4.splat(factor0 * c0 + factor1 * c1), nl)
  const score = f32x4.div(f32x4.mul(d, d), sidesProduct(nl, nr))
  let valid = cutLanes()
  if (minLeaf > 1) {
    valid = v128.and(valid, i32x4.ge_s(rows, i32x4.splat(minLeaf)))
    valid = v128.and(valid, i32x4.ge_s(i32x4.sub(i32x4.splat(n), rows), i32x4.splat(minLeaf)))
  }
  const kept = v128.bitselect(score, f32x4.splat(-1), valid)
  v128.store(laneSums, f64x2.promote_low_f32x4(kept))
  v128.store(laneSums, f64x2.promote_low_f32x4(i64x2.shuffle(kept, kept, 1, 1)), 16)
  v128.store(laneSums, rows, 32)
  v128.store(laneSums, v128.and(left, i32x4.splat(0xffff)), 48)
  v128.store(laneSums, i32x4.shr_u(left, 16), 64)
}

function countRandomHeavy(at: v128, first: usize, end: usize, n: u32, c0: u32, c1: u32): void {
  let row = gathered
  let rows = i32x4.splat(0)
  let first4 = rows
  let second4 = rows
  for (let p = first; p < end; p += 8, row += 16) {
    const mask = f32x4.le(v128.load(row), at)
    const pay = load<u32>(p, 4)
    rows = i32x4.sub(rows, mask)
    first4 = i32x4.add(first4, v128.and(mask, i32x4.splat(pay & 0xffff)))
    second4 = i32x4.add(second4, v128.and(mask, i32x4.splat(pay >> 16)))
  }
  v128.store(laneSums, rows, 32)
  v128.store(laneSums, first4, 48)
  v128.store(laneSums, second4, 64)
  for (let lane: u32 = 0; lane < 4; lane++) {
    const slot = laneSums + (<usize>lane << 2)
    const l = load<u32>(slot, 32)
    const valid = isCut(lane) && l >= minLeaf && n - l >= minLeaf
    store<f64>(laneSums + (<usize>lane << 3), valid ? scoreHeavy(load<u32>(slot, 48), load<u32>(slot, 64), c0, c1) : -1)
  }
}
