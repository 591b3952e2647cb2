import { bestFeature, leftFirst, leftSecond, startSearch } from './best'
import { budget, pause, spend, startBudget } from './budget'
import { startOrder } from './draw'
import { sizeOf, Valued, Weighed } from './kinds'
import { startLeaves } from './leaves'
import { NETWORK_ROWS } from './network'
import { endTree, linkRight, startTree, writeSides, writeSplit } from './nodes'
import { leftEdge, partByBest, rightEdge } from './part'
import { startPath, stepLeft, stepRight } from './path'
import { seedRandom } from './random'
import { drawSamples } from './sample'
import {
  drawn,
  features,
  fixedLowest,
  fixedScale,
  fixedStep,
  fixedValues,
  FRAME,
  importances,
  maxDepth,
  maxLeaves,
  minLeaf,
  minSplit,
  randomCuts,
  rows,
  rowWeights,
  samples,
  stack,
  stride,
  usesBins,
} from './state'
import { fetchValues, onlyValue, writeMeanLeaf, writePureLeaf } from './values-leaf'
import { growPair } from './values-pair'
import { setPlaces } from './values-refine'
import { setScale } from './values-score'
import { findCut } from './values-search'
import { enterRight, pushRight } from './waiting'
import { drawWeighed, weighedSum, weighedWeight } from './weighed'

/*
 * Trees of numbers, and of two classes with fractional weights, whose value is then 0 or 1. Values are whole numbers whose
 * weighted sums stay below 2^53. With sl, sr the sums of weight * value, nl, nr the weights on the left and on the right and N that
 * of the node, the score of a cut is
 *
 *   (sl nr - sr nl)^2 / (nl nr)  =  decrease of the squared error * N
 *
 * in float64; in nodes of at most NETWORK_ROWS rows see values-small.ts.
 */

/** Grows a tree, or a part of it; false when a row weighs too much. */
export function growValues(state: u64, stream: u64, rowsAtOnce: i32): bool {
  startBudget(rowsAtOnce)
  seedRandom(state, stream)
  startTree()
  startOrder()
  startPath()
  memory.fill(importances, 0, <usize>features << 3)
  if (!drawSamples()) return false
  if (rowWeights != 0) {
    const end = drawWeighed()
    startSearch(weighedWeight, usesBins())
    if (maxLeaves != 0 ? startLeaves(samples, end, weighedWeight, weighedSum) : walkValues<Weighed>(samples, end, weighedWeight, weighedSum, 0, stack, stack)) endTree()
    else pause()
    return true
  }
  setScale(fixedScale)
  setPlaces(fixedLowest, fixedStep, 1, 0)
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
  startSearch(weight, usesBins())
  if (maxLeaves != 0 ? startLeaves(samples, out, weight, sum) : walkValues<Valued>(samples, out, weight, sum, 0, stack, stack)) endTree()
  else pause()
  return true
}

// Where a paused tree goes on.
let savedFirst: usize = 0
let savedEnd: usize = 0
let savedWeight: f64 = 0
let savedSum: f64 = 0
let savedDepth: u32 = 0
let savedFrame: usize = 0
let savedFloor: usize = 0

export function resumeValues(): bool {
  return rowWeights == 0
    ? walkValues<Valued>(savedFirst, savedEnd, savedWeight, savedSum, savedDepth, savedFrame, savedFloor)
    : walkValues<Weighed>(savedFirst, savedEnd, savedWeight, savedSum, savedDepth, savedFrame, savedFloor)
}

/** Grows a subtree, whose right children wait on the stack from `floor` on; false when the budget is spent. */
export function walkValues<T>(
  from: usize,
  to: usize,
  nodeWeight: f64,
  nodeSum: f64,
  level: u32,
  top: usize,
  floor: usize,
): bool {
  let first = from
  let end = to
  let weight = nodeWeight
  let sum = nodeSum
  let depth = level
  let frame = top
  let ended = endAtOnce<T>(first, end, depth)
  while (true) {
    // A node that ended is followed by the right child that waits on top of the stack.
    while (ended) {
      if (frame == floor) {
        if (floor == stack) fetchValues()
        return true
      }
      frame -= FRAME
      first = load<u32>(frame)
      end = load<u32>(frame, 4)
      weight = load<f64>(frame, 8)
      depth = load<u32>(frame, 16)
      sum = load<f64>(frame, 40)
      enterRight(frame, end - first > <usize>NETWORK_ROWS * sizeOf<T>() && !randomCuts)
      ended = endAtOnce<T>(first, end, depth)
    }
    const n = <u32>((end - first) / sizeOf<T>())
    if (budget <= 0) {
      savedFirst = first
      savedEnd = end
      savedWeight = weight
      savedSum = sum
      savedDepth = depth
      savedFrame = frame
      savedFloor = floor
      return false
    }
    spend(n)
    if (n < minSplit || n < minLeaf << 1 || depth >= maxDepth || !findCut<T>(first, end, n, weight, sum)) {
      writeMeanLeaf<T>(first, end)
      ended = true
      continue
    }
    const f = bestFeature
    const nl = leftFirst
    const sl = leftSecond
    const middle = partByBest<T>(first, end)
    const left = leftEdge
    const right = rightEdge
    const split = writeSplit(f, left, right)
    writeSides(split, <u32>((middle - first) / sizeOf<T>()), <u32>((end - middle) / sizeOf<T>()))
    depth++
    if (endAtOnce<T>(first, middle, depth)) {
      linkRight(split)
      if (n > <u32>NETWORK_ROWS && !randomCuts) stepRight(f, right)
      first = middle
      weight -= nl
      sum -= sl
      ended = endAtOnce<T>(first, end, depth)
    } else {
      store<f64>(frame, weight - nl, 8)
      store<f64>(frame, sum - sl, 40)
      frame = pushRight(frame, middle, end, depth, split, f, right)
      if (n > <u32>NETWORK_ROWS && !randomCuts) stepLeft(f, left)
      end = middle
      weight = nl
      sum = sl
    }
  }
}

/** Writes a node whose rows have one value, or that has two rows; false for any other, and for those two when a pause is due. */
function endAtOnce<T>(first: usize, end: usize, depth: u32): bool {
  if (onlyValue<T>(first, end)) {
    writePureLeaf<T>(first, end)
    return true
  }
  if (end - first != 2 * sizeOf<T>() || budget <= 0 || minSplit > 2 || minLeaf > 1 || depth >= maxDepth) return false
  growPair<T>(first)
  return true
}
