import { accept, bestCut, bestFeature, bestRight, bestScore, bestThreshold, binned, leftFirst, leftSecond, NOT_KNOWN, setBinned, startNode, startSearch } from './best'
import { budget, pause, spend, startBudget } from './budget'
import { setGroup } from './cuts'
import { drawFeatures, drawVarying, firstVarying, setAsideLevels, startOrder } from './draw'
import { lookLevelsOfValues } from './level-cuts'
import { NETWORK_ROWS } from './network'
import { endTree, linkRight, startTree, writeSides, writeSplit } from './nodes'
import { leftEdge, partByThreshold, rightEdge } from './part'
import { startPath, stepBack, stepLeft, stepRight, undoCount } from './path'
import { seedRandom } from './random'
import { drawSamples } from './sample'
import {
  candidates,
  drawn,
  features,
  fixedLowest,
  fixedStep,
  fixedValues,
  FRAME,
  importances,
  levelCandidates,
  levelCount,
  levels,
  maxBins,
  maxDepth,
  minLeaf,
  minSplit,
  missing,
  randomCuts,
  rows,
  samples,
  stack,
  stride,
} from './state'
import { lookBig } from './values-big'
import { fetchValues, onlyValue, writeMeanLeaf, writePureLeaf } from './values-leaf'
import { lookMixed } from './values-missing'
import { growPair } from './values-pair'
import { partWide, partWideAndFindEdges } from './values-part'
import { lookRandom } from './values-random'
import { decreaseOf } from './values-score'
import { lookSmall } from './values-small'

/*
 * Trees of numbers. A sample is 16 bytes: byte offset of its codes, weight << 24 | its place in the range of values
 * (24 bits, rounded down), and f64 weight * value, where values are whole numbers whose sums stay below 2^53. With sl, S
 * the sums and nl, nr, N the weights on the left, on the right and in the node, the score of a cut is
 *
 *   (sl N - S nl)^2 / (nl nr)  =  decrease of the squared error * N
 *
 * in float64; in nodes of at most NETWORK_ROWS rows see lookSmall.
 */

/** Grows a tree; answers its weight, or 0 when a row weighs too much. */
export function growValues(state: u64, stream: u64, rowsAtOnce: i32): u32 {
  startBudget(rowsAtOnce)
  seedRandom(state, stream)
  startTree()
  startOrder()
  startPath()
  memory.fill(importances, 0, <usize>features << 3)
  if (!drawSamples()) return 0
  let out = samples
  let offset: u32 = 0
  let weight: u32 = 0
  let sum: f64 = 0
  const perStep = 1 / fixedStep
  for (let row: usize = 0; row < rows; row++, offset += stride) {
    const w = <u32>load<u8>(drawn + row)
    const value = load<f64>(fixedValues + (row << 3))
    const place = <u32>((value - fixedLowest) * perStep)
    store<u32>(out, offset)
    store<u32>(out, (w << 24) | place, 4)
    store<f64>(out, <f64>w * value, 8)
    out += <usize>(w != 0) << 4
    weight += w
    sum += <f64>w * value
  }
  startSearch(weight, maxBins != 0 && !randomCuts)
  if (walk(samples, out, weight, sum, 0, stack)) endTree()
  else pause()
  return weight
}

// Where a paused tree goes on.
let savedFirst: usize = 0
let savedEnd: usize = 0
let savedWeight: u32 = 0
let savedSum: f64 = 0
let savedDepth: u32 = 0
let savedFrame: usize = 0

export function resumeValues(): bool {
  return walk(savedFirst, savedEnd, savedWeight, savedSum, savedDepth, savedFrame)
}

function walk(from: usize, to: usize, nodeWeight: u32, nodeSum: f64, level: u32, top: usize): bool {
  let first = from
  let end = to
  let weight = nodeWeight
  let sum = nodeSum
  let depth = level
  let frame = top
  let ended = endAtOnce(first, end, depth)
  while (true) {
    // A node that ended is followed by the right child that waits on top of the stack.
    while (ended) {
      if (frame == stack) {
        fetchValues()
        return true
      }
      frame -= FRAME
      first = load<u32>(frame)
      end = load<u32>(frame, 4)
      weight = load<u32>(frame, 8)
      depth = load<u32>(frame, 16)
      linkRight(load<u32>(frame, 20))
      stepBack(load<u32>(frame, 24))
      sum = load<f64>(frame, 40)
      if (end - first > <usize>(NETWORK_ROWS << 4) && !randomCuts) stepRight(load<u32>(frame, 28), load<u32>(frame, 32))
      ended = endAtOnce(first, end, depth)
    }
    const n = <u32>((end - first) >> 4)
    if (budget <= 0) {
      savedFirst = first
      savedEnd = end
      savedWeight = weight
      savedSum = sum
      savedDepth = depth
      savedFrame = frame
      return false
    }
    spend(n)
    if (n < minSplit || n < minLeaf << 1 || depth >= maxDepth || !findCut(first, end, n, weight, sum)) {
      writeMeanLeaf(first, end)
      ended = true
      continue
    }
    const f = bestFeature
    const nl = <u32>leftFirst
    const sl = leftSecond
    let middle: usize
    let left = bestCut
    let right = bestRight
    if (right == NOT_KNOWN) {
      middle = partWideAndFindEdges(f, bestCut, first, end)
      left = leftEdge
      right = rightEdge
    } else {
      middle = randomCuts ? partByThreshold(f, bestThreshold, first, end, 16) : partWide(f, bestCut, first, end)
    }
    const split = writeSplit(f, left, right)
    writeSides(split, <u32>((middle - first) >> 4), <u32>((end - middle) >> 4))
    depth++
    if (endAtOnce(first, middle, depth)) {
      linkRight(split)
      if (n > <u32>NETWORK_ROWS && !randomCuts) stepRight(f, right)
      first = middle
      weight -= nl
      sum -= sl
      ended = endAtOnce(first, end, depth)
    } else {
      store<u32>(frame, <u32>middle)
      store<u32>(frame, <u32>end, 4)
      store<u32>(frame, weight - nl, 8)
      store<u32>(frame, depth, 16)
      store<u32>(frame, split, 20)
      store<u32>(frame, undoCount, 24)
      store<u32>(frame, f, 28)
      store<u32>(frame, right, 32)
      store<f64>(frame, sum - sl, 40)
      frame += FRAME
      if (n > <u32>NETWORK_ROWS && !randomCuts) stepLeft(f, left)
      end = middle
      weight = nl
      sum = sl
    }
  }
}

/** Writes a node whose rows have one value, or that has two rows; false for any other, and for those two when a pause is due. */
function endAtOnce(first: usize, end: usize, depth: u32): bool {
  if (onlyValue(first, end)) {
    writePureLeaf(first, <u32>((end - first) >> 4))
    return true
  }
  if (end - first != 32 || budget <= 0 || minSplit > 2 || minLeaf > 1 || depth >= maxDepth) return false
  growPair(first)
  return true
}

function findCut(first: usize, end: usize, n: u32, weight: u32, sum: f64): bool {
  startNode()
  const all = drawFeatures()
  const count = levels == 0 ? all : setAsideLevels(all)
  const last = count - 1
  for (let i: u32 = 0; i < count; i += 4) {
    setGroup(i)
    look(
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
    lookLevelsOfValues(load<u32>(levelCandidates + (<usize>i << 2)), first, end, n, weight, sum)
  }
  if (bestScore < 0) {
    while (bestScore < 0) {
      setGroup(0)
      const f = drawVarying(first, end)
      if (f < 0) break
      look(f, f, f, f, first, end, n, weight, sum)
    }
    if (bestScore < 0 && binned && n > <u32>NETWORK_ROWS) {
      const f = firstVarying(first, end)
      if (f < 0) return false
      setBinned(false)
      look(f, f, f, f, first, end, n, weight, sum)
      setBinned(true)
    }
    if (bestScore < 0) return false
  }
  return accept(decreaseOf(<f64>weight, sum))
}

function look(
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
  if (levelCount(f0) > 0) lookLevelsOfValues(f0, first, end, n, weight, sum)
  else if (randomCuts) lookRandom(f0, f1, f2, f3, first, end, n, weight, sum)
  else if (n <= <u32>NETWORK_ROWS) lookSmall(f0, f1, f2, f3, first, end, n, weight, sum)
  else if (missing != 0 && minLeaf > 1) lookMixed(f0, f1, f2, f3, first, end, n, weight, sum)
  else lookBig(f0, f1, f2, f3, first, end, n, weight, sum)
}
