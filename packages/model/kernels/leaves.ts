import { bestCounted, bestCut, bestDecrease, bestFeature, bestRight, bestThreshold, book, leftFirst, leftRows, leftSecond, NOT_KNOWN } from './best'
import { budget, spend } from './budget'
import { Labelled, sizeOf, Valued, Weighed } from './kinds'
import { findCut as findCutOfMany, makePair, pairA, pairB, pairFirst, pairSecond } from './many'
import { keepClasses, takeKeptClasses } from './many-children'
import { clearTotals, countClasses, present, writeMixed } from './many-node'
import { NETWORK_ROWS } from './network'
import { addSplit, linkRight, sidesOf, thresholdOf, writeLeaf } from './nodes'
import { leftEdge, part, partAndFindEdges, partByThreshold, rightEdge } from './part'
import { stepBack, stepLeft, stepRight, tighten, undoCount } from './path'
import { addPlot, MANY, mayBeSplit, putPlot, startPlots, takePlot } from './plots'
import { classes, maxDepth, maxLeaves, minLeaf, minSplit, PLOT, randomCuts, rowWeights, splitFlags, stack, subsetPlaces } from './state'
import { nextSubset } from './subsets'
import { findCut as findCutOfTwo, leafEntries, setClasses } from './two'
import { findCut as findCutOfValues } from './values'
import { fetchValues, onlyValue, setLabels, writeMeanLeaf, writeMergedLeaf, writePureLeaf } from './values-leaf'

/*
 * Trees of at most `maxLeaves` leaves: of all nodes at hand that is split whose split decreases impurity most. A node is looked at when it
 * is made, and parted at once if there is a cut, whatever becomes of it: what the cut follows from (sides of levels, values
 * that were gathered) is there only then. Once there are enough leaves the tree is written in pre-order.
 */

const LOOK: u32 = 0
const SPLIT: u32 = 1
const WRITE: u32 = 2
let phase: u32 = LOOK
let leaves: u32 = 1
let root: usize = 0
/** Nodes still to be written: u32 plot, u32 number of the split whose right child it is, or NO_PARENT. */
let top: usize = 0
const NO_PARENT: u32 = 0xffffffff

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
    top = stack
    wait(root, NO_PARENT)
  }
  return write<T>()
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
  const f = bestFeature
  let middle = parted
  let left = bestCut
  let right = bestRight
  if (right == NOT_KNOWN) {
    middle = partAndFindEdges<T>(f, bestCut, first, end)
    left = leftEdge
    right = rightEdge
  } else if (middle == 0) {
    middle = randomCuts ? partByThreshold<T>(f, bestThreshold, first, end) : part<T>(f, bestCut, first, end)
  }
  store<u32>(plot, <u32>middle, 8)
  if (classes > 2 && load<u32>(plot, 24) == MANY) {
    store<u32>(plot, bestCounted ? keepClasses(first, middle) : 0, 48)
  } else {
    store<f64>(plot, leftFirst, 48)
    store<f64>(plot, leftSecond, 56)
  }
  store<f64>(plot, bestDecrease, 64)
  store<u32>(plot, f, 72)
  store<f32>(plot, thresholdOf(f, left, right), 76)
  store<u32>(plot, left, 80)
  store<u32>(plot, right, 84)
  store<u32>(plot, nextSubset(), 88)
  store<u32>(plot, sidesOf(<u32>((middle - first) / sizeOf<T>()), <u32>((end - middle) / sizeOf<T>())), 92)
  putPlot(plot)
}

/** Writes the nodes in pre-order, or goes on with that; false when the budget is spent. */
function write<T>(): bool {
  while (top != stack) {
    if (budget <= 0) return false
    top -= 8
    const plot = <usize>load<u32>(top)
    const parent = load<u32>(top, 4)
    if (parent != NO_PARENT) linkRight(parent)
    const left = <usize>load<u32>(plot, 20)
    if (left == 0) {
      writeLeafOf<T>(plot)
      continue
    }
    const number = addSplit(load<u32>(plot, 72), load<f32>(plot, 76))
    const flags = load<u32>(plot, 92)
    store<u8>(splitFlags + <usize>number, <u8>flags)
    if ((flags & SUBSET) != 0) store<u32>(subsetPlaces + (<usize>number << 2), load<u32>(plot, 88))
    wait(left + PLOT, number)
    wait(left, NO_PARENT)
  }
  fetchValues()
  return true
}

const SUBSET: u32 = 2

function wait(plot: usize, parent: u32): void {
  store<u32>(top, <u32>plot)
  store<u32>(top, parent, 4)
  top += 8
}

function writeLeafOf<T>(plot: usize): void {
  const first = <usize>load<u32>(plot)
  const end = <usize>load<u32>(plot, 4)
  const n = <u32>((end - first) / sizeOf<T>())
  spend(n)
  const labels = load<u32>(plot, 24)
  if (classes > 2 && labels == MANY) {
    const kept = load<u32>(plot, 8) == 0 ? load<u32>(plot, 28) : 0
    if (kept != 0) takeKeptClasses(first, kept)
    else countClasses<T>(first, end)
    writeMixed<T>(n)
    clearTotals<T>()
  } else if (sizeOf<T>() == 8) {
    setClasses(labels & 0xffff, labels >> 16)
    writeLeaf(n)
    leafEntries(<u32>load<f64>(plot, 32), <u32>load<f64>(plot, 40))
  } else {
    const middle = <usize>load<u32>(plot, 8)
    if (classes > 0) setLabels(labels & 0xffff, labels >> 16)
    if (middle != 0) writeMergedLeaf<T>(first, middle, end)
    else if (onlyValue<T>(first, end)) writePureLeaf<T>(first, end)
    else writeMeanLeaf<T>(first, end)
  }
}
