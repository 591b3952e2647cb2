import { bestCut, bestMissing, bestThreshold, GO_LEFT, setSubset } from './best'
import { endBudget } from './budget'
import { clearBytes } from './bytes'
import { coinsOf, levelOf } from './drawn-levels'
import { sizeOf } from './kinds'
import { keepBins, markLevels, settleBins } from './level-bins'
import { markOffsets } from './level-offsets'
import { BIN, keepSorted, keptLevels } from './levels'
import { bestPlaces, drawnBits, levelBits, levelCount, levelKeys, levelSides, listedLevels, MISSING, subsetRoom, subsets, valueRows } from './state'

/*
 * The subset of the best cut. What it follows from is kept whenever a category's cut is the best so far: a list of levels, the
 * places of a small node's levels, or two levels. It is written once the best cut of the node is known, in the form that a file has
 * (docs/model-format.md); the slow twin is src/short-subsets.ts.
 */

/** Bytes of subsets written since they were last fetched. */
export let subsetBytes: u32 = 0
/** Bytes fetched before. */
let fetchedBytes: u32 = 0

export function startSubsets(): void {
  forgetSubset()
  subsetBytes = 0
  fetchedBytes = 0
}

/** Where the subset written next begins among all those of the tree. */
export function nextSubset(): u32 {
  return fetchedBytes + subsetBytes
}

/** Goes on after a pause: bytes are fetched when there is no more room for them, and at the end. */
export function resumeSubsets(): void {
  if (subsetBytes < subsetRoom) return
  fetchedBytes += subsetBytes
  subsetBytes = 0
}

/** What is kept: nothing, or one of these. */
let kind: u32 = 0
/** Records of levels in their order, or with bins and in no order; so many. */
const LIST: u32 = 1
const BINNED_LIST: u32 = 2
let keptCount: u32 = 0
/** So many levels of a small node with their places, or keys of samples of a small node of numbers. */
const PLACES: u32 = 3
const KEYS: u32 = 4
let keptPlaces: u32 = 0
let keptRows: u32 = 0
/** Where the keys of those samples stand, u32[4] a row. */
let keptKeys: usize = 0
/** Of a small node's places or pair: whether it is known which samples go left, a bit each, so that levels need no sides. */
let knowsSamples: bool = false
let leftSamples: u32 = 0
/** Only two levels: that which goes left, and the other one. */
const PAIR: u32 = 5
let pairLeft: u32 = 0
let pairRight: u32 = 0
/** What level-bins.ts and level-offsets.ts keep. */
const BINS: u32 = 6
const OFFSETS: u32 = 7
/** The word of a random cut. */
const DRAWN: u32 = 8
let drawnWord: u32 = 0
/** Bytes of the levels on one side of a settled random cut, a bit each in whole words; those of the other side follow. */
let drawnBytes: usize = 0
/** Whether the sides of what is kept are set, and how many levels of the list are left. */
let isSettled: bool = false
let leftCount: u32 = 0

/** Forgets the subset of the node before. */
export function forgetSubset(): void {
  if (isSettled) clearSides()
  kind = 0
  knowsSamples = false
}

/** Keeps the list of the best cut, whose levels up to `bestCut` go left. */
export function keepList(list: usize, count: u32): void {
  forgetSubset()
  keepSorted(list)
  kind = LIST
  keptCount = count
  setSubset()
}

/** Keeps the bins of a lane of level-bins.ts, of which those up to `bestCut` go left. */
export function keepLevelBins(f: u32, lane: u32): void {
  forgetSubset()
  keepBins(f, lane)
  kind = BINS
  setSubset()
}

/** Keeps a list of u32 levels. */
export function keepLevelsOf(levels: usize, count: u32): void {
  forgetSubset()
  for (let i: usize = 0; i < count; i++) store<u32>(keptLevels + (i << 4), load<u32>(levels + (i << 2)), 8)
  kind = LIST
  keptCount = count
  setSubset()
}

/** Keeps a list of records of levels and their bins, of which those up to `bestCut` go left. */
export function keepBinnedList(list: usize, count: u32): void {
  keepList(list, count)
  kind = BINNED_LIST
}

/** Keeps a list of u32 bin << 16 | level. */
export function keepBinnedLevels(levels: usize, count: u32): void {
  forgetSubset()
  for (let i: usize = 0; i < count; i++) {
    const both = load<u32>(levels + (i << 2))
    store<u32>(keptLevels + (i << 4), both >> 16, BIN)
    store<u32>(keptLevels + (i << 4), both & 0xffff, 8)
  }
  kind = BINNED_LIST
  keptCount = count
  setSubset()
}

/** Keeps u32 place << 16 | level of so many levels of a small node, by ascending level; they may stand at bestPlaces already. */
export function keepPlaces(places: usize, count: u32): void {
  forgetSubset()
  if (places != bestPlaces) for (let i: usize = 0; i < <usize>count << 2; i += 16) v128.store(bestPlaces + i, v128.load(places + i))
  kind = PLACES
  keptPlaces = count
  setSubset()
}

/** Bytes of rows of a small node's keys, and of one behind the last. */
export const KEYS_BYTES: usize = 33 * 16

/** Of two places for such rows the one that does not hold those of the best cut. */
export function freeKeys(): usize {
  return kind == KEYS && keptKeys < levelKeys + KEYS_BYTES ? levelKeys + KEYS_BYTES : levelKeys
}

/** Keeps the keys of n samples sorted by level, u32 level << 16 | sample in a lane of rows, and which samples go left, a bit each. */
export function keepKeys(column: usize, n: u32, left: u32): void {
  forgetSubset()
  kind = KEYS
  keptKeys = column
  keptRows = n
  // The level behind the last is another one.
  store<u32>(column + (<usize>n << 4), MISSING << 16)
  setSubset()
  keepLeft(left)
}

/** Keeps the levels of two rows, or all levels of a node, of which one goes left; the other one may be MISSING. */
export function keepPair(a: u32, b: u32, aIsLeft: bool): void {
  forgetSubset()
  pairLeft = aIsLeft ? a : b
  pairRight = aIsLeft ? b : a
  kind = PAIR
  setSubset()
}

/** Keeps a random cut by the word drawn for its feature: levels whose coins are at or below `bestThreshold` go left. */
export function keepCoins(word: u32): void {
  forgetSubset()
  kind = DRAWN
  drawnWord = word
  setSubset()
}

/** Keeps the bins of samples of level-offsets.ts, of which those up to `bestCut` go left. */
export function keepOffsets(): void {
  forgetSubset()
  kind = OFFSETS
  setSubset()
}

/** Whether the bins of samples tell which go left. */
export function hasOffsets(): bool {
  return kind == OFFSETS
}

/** Whether bins tell which samples go left. */
export function hasBins(): bool {
  return kind == BINS
}

/** Keeps which samples of a small node go left, a bit each, by the places or the pair kept. */
export function keepLeft(samples: u32): void {
  knowsSamples = true
  leftSamples = samples
}

/** Whether keepLeft told which samples go left, and which. */
export function knowsLeft(): bool {
  return knowsSamples
}

export function samplesLeft(): u32 {
  return leftSamples
}

const LEFT: u8 = 1
const RIGHT: u8 = 2

/** Sets the sides of the levels of samples [first, end) by the best cut, which part them; a pair, bins, and samples that are known, need none. */
export function settleSubset<T>(feature: u32, first: usize, end: usize): void {
  if (isSettled || knowsSamples || kind == PAIR || kind == OFFSETS) return
  if (kind == BINS) {
    settleBins(bestMissing == GO_LEFT)
    return
  }
  isSettled = true
  if (kind == DRAWN) settleDrawn<T>(feature, first, end)
  else if (kind == PLACES) settlePlaces()
  else settleList()
}

function settlePlaces(): void {
  for (let i: usize = 0; i < keptPlaces; i++) {
    const both = load<u32>(bestPlaces + (i << 2))
    store<u8>(levelSides + <usize>(both & 0xffff), both >> 16 <= bestCut ? LEFT : RIGHT)
  }
}

function settleList(): void {
  leftCount = 0
  for (let i: u32 = 0; i < keptCount; i++) {
    const record = keptLevels + (<usize>i << 4)
    const isOnLeft = (kind == LIST ? i : load<u32>(record, BIN)) <= bestCut
    store<u8>(levelSides + <usize>load<u32>(record, 8), isOnLeft ? LEFT : RIGHT)
    leftCount += <u32>isOnLeft
  }
}

/** Sets a bit for each level of a random cut, first those on the left. */
function settleDrawn<T>(feature: u32, first: usize, end: usize): void {
  const at = valueRows + (<usize>feature << 2)
  drawnBytes = ((<usize>levelCount(feature) + 63) >> 6) << 3
  for (let p = first; p < end; p += sizeOf<T>()) {
    const value = load<f32>(at + (<usize>load<u32>(p) << 1))
    if (value != value) continue
    const level = levelOf(value)
    const word = drawnBits + select<usize>(0, drawnBytes, goesLeft(value)) + (<usize>(level >> 6) << 3)
    store<u64>(word, load<u64>(word) | (<u64>1 << (level & 63)))
  }
}

/** Whether the best cut, a random one of more than two rows, sends a level left, from its seed. */
export function goesLeft(seed: f32): bool {
  return coinsOf(seed, drawnWord) <= bestThreshold
}

function clearSides(): void {
  isSettled = false
  if (kind == DRAWN) {
    for (let word = drawnBits; word < drawnBits + 2 * drawnBytes; word += 8) store<u64>(word, 0)
  } else if (kind == PLACES) {
    for (let i: usize = 0; i < keptPlaces; i++) store<u8>(levelSides + <usize>load<u16>(bestPlaces + (i << 2)), 0)
  } else {
    const end = keptLevels + (<usize>keptCount << 4)
    for (let p = keptLevels; p < end; p += 16) store<u8>(levelSides + <usize>load<u32>(p, 8), 0)
  }
}

/** The level that goes left where the best cut parts two; MISSING where it parts more. */
export function onlyLeft(): u32 {
  return kind == PAIR ? pairLeft : MISSING
}

/** Whether the best cut sends a level left. */
export function isLeft(level: u32): bool {
  return load<u8>(levelSides + <usize>level) == LEFT
}

/** Writes the best cut's subset behind the others; levels that the node does not hold go where missing values go. */
export function writeSubset(feature: u32, missingLeft: bool): void {
  const count = levelCount(feature)
  const at = subsets + <usize>subsetBytes
  let end: usize
  if (kind == PAIR) end = writePair(at, count, missingLeft)
  else if (kind == KEYS) end = writeFromKeys(at, count, missingLeft)
  else if (kind == PLACES) end = writeFromPlaces(at, count, missingLeft)
  else if (kind == DRAWN) end = writeBits(at, count, drawnBits + (missingLeft ? drawnBytes : 0), drawnBytes, missingLeft)
  else if (kind == BINS || kind == OFFSETS) end = writeFromBins(at, count, missingLeft)
  else end = writeFromSides(at, count, missingLeft)
  subsetBytes += <u32>(end - at)
  // Room for one more is always left; the pause lets them be fetched.
  if (subsetBytes >= subsetRoom) endBudget()
}

function writePair(at: usize, count: u32, missingLeft: bool): usize {
  const level = missingLeft ? pairRight : pairLeft
  if (count > BITS_ALONE) {
    store<u8>(at, 1)
    return writeLevel(at + 1, level, count)
  }
  const others: u32 = missingLeft ? (1 << count) - 1 : 0
  store<u16>(at, <u16>(others ^ (1 << level)))
  return at + ((<usize>count + 7) >> 3)
}

/** The levels that go where missing values do not are those of one side. */
function writeFromPlaces(at: usize, count: u32, missingLeft: bool): usize {
  let listed: u32 = 0
  for (let i: usize = 0; i < keptPlaces; i++) {
    const both = load<u32>(bestPlaces + (i << 2))
    store<u32>(listedLevels + (<usize>listed << 2), both & 0xffff)
    listed += <u32>((both >> 16 <= bestCut) != missingLeft)
  }
  if (isListed(listed, count)) {
    store<u8>(at++, <u8>listed)
    for (let i: usize = 0; i < listed; i++) at = writeLevel(at, load<u32>(listedLevels + (i << 2)), count)
    return at
  }
  if (count > BITS_ALONE) store<u8>(at++, 0)
  const bytes = (<usize>count + 7) >> 3
  memory.fill(at, missingLeft ? 0xff : 0, bytes)
  for (let i: usize = 0; i < listed; i++) {
    const level = load<u32>(listedLevels + (i << 2))
    const byte = at + <usize>(level >> 3)
    store<u8>(byte, <u8>(<u32>load<u8>(byte) ^ (1 << (level & 7))))
  }
  return endBits(at, count)
}

function writeFromKeys(at: usize, count: u32, missingLeft: bool): usize {
  const others: u32 = missingLeft ? 0xffff : 0
  const samples = missingLeft ? ~leftSamples : leftSamples
  const end = keptKeys + (<usize>keptRows << 4)
  if (count <= BITS_ALONE) {
    let bits = others
    for (let row = keptKeys; row < end; row += 16) bits ^= isLast(row, samples) << ((load<u32>(row) >> 16) & 31)
    store<u16>(at, <u16>bits)
    return endBits(at, count)
  }
  const list = at + 1
  let to = list
  if (count > NARROW) {
    for (let row = keptKeys; row < end; row += 16) {
      store<u16>(to, load<u16>(row, 2))
      to += <usize>isLast(row, samples) << 1
    }
  } else {
    for (let row = keptKeys; row < end; row += 16) {
      store<u8>(to, load<u8>(row, 2))
      to += <usize>isLast(row, samples)
    }
  }
  const listed = <u32>(to - list) >> <u32>(count > NARROW)
  if (isListed(listed, count)) {
    store<u8>(at, <u8>listed)
    return to
  }
  store<u8>(at, 0)
  memory.fill(list, <u8>others, (<usize>count + 7) >> 3)
  for (let row = keptKeys; row < end; row += 16) {
    if (isLast(row, samples) == 0) continue
    const level = load<u32>(row) >> 16
    const byte = list + <usize>(level >> 3)
    store<u8>(byte, <u8>(<u32>load<u8>(byte) ^ (1 << (level & 7))))
  }
  return endBits(list, count)
}

/** 1 for the last sample of a level if it is one of these samples. */
function isLast(row: usize, samples: u32): u32 {
  const key = load<u32>(row)
  return (samples >> (key & 31)) & <u32>(key >> 16 != <u32>load<u16>(row, 18)) & <u32>(key < MISSING << 16)
}

function writeFromBins(at: usize, count: u32, missingLeft: bool): usize {
  const bytes = ((<usize>count + 63) >> 6) << 3
  if (kind == OFFSETS) markOffsets(bestCut, missingLeft)
  else markLevels(bestCut, missingLeft)
  const end = writeBits(at, count, levelBits, bytes, missingLeft)
  clearBytes(levelBits, bytes)
  return end
}

/** Writes the levels that have a bit in whole words. */
function writeBits(at: usize, count: u32, from: usize, bytes: usize, missingLeft: bool): usize {
  let listed: u64 = 0
  for (let i: usize = 0; i < bytes; i += 8) listed += popcnt(load<u64>(from + i))
  if (isListed(<u32>listed, count)) {
    store<u8>(at++, <u8>listed)
    for (let i: usize = 0; i < bytes; i += 8) {
      for (let bits = load<u64>(from + i); bits != 0; bits &= bits - 1) {
        at = writeLevel(at, (<u32>i << 3) + <u32>ctz(bits), count)
      }
    }
    return at
  }
  if (count > BITS_ALONE) store<u8>(at++, 0)
  const others: u64 = missingLeft ? -1 : 0
  for (let i: usize = 0; i < bytes; i += 8) store<u64>(at + i, load<u64>(from + i) ^ others)
  return endBits(at, count)
}

function writeFromSides(at: usize, count: u32, missingLeft: bool): usize {
  const side = i8x16.splat(missingLeft ? RIGHT : LEFT)
  const others: u32 = missingLeft ? 0xffff : 0
  if (isListed(missingLeft ? keptCount - leftCount : leftCount, count)) {
    const from = at++
    for (let level: u32 = 0; level < count; level += 16) {
      let bits = i8x16.bitmask(i8x16.eq(v128.load(levelSides + <usize>level), side))
      for (; bits != 0; bits &= bits - 1) at = writeLevel(at, level + <u32>ctz(bits), count)
    }
    store<u8>(from, <u8>((at - from - 1) >> <usize>(count > NARROW)))
    return at
  }
  if (count > BITS_ALONE) store<u8>(at++, 0)
  for (let level: u32 = 0; level < count; level += 16) {
    const bits = i8x16.bitmask(i8x16.eq(v128.load(levelSides + <usize>level), side))
    store<u16>(at + <usize>(level >> 3), <u16>(<u32>bits ^ others))
  }
  return endBits(at, count)
}

/** Levels up to which a subset is bits alone, and up to which a listed level is a byte. */
const BITS_ALONE: u32 = 16
const NARROW: u32 = 256

/** Whether a list is shorter than the bits, and a byte tells how long it is. */
function isListed(listed: u32, count: u32): bool {
  return count > BITS_ALONE && listed > 0 && listed < 256 && listed << <u32>(count > NARROW) < (count + 7) >> 3
}

function writeLevel(at: usize, level: u32, count: u32): usize {
  store<u16>(at, <u16>level)
  return at + (count > NARROW ? 2 : 1)
}

/** Clears the bits beyond the levels; answers the end. */
function endBits(at: usize, count: u32): usize {
  const end = at + ((<usize>count + 7) >> 3)
  if ((count & 7) != 0) store<u8>(end - 1, <u8>(<u32>load<u8>(end - 1) & ((1 << (count & 7)) - 1)))
  return end
}
