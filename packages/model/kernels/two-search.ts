import { accept, bestFeature, bestScore, bestSubset, binned, leftFirst, leftSecond, setBinned, startNode } from './best'
import { setGroup } from './cuts'
import { drawFeatures, drawVarying, firstVarying, setAsideLevels } from './draw'
import { Labelled } from './kinds'
import { lookLevelsOfTwo } from './level-cuts'
import { levelsAreLanes } from './level-places'
import { NETWORK_ROWS } from './network'
import { candidates, levelCandidates, levelCount, levels, minLeaf, missing, randomCuts, terms } from './state'
import { forgetSubset, settleSubset } from './subsets'
import { lookBig } from './two-big'
import { decreaseOfEntropy, startTerms } from './two-entropy'
import { label0, label1 } from './two-leaf'
import { lookMixed } from './two-missing'
import { cutPair, cutPairAnywhere } from './two-pair'
import { lookRandom } from './two-random'
import { factor0, factor1 } from './two-score'
import { lookSmall } from './two-small'

/** Looks for the best cut of a node that holds both classes, of weights c0 and c1; false when there is none that is worth it. */
export function findCut(first: usize, end: usize, n: u32, c0: u32, c1: u32): bool {
  startNode()
  forgetSubset()
  let count = drawFeatures()
  if (n == 2) {
    for (let i: u32 = 0; i < count; i++) {
      const f = load<u32>(candidates + (<usize>i << 2))
      if (randomCuts ? cutPairAnywhere(f, i, first) : cutPair(f, first)) return accept(decreaseOf(c0, c1))
    }
  } else {
    const drawn = count
    if (terms != 0 && !randomCuts) startTerms(c0, c1)
    if (levels != 0 && !levelsAreLanes(n)) count = setAsideLevels(count, 0, 0xffffffff)
    for (let i: u32 = 0; i < count; i += 4) {
      setGroup(i)
      // A short group repeats its last feature, which then loses to itself.
      const last = count - 1
      look(
        load<u32>(candidates + (<usize>i << 2)),
        load<u32>(candidates + (<usize>min(i + 1, last) << 2)),
        load<u32>(candidates + (<usize>min(i + 2, last) << 2)),
        load<u32>(candidates + (<usize>min(i + 3, last) << 2)),
        first,
        end,
        n,
        c0,
        c1,
      )
    }
    for (let i: u32 = 0; i < drawn - count; i++) {
      lookLevelsOfTwo(load<u32>(levelCandidates + (<usize>i << 2)), first, end, n, c0, c1, label1 > label0)
    }
  }
  if (bestScore < 0) {
    if (n == 2 && terms != 0 && !randomCuts) startTerms(c0, c1)
    while (bestScore < 0) {
      setGroup(0)
      const f = drawVarying(first, end)
      if (f < 0) break
      look(f, f, f, f, first, end, n, c0, c1)
    }
    if (bestScore < 0 && binned && n > <u32>NETWORK_ROWS) {
      const f = firstVarying(first, end)
      if (f < 0) return false
      setBinned(false)
      look(f, f, f, f, first, end, n, c0, c1)
      setBinned(true)
    }
    if (bestScore < 0) return false
  }
  if (bestSubset) settleSubset<Labelled>(bestFeature, first, end)
  return accept(decreaseOf(c0, c1))
}

function decreaseOf(c0: u32, c1: u32): f64 {
  if (terms != 0) return decreaseOfEntropy(<u32>leftFirst, <u32>leftSecond, c0, c1)
  const nl = <f64>factor0 * leftFirst + <f64>factor1 * leftSecond
  const whole = <f64>factor0 * <f64>c0 + <f64>factor1 * <f64>c1
  const d = leftSecond * <f64>c0 - leftFirst * <f64>c1
  const product = <f64>factor0 * <f64>factor1
  return ((2 * (d * d)) / (nl * (whole - nl)) / whole) * product * product
}

function look(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32, c0: u32, c1: u32): void {
  if (levelCount(f0) > 0 && !levelsAreLanes(n)) lookLevelsOfTwo(f0, first, end, n, c0, c1, label1 > label0)
  else if (randomCuts) lookRandom(f0, f1, f2, f3, first, end, n, c0, c1)
  else if (n <= <u32>NETWORK_ROWS) lookSmall(f0, f1, f2, f3, first, end, n, c0, c1, label1 > label0)
  else if (missing != 0 && minLeaf > 1) lookMixed(f0, f1, f2, f3, first, end, n, c0, c1)
  else lookBig(f0, f1, f2, f3, first, end, n, c0, c1)
}
