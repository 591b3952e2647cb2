import { bestFeature, bestMissing, bestSubset, bestThreshold, GO_LEFT, NO_RIGHT, NONE } from './best'
import { startLevelBins } from './level-bins'
import { startLists } from './levels'
import { startSubsets, writeSubset } from './write-subsets'
import {
  classes,
  entryClass,
  entryMass,
  entryWeight,
  highValues,
  leafRows,
  leafStart,
  leafValue,
  lowValues,
  randomCuts,
  shape,
  splitFeature,
  splitFlags,
  splitsOnLeft,
  splitThreshold,
} from './state'

export let splitCount: u32 = 0
export let leafCount: u32 = 0
export let entryCount: u32 = 0

export function startTree(): void {
  splitCount = 0
  leafCount = 0
  entryCount = 0
  store<u8>(shape, 0)
  startSubsets()
  startLists()
  startLevelBins()
}

/** Ends the tree: closes the table of leaf entries. */
export function endTree(): void {
  store<u32>(leafStart + (<usize>leafCount << 2), entryCount)
}

/** Writes a split between two codes; answers its number, by which its right child is linked later. */
export function writeSplit(feature: u32, leftCode: u32, rightCode: u32): u32 {
  return addSplit(feature, thresholdOf(feature, leftCode, rightCode))
}

/** The threshold of the best cut, that lies between two codes. */
export function thresholdOf(feature: u32, leftCode: u32, rightCode: u32): f32 {
  return bestSubset ? <f32>0 : randomCuts ? bestThreshold : threshold(feature, leftCode, rightCode)
}

export function addSplit(feature: u32, t: f32): u32 {
  writeShape(1)
  const split = splitCount++
  store<u16>(splitFeature + (<usize>split << 1), <u16>feature)
  store<f32>(splitThreshold + (<usize>split << 2), t)
  return split
}

/** Writes which way missing values and levels go. */
export function writeSides(split: u32, leftRows: u32, rightRows: u32): void {
  store<u8>(splitFlags + <usize>split, sidesOf(leftRows, rightRows))
}

/** The flags of the best cut, whose subset is written. Missing values that the node did not see go the way of most rows, on a tie right. */
export function sidesOf(leftRows: u32, rightRows: u32): u8 {
  const missingLeft = bestMissing == NONE ? leftRows > rightRows : bestMissing == GO_LEFT
  if (bestSubset) writeSubset(bestFeature, missingLeft)
  return <u8>missingLeft | (<u8>bestSubset << 1)
}

/** The node written next is the right child of split `parent`. */
export function linkRight(parent: u32): void {
  store<u32>(splitsOnLeft + (<usize>parent << 2), splitCount - parent - 1)
}

/** Begins a leaf of `rows` rows; its entries follow. */
export function writeLeaf(rows: u32): void {
  writeShape(0)
  const leaf = leafCount++
  store<u32>(leafRows + (<usize>leaf << 2), rows)
  if (classes > 0) store<u32>(leafStart + (<usize>leaf << 2), entryCount)
}

/** The bit of the node at hand, and nothing behind it. */
function writeShape(bit: u32): void {
  const node = splitCount + leafCount
  const at = shape + <usize>(node >> 3)
  store<u16>(at, load<u8>(at) | <u16>(bit << (node & 7)))
}

export function writeEntry(label: u32, weight: u32): void {
  store<u16>(entryClass + (<usize>entryCount << 1), <u16>label)
  store<u32>(entryWeight + (<usize>entryCount << 2), weight)
  entryCount++
}

/** The same where samples are Weighed. */
export function writeMass(label: u32, weight: f64): void {
  store<u16>(entryClass + (<usize>entryCount << 1), <u16>label)
  store<f64>(entryMass + (<usize>entryCount << 3), weight)
  entryCount++
}

export function writeValue(value: f64): void {
  store<f64>(leafValue + (<usize>(leafCount - 1) << 3), value)
}

/**
 * The largest float32 <= the midpoint of the values on both sides. A column cut at quantiles is cut between two codes,
 * those in the middle of the codes from one side to the other.
 */
function threshold(feature: u32, leftCode: u32, rightCode: u32): f32 {
  if (rightCode == NO_RIGHT) return f32.MAX_VALUE
  const high: usize = load<u32>(highValues + (<usize>feature << 2))
  const low: usize = load<u32>(lowValues + (<usize>feature << 2))
  let below: usize = leftCode
  let above: usize = rightCode
  if (low != high) {
    below = (leftCode + rightCode - 1) >> 1
    above = below + 1
  }
  return between(load<f32>(high + (below << 2)), load<f32>(low + (above << 2)))
}

export function between(below: f32, above: f32): f32 {
  const middle = <f64>below / 2 + <f64>above / 2
  let t = <f32>middle
  if (<f64>t > middle) t = nextDown(t)
  return t >= below && t < above ? t : below
}

function nextDown(x: f32): f32 {
  if (x == 0) return reinterpret<f32>(0x80000001)
  const bits = reinterpret<i32>(x)
  return reinterpret<f32>(x > 0 ? bits - 1 : bits + 1)
}
