import { bestScore, GO_LEFT, GO_RIGHT, setBest, setLeft, setMissing, setThreshold } from './best'
import { drawCuts, isCut, lacksValue, lastSide, thresholdOf } from './cuts'
import { cellOf, sizeOf } from './kinds'
import { pick4 } from './lanes'
import { NETWORK_ROWS } from './network'
import { gathered, laneSums, minLeaf, missing, rowSums } from './state'
import { score } from './values-score'
import { roundValues } from './values-small'

/**
 * laneSums: u32[4] rows on the left, f64 [4][weight, product] of them (at 16), i32[4] rounded products of a small node (80); and
 * the same of missing values from GONE_SUMS on.
 */
export function lookRandom<T>(
  f0: u32,
  f1: u32,
  f2: u32,
  f3: u32,
  first: usize,
  end: usize,
  n: u32,
  weight: f64,
  sum: f64,
): void {
  const at = drawCuts(f0, f1, f2, f3, first, end, <u32>sizeOf<T>())
  const small = sizeOf<T>() == 16 && n <= <u32>NETWORK_ROWS
  const all = small ? roundValues(first, end, weight, sum) : 0
  if (missing != 0 && (lacksValue(0) || lacksValue(1) || lacksValue(2) || lacksValue(3))) sumBoth<T>(at, first, end, small)
  else sumLanes<T>(at, first, end, small)
  for (let lane: u32 = 0; lane < 4; lane++) {
    if (!isCut(lane)) continue
    const slot = laneSums + (<usize>lane << 2)
    const cell = laneSums + (<usize>lane << 4) + 16
    const last = lastSide(lane)
    for (let side = GO_RIGHT; side <= last; side++) {
      let rows = load<u32>(slot)
      let nl = load<f64>(cell)
      let sl = load<f64>(cell, 8)
      let rounded = load<i32>(slot, 80)
      if (side == GO_LEFT) {
        rows += load<u32>(slot, GONE_SUMS)
        nl += load<f64>(cell, GONE_SUMS)
        sl += load<f64>(cell, GONE_SUMS + 8)
        rounded += load<i32>(slot, GONE_SUMS + 80)
      }
      if (rows < minLeaf || n - rows < minLeaf) continue
      let s: f64
      if (small) {
        const twice: i32 = rounded << 1
        const d = <f32>(twice - all)
        s = <f64>((d * d) / (<f32>nl * <f32>(weight - nl)))
      } else {
        s = score(nl, sl, weight, sum)
      }
      if (s > bestScore) {
        setBest(s, pick4(lane, f0, f1, f2, f3), 0, 1)
        setThreshold(thresholdOf(lane))
        if (lacksValue(lane)) setMissing(side)
        setLeft(nl, sl, 0, rows)
      }
    }
  }
}

const GONE_SUMS: usize = 96

/** Sums up what is at or below the thresholds. */
function sumLanes<T>(at: v128, first: usize, end: usize, small: bool): void {
  let row = gathered
  let value = rowSums
  let count = i32x4.splat(0)
  let rounded = count
  let a = f64x2.splat(0)
  let b = a
  let c = a
  let d = a
  for (let p = first; p < end; p += sizeOf<T>(), row += 16, value += 4) {
    const mask = f32x4.le(v128.load(row), at)
    const cell = cellOf<T>(p)
    count = i32x4.sub(count, mask)
    a = f64x2.add(a, v128.and(i32x4.shuffle(mask, mask, 0, 0, 0, 0), cell))
    b = f64x2.add(b, v128.and(i32x4.shuffle(mask, mask, 1, 1, 1, 1), cell))
    c = f64x2.add(c, v128.and(i32x4.shuffle(mask, mask, 2, 2, 2, 2), cell))
    d = f64x2.add(d, v128.and(i32x4.shuffle(mask, mask, 3, 3, 3, 3), cell))
    if (small) rounded = i32x4.add(rounded, v128.and(mask, v128.load32_splat(value)))
  }
  storeSums(laneSums, count, a, b, c, d, rounded)
}

/** The same, and what is missing. */
function sumBoth<T>(at: v128, first: usize, end: usize, small: bool): void {
  let row = gathered
  let value = rowSums
  let count = i32x4.splat(0)
  let rounded = count
  let a = f64x2.splat(0)
  let b = a
  let c = a
  let d = a
  let goneCount = count
  let goneRounded = count
  let goneA = a
  let goneB = a
  let goneC = a
  let goneD = a
  for (let p = first; p < end; p += sizeOf<T>(), row += 16, value += 4) {
    const v = v128.load(row)
    const mask = f32x4.le(v, at)
    const cell = cellOf<T>(p)
    count = i32x4.sub(count, mask)
    a = f64x2.add(a, v128.and(i32x4.shuffle(mask, mask, 0, 0, 0, 0), cell))
    b = f64x2.add(b, v128.and(i32x4.shuffle(mask, mask, 1, 1, 1, 1), cell))
    c = f64x2.add(c, v128.and(i32x4.shuffle(mask, mask, 2, 2, 2, 2), cell))
    d = f64x2.add(d, v128.and(i32x4.shuffle(mask, mask, 3, 3, 3, 3), cell))
    const gone = f32x4.ne(v, v)
    goneCount = i32x4.sub(goneCount, gone)
    goneA = f64x2.add(goneA, v128.and(i32x4.shuffle(gone, gone, 0, 0, 0, 0), cell))
    goneB = f64x2.add(goneB, v128.and(i32x4.shuffle(gone, gone, 1, 1, 1, 1), cell))
    goneC = f64x2.add(goneC, v128.and(i32x4.shuffle(gone, gone, 2, 2, 2, 2), cell))
    goneD = f64x2.add(goneD, v128.and(i32x4.shuffle(gone, gone, 3, 3, 3, 3), cell))
    if (small) {
      const q = v128.load32_splat(value)
      rounded = i32x4.add(rounded, v128.and(mask, q))
      goneRounded = i32x4.add(goneRounded, v128.and(gone, q))
    }
  }
  storeSums(laneSums, count, a, b, c, d, rounded)
  storeSums(laneSums + GONE_SUMS, goneCount, goneA, goneB, goneC, goneD, goneRounded)
}

function storeSums(to: usize, count: v128, a: v128, b: v128, c: v128, d: v128, rounded: v128): void {
  v128.store(to, count)
  v128.store(to, a, 16)
  v128.store(to, b, 32)
  v128.store(to, c, 48)
  v128.store(to, d, 64)
  v128.store(to, rounded, 80)
}
