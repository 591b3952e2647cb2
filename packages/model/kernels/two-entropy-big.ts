import { EMPTY, SIDES_SLACK, SLACK } from './entropy'
import { classFactors, digits, histogram, laneSums, marks, termScale } from './state'
import { gone0, gone1 } from './two-big'
import { firstPair, scoreHeavy, scoreLight, secondPair, sidesAt, weightOf } from './two-entropy'
import { CORNERS } from './two-entropy-bins'

/* Large nodes of two classes by entropy: those without tables, and the bins whose rows have to be tried. */

/** scanEntropyBins of a node that has no tables. */
export function scanEntropyHeavy(used: u32, c0: u32, c1: u32, start: bool, exact: bool): void {
  for (let lane: u32 = 0; lane < 4; lane++) {
    let best: f64 = -1
    let bestAt: u32 = 0
    let l0: u32 = start ? gone0(lane, false) : 0
    let l1: u32 = start ? gone1(lane, false) : 0
    let first = firstPair(l0, c0)
    let second = secondPair(l1, c1)
    let before: f64 = EMPTY
    let cell = histogram + (<usize>lane << 3)
    let to = digits + (<usize>lane << 3)
    for (let b: u32 = 0; b < used; b++, cell += 32, to += CORNERS) {
      const a0 = load<u32>(cell)
      const a1 = load<u32>(cell, 4)
      const nextFirst = a0 == 0 ? first : firstPair(l0 + a0, c0)
      const nextSecond = a1 == 0 ? second : secondPair(l1 + a1, c1)
      const score = a0 + a1 == 0 ? before : nextFirst + nextSecond + sidesAt(l0 + a0, l1 + a1, c0, c1)
      if (exact) {
        let corner = max(before, score)
        if (a0 != 0 && a1 != 0) {
          corner = max(
            nextFirst + second + sidesAt(l0 + a0, l1, c0, c1),
            first + nextSecond + sidesAt(l0, l1 + a1, c0, c1),
          )
        }
        store<f64>(to, corner)
      }
      if (score > best) {
        best = score
        bestAt = b
      }
      l0 += a0
      l1 += a1
      first = nextFirst
      second = nextSecond
      before = score
    }
    store<f64>(laneSums + (<usize>lane << 3), best)
    store<u32>(laneSums + 32 + (<usize>lane << 2), bestAt)
  }
  v128.store(laneSums, i32x4.splat(-1), 64)
}

/** What scores and bounds of a node are off at most. */
function slackOf(c0: u32, c1: u32): f64 {
  return classFactors == 0 ? SLACK : SLACK + weightOf(c0, c1) * termScale * SIDES_SLACK
}

/** Marks the bins that could hold something better than `top`; answers the lanes. */
export function markEntropy(used: u32, c0: u32, c1: u32, top: f64, start: bool, light: bool): u32 {
  const slack = slackOf(c0, c1)
  const floor = f64x2.splat(top - slack)
  let any: u32 = 0
  for (let b: u32 = 0; b < used; b++) {
    const at = digits + <usize>b * CORNERS
    let mark =
      i64x2.bitmask(f64x2.ge(v128.load(at), floor)) | (i64x2.bitmask(f64x2.ge(v128.load(at, 16), floor)) << 2)
    for (let lanes = mark; lanes != 0; lanes &= lanes - 1) {
      const lane = <u32>ctz(lanes)
      if (isBelow(b, lane, c0, c1, start, light, slack)) mark &= ~(1 << lane)
    }
    store<u8>(marks + <usize>b, <u8>mark)
    any |= mark
  }
  return any
}

/**
 * Whether no cut inside a bin can be as good as its ends: in a bin of one class it falls short of the better end by its share of their
 * difference, which counts where rounding is less. An empty bin has no cut.
 */
function isBelow(bin: u32, lane: u32, c0: u32, c1: u32, start: bool, light: bool, slack: f64): bool {
  const a0 = light ? load<u16>(cellOf(bin, lane, light)) : load<u32>(cellOf(bin, lane, light))
  const a1 = light ? load<u16>(cellOf(bin, lane, light), 2) : load<u32>(cellOf(bin, lane, light), 4)
  if (a0 + a1 <= 1) return true
  if (a0 != 0 && a1 != 0) return false
  let l0: u32 = start ? gone0(lane, light) : 0
  let l1: u32 = start ? gone1(lane, light) : 0
  for (let b: u32 = 0; b < bin; b++) {
    l0 += light ? load<u16>(cellOf(b, lane, light)) : load<u32>(cellOf(b, lane, light))
    l1 += light ? load<u16>(cellOf(b, lane, light), 2) : load<u32>(cellOf(b, lane, light), 4)
  }
  const before = light ? scoreLight(l0, l1, c0, c1) : scoreHeavy(l0, l1, c0, c1)
  const after = light ? scoreLight(l0 + a0, l1 + a1, c0, c1) : scoreHeavy(l0 + a0, l1 + a1, c0, c1)
  return abs(after - before) > slack * <f64>(a0 + a1)
}

function cellOf(bin: u32, lane: u32, light: bool): usize {
  return light ? histogram + (<usize>bin << 4) + (<usize>lane << 2) : histogram + (<usize>bin << 5) + (<usize>lane << 3)
}
