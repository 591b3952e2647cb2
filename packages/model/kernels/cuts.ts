import { between } from './nodes'
import { codes, gathered, highValues, laneSums, lowValues, shares } from './state'

/*
 * Extremely randomised trees (Geurts et al. 2006): a drawn feature is cut once, uniformly between its smallest and largest
 * value in the node. One pass over the rows gathers the codes of four features and finds their ranges, a second one counts
 * what is on the left of the four cuts.
 */

let group: u32 = 0

/** Says which candidates come next, since their shares are drawn with them. */
export function setGroup(first: u32): void {
  group = first
}

// Of each lane, behind the sums in laneSums.
const CUT: usize = 1024
const THRESHOLD: usize = 1040
const VARIES: usize = 1056

/** Draws the cuts of four features; answers the last code on the left by lane. */
export function drawCuts(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, step: usize): v128 {
  const at0 = codes + (<usize>f0 << 1)
  const at1 = codes + (<usize>f1 << 1)
  const at2 = codes + (<usize>f2 << 1)
  const at3 = codes + (<usize>f3 << 1)
  let out = gathered
  let least = i32x4.splat(0xffff)
  let most = i32x4.splat(0)
  for (let p = first; p < end; p += step, out += 16) {
    const row = load<u32>(p)
    let v = i32x4.splat(0)
    v = v128.load_lane<u16>(at0 + row, v, 0)
    v = v128.load_lane<u16>(at1 + row, v, 2)
    v = v128.load_lane<u16>(at2 + row, v, 4)
    v = v128.load_lane<u16>(at3 + row, v, 6)
    v128.store(out, v)
    least = i32x4.min_s(least, v)
    most = i32x4.max_s(most, v)
  }
  drawCut(0, f0, group, i32x4.extract_lane(least, 0), i32x4.extract_lane(most, 0))
  drawCut(1, f1, group + 1, i32x4.extract_lane(least, 1), i32x4.extract_lane(most, 1))
  drawCut(2, f2, group + 2, i32x4.extract_lane(least, 2), i32x4.extract_lane(most, 2))
  drawCut(3, f3, group + 3, i32x4.extract_lane(least, 3), i32x4.extract_lane(most, 3))
  // A short group repeats its last feature, which is then not cut again.
  if (f1 == f0) store<u32>(laneSums + VARIES, 0, 4)
  if (f2 == f1) store<u32>(laneSums + VARIES, 0, 8)
  if (f3 == f2) store<u32>(laneSums + VARIES, 0, 12)
  return v128.load(laneSums + CUT)
}

export function isCut(lane: u32): bool {
  return load<u32>(laneSums + VARIES + (<usize>lane << 2)) != 0
}

export function cutOf(lane: u32): u32 {
  return load<u32>(laneSums + CUT + (<usize>lane << 2))
}

export function thresholdOf(lane: u32): f32 {
  return load<f32>(laneSums + THRESHOLD + (<usize>lane << 2))
}

function drawCut(lane: u32, feature: u32, candidate: u32, least: u32, most: u32): void {
  const slot = laneSums + (<usize>lane << 2)
  store<u32>(slot + VARIES, <u32>(least < most))
  if (least >= most) return
  const high: usize = load<u32>(highValues + (<usize>feature << 2))
  const low: usize = load<u32>(lowValues + (<usize>feature << 2))
  const start = load<f32>(low + (<usize>least << 2))
  const end = load<f32>(high + (<usize>most << 2))
  const share = load<f64>(shares + (<usize>candidate << 3))
  let t = <f32>(<f64>start + (<f64>end - <f64>start) * share)
  if (!(t < end)) t = start
  let from = least
  let to = most - 1
  while (from < to) {
    const middle = (from + to + 1) >> 1
    if (load<f32>(high + (<usize>middle << 2)) <= t) from = middle
    else to = middle - 1
  }
  const after = load<f32>(low + (<usize>(from + 1) << 2))
  const before = load<f32>(high + (<usize>from << 2))
  if (before > t || after <= t) t = between(before, after)
  store<u32>(slot + CUT, from)
  store<f32>(slot + THRESHOLD, t)
}
