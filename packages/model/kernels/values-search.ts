import { accept, bestFeature, bestScore, bestSubset, binned, setBinned, startNode } from './best'
import { setGroup } from './cuts'
import { drawFeatures, drawVarying, firstVarying, setAsideLevels } from './draw'
import { sizeOf } from './kinds'
import { levelsAreLanes } from './level-places'
import { lookLevelsOfValues } from './level-values'
import { NETWORK_ROWS } from './network'
import { candidates, levelCandidates, levelCount, levels, minLeaf, missing, randomCuts } from './state'
import { forgetSubset, settleSubset } from './subsets'
import { lookBig, mostLevelsOfLane } from './values-big'
import { lookMixed } from './values-missing'
import { lookRandom } from './values-random'
import { decreaseOf } from './values-score'
import { lookSmall, startRounding } from './values-small'
import { lookSmallWeighed } from './weighed-small'

/** Looks for the best cut of a node of weight `weight` and sum `sum`; false when there is none that is worth it. */
export function findCut<T>(first: usize, end: usize, n: u32, weight: f64, sum: f64): bool {
  startNode()
  forgetSubset()
  startRounding()
  const all = drawFeatures()
  const count = levels == 0 || levelsAreLanes(n) ? all : setAsideLevels(all, mostLevelsOfLane(n), 0xffffffff)
  const last = count - 1
  for (let i: u32 = 0; i < count; i += 4) {
    setGroup(i)
    look<T>(
      load<u32>(candidates + (<usize>i << 2)),
      load<u32>(candidates + (<usize>min(i + 1, last) << 2)),
      load<u32>(candidates + (<usize>min(i + 2, last) << 2)),
      load<u32>(candidates + (<usize>min(i + 3, last) << 2)),
      first,
      end,
      n,
      weight,
      sum,
    )
  }
  for (let i: u32 = 0; i < all - count; i++) {
    lookLevelsOfValues<T>(load<u32>(levelCandidates + (<usize>i << 2)), first, end, n, weight, sum)
  }
  if (bestScore < 0) {
    while (bestScore < 0) {
      setGroup(0)
      const f = drawVarying(first, end)
      if (f < 0) break
      look<T>(f, f, f, f, first, end, n, weight, sum)
    }
    if (bestScore < 0 && binned && n > <u32>NETWORK_ROWS) {
      const f = firstVarying(first, end)
      if (f < 0) return false
      setBinned(false)
      look<T>(f, f, f, f, first, end, n, weight, sum)
      setBinned(true)
    }
    if (bestScore < 0) return false
  }
  if (bestSubset) settleSubset<T>(bestFeature, first, end)
  return accept(decreaseOf(weight, sum))
}

function look<T>(
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
  if (levelCount(f0) > mostLevelsOfLane(n) && !levelsAreLanes(n)) lookLevelsOfValues<T>(f0, first, end, n, weight, sum)
  else if (randomCuts) lookRandom<T>(f0, f1, f2, f3, first, end, n, weight, sum)
  else if (n > <u32>NETWORK_ROWS) {
    if (missing != 0 && minLeaf > 1) lookMixed<T>(f0, f1, f2, f3, first, end, n, weight, sum)
    else lookBig<T>(f0, f1, f2, f3, first, end, n, weight, sum)
  } else if (sizeOf<T>() == 24) lookSmallWeighed(f0, f1, f2, f3, first, end, n, weight, sum)
  else lookSmall(f0, f1, f2, f3, first, end, n, weight, sum)
}
