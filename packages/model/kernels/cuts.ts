import { setThreshold } from './best'
import { between } from './nodes'
import { gathered, highValues, laneSums, lowValues, shares, valueRows } from './state'

/*
 * Extremely randomised trees (Geurts et al. 2006): a drawn feature is cut once, uniformly between its smallest and largest
 * value in the node. One pass over the rows gathers the values of four features and finds their ranges, a second one
 * counts what is on the left of the four cuts. A code stands for its largest value.
 */

let group: u32 = 0

/** Says which candidates come next, since their shares are drawn with them. */
export function setGroup(first: u32): void {
  group = first
}

// Of each lane, behind the sums in laneSums.
const THRESHOLD: usize = 1024
const VARIES: usize = 1040

/** Draws the cuts of four features; answers their thresholds by lane. */
export function drawCuts(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, step: usize): v128 {
  const at0 = valueRows + (<usize>f0 << 2)
  const at1 = valueRows + (<usize>f1 << 2)
  const at2 = valueRows + (<usize>f2 << 2)
  const at3 = valueRows + (<usize>f3 << 2)
  let out = gathered
  let least = f32x4.splat(f32.MAX_VALUE)
  let most = f32x4.splat(-f32.MAX_VALUE)
  for (let p = first; p < end; p += step, out += 16) {
    const row = load<u32>(p) << 1
    let v = v128.load32_zero(at0 + row)
    v = v128.load_lane<u32>(at1 + row, v, 1)
    v = v128.load_lane<u32>(at2 + row, v, 2)
    v = v128.load_lane<u32>(at3 + row, v, 3)
    v128.store(out, v)
    least = f32x4.pmin(least, v)
    most = f32x4.pmax(most, v)
  }
  // A short group repeats its last feature, which is then not cut again.
  drawCut(0, true, f32x4.extract_lane(least, 0), f32x4.extract_lane(most, 0))
  drawCut(1, f1 != f0, f32x4.extract_lane(least, 1), f32x4.extract_lane(most, 1))
  drawCut(2, f2 != f1, f32x4.extract_lane(least, 2), f32x4.extract_lane(most, 2))
  drawCut(3, f3 != f2, f32x4.extract_lane(least, 3), f32x4.extract_lane(most, 3))
  return v128.load(laneSums + THRESHOLD)
}

export function isCut(lane: u32): bool {
  return load<u32>(laneSums + VARIES + (<usize>lane << 2)) != 0
}

export function thresholdOf(lane: u32): f32 {
  return load<f32>(laneSums + THRESHOLD + (<usize>lane << 2))
}

function drawCut(lane: u32, fresh: bool, least: f32, most: f32): void {
  const slot = laneSums + (<usize>lane << 2)
  store<u32>(slot + VARIES, <u32>(fresh && least < most))
  const share = load<f64>(shares + (<usize>(group + lane) << 3))
  const t = <f32>(<f64>least + (<f64>most - <f64>least) * share)
  store<f32>(slot + THRESHOLD, t < most ? t : least)
}

/** Cuts two rows by their only place; answers the left one, or 0 when they have one value. */
export function cutTwoRows(feature: u32, candidate: u32, first: usize, second: usize): usize {
  const at = valueRows + (<usize>feature << 2)
  const a = load<f32>(at + (load<u32>(first) << 1))
  const b = load<f32>(at + (load<u32>(second) << 1))
  if (a == b) return 0
  const least = min(a, b)
  const most = max(a, b)
  const t = <f32>(<f64>least + (<f64>most - <f64>least) * load<f64>(shares + (<usize>candidate << 3)))
  setThreshold(t < most ? t : least)
  return a < b ? first : second
}

/** A threshold among the values of a code of a column cut at quantiles moves between that code and the one below. */
export function settle(feature: u32, codeCount: u32, threshold: f32): f32 {
  const high: usize = load<u32>(highValues + (<usize>feature << 2))
  const low: usize = load<u32>(lowValues + (<usize>feature << 2))
  if (low == high) return threshold
  let from: u32 = 0
  let to = codeCount - 2
  while (from < to) {
    const middle = (from + to + 1) >> 1
    if (load<f32>(high + (<usize>middle << 2)) <= threshold) from = middle
    else to = middle - 1
  }
  const after = load<f32>(low + (<usize>(from + 1) << 2))
  return after <= threshold ? between(load<f32>(high + (<usize>from << 2)), after) : threshold
}
