import { bestCounted, bestCut, bestDecrease, bestFeature, bestRight, book, leftFirst, leftRows, leftSecond, NOT_KNOWN } from './best'
import { budget, spend } from './budget'
import { Labelled, sizeOf, Valued, Weighed } from './kinds'
import { makePair, pairA, pairB, pairFirst, pairSecond } from './many'
import { keepClasses, takeKeptClasses } from './many-children'
import { clearTotals, countClasses, present } from './many-node'
import { findCut as findCutOfMany } from './many-search'
import { NETWORK_ROWS } from './network'
import { sidesOf, thresholdOf } from './nodes'
import { leftEdge, partByBest, rightEdge } from './part'
import { stepBack, stepLeft, stepRight, tighten, undoCount } from './path'
import { addPlot, MANY, mayBeSplit, putPlot, startPlots, takePlot } from './plots'
import { classes, maxDepth, maxLeaves, minLeaf, minSplit, randomCuts, rowWeights } from './state'
import { nextSubset } from './write-subsets'
import { setClasses } from './two-leaf'
import { findCut as findCutOfTwo } from './two-search'
import { onlyValue, setLabels } from './values-leaf'
import { findCut as findCutOfValues } from './values-search'
import { startWriting, writePlots } from './write-plots'

/*
 * Trees of at most `maxLeaves` leaves: of all nodes at hand that is split whose split decreases impurity most. A node is looked at when it
 * is made, and parted at once if it may be split some day: what the cut follows from (sides of levels, values
 * that were gathered) is there only then. Once there are enough leaves the tree is written in pre-order.
 */

const LOOK: u32 = 0
const SPLIT: u32 = 1
const WRITE: u32 = 2
let phase: u32 = LOOK
let leaves: u32 = 1
let root: usize = 0

/** Starts on a tree of the samples [first, end) with the sums of a plot; answers as `growLeaves` does. */
export function startLeaves(first: usize, end: usize, a: f64, b: f64): bool {
  startPlots()
  phase = LOOK
  leaves = 1
  root = addPlot(first, end, 0, 0, classes > 2 ? MANY : 1 << 16, a, b)
  return growLeaves()
}

/** Grows the tree, or goes on with it; false when the budget is spent. */
export function growLeaves(): bool {
  if (rowWeights != 0) return grow<Weighed>()
  return classes == 0 ? grow<Valued>() : grow<Labelled>()
}

function grow<T>(): bool {
  if (phase == LOOK) {
    if (budget <= 0) return false
    look<T>(root)
    phase = SPLIT
  }
  while (phase == SPLIT) {
    if (budget <= 0) return false
    const plot = leaves < maxLeaves ? takePlot() : 0
    if (plot != 0) {
      split<T>(plot)
      continue
    }
    phase = WRITE
    startWriting(root)
  }
  return writePlots<T>()
}

/** Makes the children of a node and looks at them, unless they are leaves in any case. */
function split<T>(plot: usize): void {
  const f = load<u32>(plot, 72)
  book(f, load<f64>(plot, 64))
  const first = <usize>load<u32>(plot)
  const end = <usize>load<u32>(plot, 4)
  const middle = <usize>load<u32>(plot, 8)
  const depth = load<u32>(plot, 12) + 1
  const labels = load<u32>(plot, 24)
  const a = load<f64>(plot, 48)
  const b = load<f64>(plot, 56)
  const left = addPlot(first, middle, depth, plot, labels, a, b)
  const right = addPlot(middle, end, depth, plot, labels, load<f64>(plot, 32) - a, load<f64>(plot, 40) - b)
  store<u32>(plot, <u32>left, 20)
  if (labels == MANY) {
    store<u32>(left, load<u16>(plot, 48), 28)
    store<u32>(right, load<u16>(plot, 50), 28)
  }
  if (++leaves == maxLeaves) return
  if (randomCuts || <u32>((end - first) / sizeOf<T>()) <= <u32>NETWORK_ROWS) {
    look<T>(left)
    look<T>(right)
    return
  }
  followPath(plot)
  const height = undoCount
  stepLeft(f, load<u32>(plot, 80))
  look<T>(left)
  stepBack(height)
  stepRight(f, load<u32>(plot, 84))
  look<T>(right)
  stepBack(0)
}

/** Brings the bounds of all features to what the splits above a node allow there. */
function followPath(plot: usize): void {
  let child = plot
  for (let above = <usize>load<u32>(child, 16); above != 0; child = above, above = <usize>load<u32>(above, 16)) {
    tighten(load<u32>(above, 72), child == <usize>load<u32>(above, 20), load<u32>(above, 80), load<u32>(above, 84))
  }
}

/** Looks for the cut of a node. */
function look<T>(plot: usize): void {
  const first = <usize>load<u32>(plot)
  const end = <usize>load<u32>(plot, 4)
  const n = <u32>((end - first) / sizeOf<T>())
  spend(n)
  if (n < minSplit || n < minLeaf << 1 || load<u32>(plot, 12) >= maxDepth) return
  if (classes > 2 && load<u32>(plot, 24) == MANY) {
    const kept = load<u32>(plot, 28)
    if (kept == 1) return
    if (kept != 0) takeKeptClasses(first, kept)
    else countClasses<T>(first, end)
    if (present != 2) {
      if (present > 2 && findCutOfMany<T>(first, end, n)) keep<T>(plot, first, end, 0)
      clearTotals<T>()
      return
    }
    makePair<T>(first, end)
    store<u32>(plot, pairFirst | (pairSecond << 16), 24)
    store<f64>(plot, pairA, 32)
    store<f64>(plot, pairB, 40)
  }
  const a = load<f64>(plot, 32)
  const b = load<f64>(plot, 40)
  if (sizeOf<T>() == 8) {
    if (a == 0 || b == 0) return
    setClasses(load<u16>(plot, 24), load<u16>(plot, 26))
    if (!findCutOfTwo(first, end, n, <u32>a, <u32>b)) return
    // Children of one class each are leaves, whose samples need not be told apart.
    const ends = (leftFirst == 0 || leftSecond == 0) && (leftFirst == a || leftSecond == b)
    keep<T>(plot, first, end, ends && leftRows != 0 ? first + <usize>leftRows * sizeOf<T>() : 0)
  } else if (!onlyValue<T>(first, end)) {
    if (classes > 0) setLabels(load<u16>(plot, 24), load<u16>(plot, 26))
    if (findCutOfValues<T>(first, end, n, a, b)) keep<T>(plot, first, end, 0)
  }
}

/** Parts a node by its best cut, unless that is done (`parted` is then where the right samples begin), and puts it on the heap; unless it is never split. */
function keep<T>(plot: usize, first: usize, end: usize, parted: usize): void {
  if (!mayBeSplit(bestDecrease)) return
  const isParted = parted != 0 && bestRight != NOT_KNOWN
  const middle = isParted ? parted : partByBest<T>(first, end)
  const left = isParted ? bestCut : leftEdge
  const right = isParted ? bestRight : rightEdge
  store<u32>(plot, <u32>middle, 8)
  if (classes > 2 && load<u32>(plot, 24) == MANY) {
    store<u32>(plot, bestCounted ? keepClasses(first, middle) : 0, 48)
  } else {
    store<f64>(plot, leftFirst, 48)
    store<f64>(plot, leftSecond, 56)
  }
  store<f64>(plot, bestDecrease, 64)
  store<u32>(plot, bestFeature, 72)
  store<f32>(plot, thresholdOf(bestFeature, left, right), 76)
  store<u32>(plot, left, 80)
  store<u32>(plot, right, 84)
  store<u32>(plot, nextSubset(), 88)
  store<u32>(plot, sidesOf(<u32>((middle - first) / sizeOf<T>()), <u32>((end - middle) / sizeOf<T>())), 92)
  putPlot(plot)
}
