import { bestScore, setBest, setLeft, setThreshold } from './best'
import { drawCuts, isCut, thresholdOf } from './cuts'
import { cellOf, sizeOf } from './kinds'
import { pick4 } from './lanes'
import { NETWORK_ROWS } from './network'
import { gathered, laneSums, minLeaf, rowSums } from './state'
import { score } from './values-score'
import { roundValues } from './values-small'

/** laneSums: u32[4] rows on the left, f64 [4][weight, product] of them (at 16), i32[4] rounded products of a small node (80). */
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
  v128.store(laneSums, count)
  v128.store(laneSums, a, 16)
  v128.store(laneSums, b, 32)
  v128.store(laneSums, c, 48)
  v128.store(laneSums, d, 64)
  v128.store(laneSums, rounded, 80)
  for (let lane: u32 = 0; lane < 4; lane++) {
    const slot = laneSums + (<usize>lane << 2)
    const rows = load<u32>(slot)
    if (!isCut(lane) || rows < minLeaf || n - rows < minLeaf) continue
    const nl = load<f64>(laneSums + (<usize>lane << 4), 16)
    const sl = load<f64>(laneSums + (<usize>lane << 4), 24)
    let s: f64
    if (small) {
      const twice: i32 = load<i32>(slot, 80) << 1
      const d = <f32>(twice - all)
      s = <f64>((d * d) / (<f32>nl * <f32>(weight - nl)))
    } else {
      s = score(nl, sl, weight, sum)
    }
    if (s > bestScore) {
      setBest(s, pick4(lane, f0, f1, f2, f3), 0, 1)
      setThreshold(thresholdOf(lane))
      setLeft(nl, sl, 0, rows)
    }
  }
}
