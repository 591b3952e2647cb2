import { bestScore, setBest, setLeft, setThreshold } from './best'
import { drawCuts, isCut, thresholdOf } from './cuts'
import { NETWORK_ROWS } from './network'
import { gathered, laneSums, minLeaf, rowSums } from './state'
import { pick4 } from './lanes'
import { score } from './values-score'
import { roundValues } from './values-small'

export function lookRandom(
  f0: u32,
  f1: u32,
  f2: u32,
  f3: u32,
  first: usize,
  end: usize,
  n: u32,
  weight: u32,
  sum: f64,
): void {
  const at = drawCuts(f0, f1, f2, f3, first, end, 16)
  const small = n <= <u32>NETWORK_ROWS
  const all = small ? roundValues(first, end, weight, sum) : 0
  let row = gathered
  let value = rowSums
  let count = i32x4.splat(0)
  let left = count
  let rounded = count
  let low = f64x2.splat(0)
  let high = low
  for (let p = first; p < end; p += 16, row += 16, value += 4) {
    const mask = f32x4.le(v128.load(row), at)
    const product = f64x2.splat(load<f64>(p, 8))
    count = i32x4.sub(count, mask)
    left = i32x4.add(left, v128.and(mask, i32x4.splat(load<u32>(p, 4) >> 24)))
    low = f64x2.add(low, v128.and(i64x2.extend_low_i32x4_s(mask), product))
    high = f64x2.add(high, v128.and(i64x2.extend_high_i32x4_s(mask), product))
    if (small) rounded = i32x4.add(rounded, v128.and(mask, i32x4.splat(load<i32>(value))))
  }
  v128.store(laneSums, count)
  v128.store(laneSums, left, 16)
  v128.store(laneSums, rounded, 32)
  v128.store(laneSums, low, 48)
  v128.store(laneSums, high, 64)
  for (let lane: u32 = 0; lane < 4; lane++) {
    const slot = laneSums + (<usize>lane << 2)
    const rows = load<u32>(slot)
    if (!isCut(lane) || rows < minLeaf || n - rows < minLeaf) continue
    const nl = load<u32>(slot, 16)
    const sl = load<f64>(laneSums + (<usize>lane << 3), 48)
    let s: f64
    if (small) {
      const twice: i32 = load<i32>(slot, 32) << 1
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
