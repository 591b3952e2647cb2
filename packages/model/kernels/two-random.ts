import { GO_LEFT, GO_RIGHT, bestScore, setBest, setLeft, setMissing, setThreshold } from './best'
import { cutLanes, drawCuts, isCut, lacksValue, lastSide, thresholdOf } from './cuts'
import { pick4 } from './lanes'
import { gathered, laneSums, minLeaf, missing } from './state'
import { LIGHT, factor0, factor1, scoreHeavy, scoreLight, sidesProduct } from './two-score'

/** laneSums: u32[4] rows on the left, weights of both classes (16, 32), and the same of missing values (48, 64, 80). */
export function lookRandom(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32, c0: u32, c1: u32): void {
  const at = drawCuts(f0, f1, f2, f3, first, end, 8)
  const light = c0 + c1 < LIGHT
  if (light) countLight(at, first, end)
  else countHeavy(at, first, end)
  if (missing == 0 && light && minLeaf == 1) {
    scoreLanes(f0, f1, f2, f3, c0, c1)
    return
  }
  for (let lane: u32 = 0; lane < 4; lane++) {
    if (!isCut(lane)) continue
    const f = pick4(lane, f0, f1, f2, f3)
    const slot = laneSums + (<usize>lane << 2)
    const last = lastSide(lane)
    for (let side = GO_RIGHT; side <= last; side++) {
      let rows = load<u32>(slot)
      let l0 = load<u32>(slot, 16)
      let l1 = load<u32>(slot, 32)
      if (side == GO_LEFT) {
        rows += load<u32>(slot, 48)
        l0 += load<u32>(slot, 64)
        l1 += load<u32>(slot, 80)
      }
      if (rows < minLeaf || n - rows < minLeaf) continue
      const score = light ? <f64>scoreLight(l0, l1, c0, c1) : scoreHeavy(l0, l1, c0, c1)
      if (score > bestScore) {
        setBest(score, f, 0, 1)
        setThreshold(thresholdOf(lane))
        if (lacksValue(lane)) setMissing(side)
        setLeft(l0, l1, 0, rows)
      }
    }
  }
}

/** Scores the four cuts at once and keeps the best. */
function scoreLanes(f0: u32, f1: u32, f2: u32, f3: u32, c0: u32, c1: u32): void {
  const left = v128.or(v128.load(laneSums, 16), i32x4.shl(v128.load(laneSums, 32), 16))
  const d = f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(left, i32x4.splat((-c1 & 0xffff) | (c0 << 16))))
  const nl = i32x4.dot_i16x8_s(left, i32x4.splat(factor0 | (factor1 << 16)))
  const nr = i32x4.sub(i32x4.splat(factor0 * c0 + factor1 * c1), nl)
  const score = f32x4.div(f32x4.mul(d, d), sidesProduct(nl, nr))
  const kept = v128.bitselect(score, f32x4.splat(-1), cutLanes())
  v128.store(laneSums, kept, 96)
  for (let lane: u32 = 0; lane < 4; lane++) {
    const slot = laneSums + (<usize>lane << 2)
    const score = <f64>load<f32>(slot, 96)
    if (score > bestScore) {
      setBest(score, pick4(lane, f0, f1, f2, f3), 0, 1)
      setThreshold(thresholdOf(lane))
      setLeft(load<u32>(slot, 16), load<u32>(slot, 32), 0, load<u32>(slot))
    }
  }
}

/** Both weights of a row are in one lane. */
function countLight(at: v128, first: usize, end: usize): void {
  let row = gathered
  let rows = i32x4.splat(0)
  let left = rows
  if (missing == 0) {
    for (let p = first; p < end; p += 8, row += 16) {
      const mask = f32x4.le(v128.load(row), at)
      rows = i32x4.sub(rows, mask)
      left = i32x4.add(left, v128.and(mask, v128.load32_splat(p, 4)))
    }
  } else {
    let goneRows = rows
    let goneLeft = rows
    for (let p = first; p < end; p += 8, row += 16) {
      const v = v128.load(row)
      const pay = v128.load32_splat(p, 4)
      const mask = f32x4.le(v, at)
      const gone = f32x4.ne(v, v)
      rows = i32x4.sub(rows, mask)
      left = i32x4.add(left, v128.and(mask, pay))
      goneRows = i32x4.sub(goneRows, gone)
      goneLeft = i32x4.add(goneLeft, v128.and(gone, pay))
    }
    store4(48, goneRows, v128.and(goneLeft, i32x4.splat(0xffff)), i32x4.shr_u(goneLeft, 16))
  }
  store4(0, rows, v128.and(left, i32x4.splat(0xffff)), i32x4.shr_u(left, 16))
}

function countHeavy(at: v128, first: usize, end: usize): void {
  countMask(false, at, first, end)
  if (missing != 0) countMask(true, at, first, end)
}

function countMask(gone: bool, at: v128, first: usize, end: usize): void {
  let row = gathered
  let rows = i32x4.splat(0)
  let first4 = rows
  let second4 = rows
  for (let p = first; p < end; p += 8, row += 16) {
    const v = v128.load(row)
    const mask = gone ? f32x4.ne(v, v) : f32x4.le(v, at)
    const pay = load<u32>(p, 4)
    rows = i32x4.sub(rows, mask)
    first4 = i32x4.add(first4, v128.and(mask, i32x4.splat(pay & 0xffff)))
    second4 = i32x4.add(second4, v128.and(mask, i32x4.splat(pay >> 16)))
  }
  store4(gone ? 48 : 0, rows, first4, second4)
}

function store4(offset: usize, rows: v128, first4: v128, second4: v128): void {
  const at = laneSums + offset
  v128.store(at, rows)
  v128.store(at, first4, 16)
  v128.store(at, second4, 32)
}
