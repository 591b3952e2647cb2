import { accept, bestFeature, bestScore, bestSubset, binned, leftFirst, leftSecond, leftThird, setBinned, startNode } from './best'
import { setGroup } from './cuts'
import { drawFeatures, drawVarying, firstVarying, setAsideLevels } from './draw'
import { sizeOf } from './kinds'
import { lookLevelsOfMany } from './level-direction'
import { levelsAreLanes } from './level-places'
import { ANY_LEVELS, leastLevelsOfLane, lookBig, mostLevelsOfLane } from './many-big'
import { decreaseOfEntropy } from './many-entropy'
import { decreaseOfMasses, measureNode, present, squares, whole } from './many-node'
import { lookRandom } from './many-random'
import { lookSmall } from './many-small'
import { NETWORK_ROWS } from './network'
import { candidates, levelCandidates, levelCount, levels, randomCuts, terms } from './state'
import { forgetSubset, settleSubset } from './subsets'
import { lookBigUnits, lookSmallUnits } from './units'

/** Looks for the best cut of a node of three and more classes, which are counted; false when there is none that is worth it. */
export function findCut<T>(first: usize, end: usize, n: u32): bool {
  startNode()
  forgetSubset()
  measureNode<T>(first, end)
  const drawn = drawFeatures()
  const most = mostLevelsOfLane(n)
  const count = levels == 0 || most == ANY_LEVELS || levelsAreLanes(n) ? drawn : setAsideLevels(drawn, most, leastLevelsOfLane(n))
  for (let i: u32 = 0; i < count; i += 4) {
    setGroup(i)
    const last = count - 1
    look<T>(
      load<u32>(candidates + (<usize>i << 2)),
      load<u32>(candidates + (<usize>min(i + 1, last) << 2)),
      load<u32>(candidates + (<usize>min(i + 2, last) << 2)),
      load<u32>(candidates + (<usize>min(i + 3, last) << 2)),
      first,
      end,
      n,
    )
  }
  for (let i: u32 = 0; i < drawn - count; i++) {
    lookLevelsOfMany<T>(load<u32>(levelCandidates + (<usize>i << 2)), first, end, n, present)
  }
  if (bestScore < 0) {
    while (bestScore < 0) {
      setGroup(0)
      const f = drawVarying(first, end)
      if (f < 0) break
      look<T>(f, f, f, f, first, end, n)
    }
    if (bestScore < 0 && binned && n > <u32>NETWORK_ROWS) {
      const f = firstVarying(first, end)
      if (f < 0) return false
      setBinned(false)
      look<T>(f, f, f, f, first, end, n)
      setBinned(true)
    }
    if (bestScore < 0) return false
  }
  if (bestSubset) settleSubset<T>(bestFeature, first, end)
  if (sizeOf<T>() == 24) return accept(max(decreaseOfMasses(first, end), 0))
  if (terms != 0) return accept(decreaseOfEntropy(bestScore))
  const nl = leftFirst
  const lsq = leftSecond
  const rsq = squares - 2 * leftThird + lsq
  const decrease = lsq / nl + rsq / (whole - nl) - squares / whole
  return accept(max(decrease, 0))
}

function look<T>(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32): void {
  if (levelCount(f0) > mostLevelsOfLane(n) && levelCount(f0) < leastLevelsOfLane(n) && !levelsAreLanes(n)) lookLevelsOfMany<T>(f0, first, end, n, present)
  else if (randomCuts) lookRandom<T>(f0, f1, f2, f3, first, end, n)
  else if (sizeOf<T>() == 24) {
    if (n <= <u32>NETWORK_ROWS) lookSmallUnits(f0, f1, f2, f3, first, end, n)
    else lookBigUnits(f0, f1, f2, f3, first, end, n)
  }
  else if (n <= <u32>NETWORK_ROWS) lookSmall(f0, f1, f2, f3, first, end, n)
  else lookBig(f0, f1, f2, f3, first, end, n)
}
