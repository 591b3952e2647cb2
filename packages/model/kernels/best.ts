import { importances, maxLeaves, minDecrease } from './state'

/** The best cut of the node at hand; the first drawn and lowest of equals. */
export let bestScore: f64 = -1
export let bestFeature: u32 = 0
/** Left rows have code <= bestCut. */
export let bestCut: u32 = 0
/** Smallest code on the right when the cut's neighbours are known, else NOT_KNOWN. */
export let bestRight: u32 = 0

/** `bestRight` of a cut that has nothing but missing values on its right. */
export const NO_RIGHT: u32 = 0x10000

/** Whether the node lacks a value of the feature, and where such rows go. */
export const NONE: u32 = 0
export const GO_RIGHT: u32 = 1
export const GO_LEFT: u32 = 2
export let bestMissing: u32 = 0

export function setMissing(side: u32): void {
  bestMissing = side
}

/** Whether the cut is of a category; `levels.ts` keeps its subset. */
export let bestSubset: bool = false

export function setSubset(): void {
  bestSubset = true
}

/** The drawn threshold of a random cut. */
export let bestThreshold: f32 = 0

export function setThreshold(threshold: f32): void {
  bestThreshold = threshold
}

/** Whether `leftCounts` holds the weights by class on its left (many-children.ts). */
export let bestCounted: bool = false

export function setCounted(): void {
  bestCounted = true
}

export const NOT_KNOWN: u32 = 0xffffffff

export function startNode(): void {
  bestScore = -1
}

export function setBest(score: f64, feature: u32, cut: u32, right: u32): void {
  bestScore = score
  bestFeature = feature
  bestCut = cut
  bestRight = right
  bestMissing = NONE
  bestSubset = false
  bestCounted = false
}

/** What the winner has on its left; what the sums are is up to the kernel. Rows may be 0 = not known. */
export let leftFirst: f64 = 0
export let leftSecond: f64 = 0
export let leftThird: f64 = 0
export let leftRows: u32 = 0

export function setLeft(first: f64, second: f64, third: f64, rows: u32): void {
  leftFirst = first
  leftSecond = second
  leftThird = third
  leftRows = rows
}

/** Whether cuts are tried at the ends of bins only. */
export let binned: bool = false
/** Weight of the tree. */
export let wholeWeight: f64 = 1

export function startSearch(whole: f64, bins: bool): void {
  wholeWeight = whole
  binned = bins
}

export function setBinned(on: bool): void {
  binned = on
}

/** Decrease of impurity times weight by the split that was accepted last, where trees grow best first. */
export let bestDecrease: f64 = 0

/** Books the decrease of impurity times weight, unless it is too small for a split. Best first it is booked when the node is split. */
export function accept(decrease: f64): bool {
  if (minDecrease > 0 && decrease / wholeWeight + 2.220446049250313e-16 < minDecrease) return false
  if (maxLeaves != 0) bestDecrease = decrease
  else book(bestFeature, decrease)
  return true
}

export function book(feature: u32, decrease: f64): void {
  const at = importances + (<usize>feature << 3)
  store<f64>(at, load<f64>(at) + decrease)
}
