import { frontier, greatest, maxLeaves, PLOT, plots } from './state'

/*
 * The nodes of a tree that grows best first, in the order they are met, and a heap of those that may still be split. A plot is PLOT
 * bytes, of which what stands here is told of every node; the rest once its cut is found:
 *
 *    0  u32 samples [first, end), and at 8 where the right child's begin, once they are parted; else 0
 *   12  u32 depth, parent, left child (0 for a leaf; the right one follows it)
 *   24  u16 two classes, or MANY
 *   28  u32 classes that are kept for it (many-children.ts); 0 where they are counted when the node is met
 *   32  f64 two sums: the weights of the two classes; or weight and weighted value
 *   48  f64 those of the left child; or u16 classes that are kept for each child
 *   64  f64 decrease of impurity times weight
 *   72  u32 feature, f32 threshold
 *   80  u32 codes next to the cut
 *   88  u32 where the subset begins among all of the tree
 *   92  u32 flags of the split
 */

/** In place of two classes. No class has this number. */
export const MANY: u32 = 0xffffffff

let plotsEnd: usize = 0
let waiting: u32 = 0
/** Decreases in `greatest`, a heap whose least is first. */
let found: u32 = 0

export function startPlots(): void {
  plotsEnd = plots
  waiting = 0
  found = 0
}

export function addPlot(first: usize, end: usize, depth: u32, parent: usize, labels: u32, a: f64, b: f64): usize {
  const plot = plotsEnd
  plotsEnd += PLOT
  store<u32>(plot, <u32>first)
  store<u32>(plot, <u32>end, 4)
  store<u32>(plot, 0, 8)
  store<u32>(plot, depth, 12)
  store<u32>(plot, <u32>parent, 16)
  store<u32>(plot, 0, 20)
  store<u32>(plot, labels, 24)
  store<u32>(plot, 0, 28)
  store<f64>(plot, a, 32)
  store<f64>(plot, b, 40)
  return plot
}

/**
 * Whether a decrease is among the maxLeaves - 1 greatest that were found, of equal ones the first; if so, it is one of them from now on. Of others
 * so many come before that they are never split.
 */
export function mayBeSplit(gain: f64): bool {
  let at = found
  if (found == maxLeaves - 1) {
    if (gain <= load<f64>(greatest)) return false
    at = 0
    while (true) {
      let below: u32 = 2 * at + 1
      if (below >= found) break
      if (below + 1 < found && greatestAt(below + 1) < greatestAt(below)) below++
      if (gain <= greatestAt(below)) break
      setGreatest(at, greatestAt(below))
      at = below
    }
  } else {
    found++
    while (at > 0 && gain < greatestAt((at - 1) >> 1)) {
      setGreatest(at, greatestAt((at - 1) >> 1))
      at = (at - 1) >> 1
    }
  }
  setGreatest(at, gain)
  return true
}

function greatestAt(at: u32): f64 {
  return load<f64>(greatest + (<usize>at << 3))
}

function setGreatest(at: u32, gain: f64): void {
  store<f64>(greatest + (<usize>at << 3), gain)
}

/** Puts a plot whose cut is found on the heap: the greatest decrease first, of equal ones the first met. */
export function putPlot(plot: usize): void {
  rise(load<f64>(plot, 64), plot, waiting++)
}

/** The plot to split next; 0 when there is none. */
export function takePlot(): usize {
  if (waiting == 0) return 0
  const best = <usize>load<u32>(frontier, 8)
  const last = entry(--waiting)
  // The gap goes all the way down, since the last one is seldom better than others there: a step is a choice without a branch.
  let gap: u32 = 0
  let below: u32 = 1
  while (below < waiting) {
    below += <u32>isBefore(entry(below + 1), entry(below))
    move(below, gap)
    gap = below
    below = 2 * gap + 1
  }
  if (gap != waiting) rise(load<f64>(last), <usize>load<u32>(last, 8), gap)
  return best
}

/** Puts a plot where there is a gap, or above. */
function rise(gain: f64, plot: usize, gap: u32): void {
  while (gap > 0) {
    const above = (gap - 1) >> 1
    const other = load<f64>(entry(above))
    if (gain < other || (gain == other && plot > <usize>load<u32>(entry(above), 8))) break
    move(above, gap)
    gap = above
  }
  store<f64>(entry(gap), gain)
  store<u32>(entry(gap), <u32>plot, 8)
}

function isBefore(a: usize, b: usize): bool {
  const gain = load<f64>(a)
  const other = load<f64>(b)
  return <bool>(<u32>(gain > other) | (<u32>(gain == other) & <u32>(load<u32>(a, 8) < load<u32>(b, 8))))
}

function entry(at: u32): usize {
  return frontier + (<usize>at << 4)
}

function move(from: u32, to: u32): void {
  v128.store(entry(to), v128.load(entry(from)))
}
