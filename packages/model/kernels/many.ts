import { bestCounted, bestFeature } from './best'
import { budget, spend } from './budget'
import { Labelled, sizeOf, Weighed, weightOf } from './kinds'
import { splitClasses, startChildren, takeClasses } from './many-children'
import { clearTotals, countClasses, mass, onlyClass, present, squares, startFactors, weight, writeMixed, writePure } from './many-node'
import { findCut } from './many-search'
import { bringNear } from './near'
import { NETWORK_ROWS } from './network'
import { linkRight, writeEntry, writeLeaf, writeSides, writeSplit } from './nodes'
import { leftEdge, partByBest, rightEdge } from './part'
import { stepLeft, stepRight } from './path'
import { classList, classTotals, FRAME, maxDepth, minLeaf, minSplit, randomCuts, rowWeights, stack } from './state'
import { growTwo, resumeTwo } from './two'
import { resumeValues, walkValues } from './values'
import { setLabels } from './values-leaf'
import { enterRight, pushRight } from './waiting'

/*
 * Trees of three and more classes. The payload of a sample is its class in the low half, its weight in the high half.
 * With l the left weights by class and T those of the node, a cut needs only lsq = sum l^2 and M = sum T l, for the
 * right side's sum of squares is rsq = sum T^2 - 2 M + lsq; a sample of weight w moves them by w (2 l + w) and w T. The score
 *
 *   (lsq nr + rsq nl) / (nl nr)
 *
 * is taken in float32 in a node that weighs less than LIGHT_MANY, where both products are exact, in float64 above.
 * A node that is left with two classes goes to the kernel of two classes, subtree and all.
 */

// Where a paused tree goes on.
let savedFirst: usize = 0
let savedEnd: usize = 0
let savedDepth: u32 = 0
let savedFrame: usize = 0
let insideTwo: bool = false
/** Whether the classes of the node at hand, or of the paused one, are counted. */
let counted: bool = false

export function startMany(): void {
  counted = false
  insideTwo = false
  startChildren()
  startFactors()
}

export function resumeMany(): bool {
  return rowWeights == 0 ? resumeKind<Labelled>() : resumeKind<Weighed>()
}

function resumeKind<T>(): bool {
  if (!insideTwo) return growMany<T>(savedFirst, savedEnd, savedDepth, savedFrame)
  const done = sizeOf<T>() == 24 ? resumeValues() : resumeTwo()
  if (!done) return false
  insideTwo = false
  return growMany<T>(0, 0, 0, savedFrame)
}

/** Grows a tree, or goes on with it: no rows mean that the node on top of the stack is next. False when the budget is spent. */
export function growMany<T>(first: usize, end: usize, depth: u32, frame: usize): bool {
  if (first == 0) {
    if (frame == stack) return true
    frame -= FRAME
    first = load<u32>(frame)
    end = load<u32>(frame, 4)
    enterClasses(load<u32>(frame, 8))
    depth = load<u32>(frame, 16)
    enterRight(frame, end - first > <usize>NETWORK_ROWS * sizeOf<T>() && !randomCuts)
  }
  while (true) {
    const n = <u32>((end - first) / sizeOf<T>())
    if (budget <= 0) {
      savedFirst = first
      savedEnd = end
      savedDepth = depth
      savedFrame = frame
      return false
    }
    spend(n)
    bringNear(first, end, n, sizeOf<T>())
    if (!counted) countClasses<T>(first, end)
    counted = false
    let split = false
    if (present == 2) {
      if (!growPresent<T>(first, end, depth, frame)) {
        insideTwo = true
        savedFrame = frame
        return false
      }
    } else {
      if (present > 2 && n >= minSplit && n >= minLeaf << 1 && depth < maxDepth) split = findCut<T>(first, end, n)
      if (!split) writeMixed<T>(n)
      if (!split || !bestCounted) clearTotals<T>()
    }
    if (split) {
      const f = bestFeature
      const middle = partByBest<T>(first, end)
      const left = leftEdge
      const right = rightEdge
      const node = writeSplit(f, left, right)
      writeSides(node, <u32>((middle - first) / sizeOf<T>()), <u32>((end - middle) / sizeOf<T>()))
      depth++
      if (bestCounted) {
        const rights = splitClasses()
        if (present > 1) {
          frame = pushRight(frame, middle, end, depth, node, f, right)
          store<u32>(frame - FRAME, rights, 8)
          if (n > <u32>NETWORK_ROWS && !randomCuts) stepLeft(f, left)
          end = middle
          counted = true
          continue
        }
        writeCounted((<u32>(middle - first)) >> 3)
        linkRight(node)
        takeClasses(rights)
        if (rights > 1) {
          if (n > <u32>NETWORK_ROWS && !randomCuts) stepRight(f, right)
          first = middle
          counted = true
          continue
        }
        writeCounted((<u32>(end - middle)) >> 3)
      } else if (onlyClass<T>(first, middle)) {
        writePure<T>(first, middle)
        linkRight(node)
        if (onlyClass<T>(middle, end)) {
          writePure<T>(middle, end)
        } else {
          if (n > <u32>NETWORK_ROWS && !randomCuts) stepRight(f, right)
          first = middle
          continue
        }
      } else {
        frame = pushRight(frame, middle, end, depth, node, f, right)
        store<u32>(frame - FRAME, 0, 8)
        if (n > <u32>NETWORK_ROWS && !randomCuts) stepLeft(f, left)
        end = middle
        continue
      }
    }
    if (frame == stack) return true
    frame -= FRAME
    first = load<u32>(frame)
    end = load<u32>(frame, 4)
    enterClasses(load<u32>(frame, 8))
    depth = load<u32>(frame, 16)
    enterRight(frame, end - first > <usize>NETWORK_ROWS * sizeOf<T>() && !randomCuts)
  }
}

/** A leaf of the only class of the node at hand. */
function writeCounted(rows: u32): void {
  writeLeaf(rows)
  writeEntry(load<u16>(classList), weight)
  clearTotals<Labelled>()
}

/** Takes the classes of a right child, if so many waited with it. */
function enterClasses(count: u32): void {
  if (count == 0) return
  takeClasses(count)
  counted = true
}

/** A node of two classes and its subtree, by the kernel of two classes; false when the budget is spent in it. */
function growPresent<T>(first: usize, end: usize, depth: u32, frame: usize): bool {
  makePair<T>(first, end)
  if (sizeOf<T>() == 24) {
    setLabels(pairFirst, pairSecond)
    return walkValues<Weighed>(first, end, pairA, pairB, depth, frame, frame)
  }
  return growTwo(first, end, <u32>pairA, <u32>pairB, pairFirst, pairSecond, depth, frame, frame)
}

/** The classes of a node that has become one of two, and their weights; of Weighed samples the node's weight and that of the second. */
export let pairFirst: u32 = 0
export let pairSecond: u32 = 0
export let pairA: f64 = 0
export let pairB: f64 = 0

/** Makes the samples of a node of two classes, which are counted, those of the kernel of two classes. */
export function makePair<T>(first: usize, end: usize): void {
  const a = load<u16>(classList)
  const b = load<u16>(classList, 2)
  if (sizeOf<T>() == 24) {
    clearTotals<T>()
    pairFirst = min<u32>(a, b)
    pairSecond = max<u32>(a, b)
    let sum: f64 = 0
    for (let p = first; p < end; p += sizeOf<T>()) {
      const second = load<u32>(p, 4) == pairSecond
      const product = second ? weightOf<T>(p) : 0
      store<u32>(p, <u32>second, 4)
      store<f64>(p, product, 16)
      sum += product
    }
    pairA = mass
    pairB = sum
    return
  }
  const c0 = load<u32>(classTotals + (<usize>a << 2))
  const c1 = load<u32>(classTotals + (<usize>b << 2))
  clearTotals<T>()
  for (let p = first; p < end; p += 8) {
    const pay = load<u32>(p, 4)
    store<u32>(p, (pay >> 16) << (<u32>((pay & 0xffff) != a) << 4), 4)
  }
  pairFirst = a
  pairSecond = b
  pairA = c0
  pairB = c1
}
