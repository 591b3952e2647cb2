import { bestCut, bestMissing, bestThreshold, GO_LEFT, setSubset } from './best'
import { coinsOf, levelOf } from './drawn-levels'
import { sizeOf } from './kinds'
import { keepBins, settleBins } from './level-bins'
import { BIN, keepSorted, keptLevels } from './levels'
import { bestPlaces, drawnBits, levelCount, levelKeys, levelSides, MISSING, valueRows } from './state'

/*
 * The subset of the best cut. What it follows from is kept whenever a category's cut is the best so far: a list of levels, the
 * places of a small node's levels, two levels, the bins of samples. The sides of levels are set once the best cut of the node is known, where samples do not
 * tell them; write-subsets.ts writes it.
 */

/** What is kept: nothing, or one of these. */
export let kind: u32 = 0
/** Records of levels in their order, or with bins and in no order; so many. */
const LIST: u32 = 1
const BINNED_LIST: u32 = 2
export let keptCount: u32 = 0
/** So many levels of a small node with their places, or keys of samples of a small node of numbers. */
export const PLACES: u32 = 3
export const KEYS: u32 = 4
export let keptPlaces: u32 = 0
export let keptRows: u32 = 0
/** Where the keys of those samples stand, u32[4] a row. */
export let keptKeys: usize = 0
/** Of a small node's places or pair: whether it is known which samples go left, a bit each, so that levels need no sides. */
let knowsSamples: bool = false
export let leftSamples: u32 = 0
/** Only two levels: that which goes left, and the other one. */
export const PAIR: u32 = 5
export let pairLeft: u32 = 0
export let pairRight: u32 = 0
/** What level-bins.ts and level-offsets.ts keep. */
export const BINS: u32 = 6
export const OFFSETS: u32 = 7
/** The word of a random cut. */
export const DRAWN: u32 = 8
let drawnWord: u32 = 0
/** Bytes of the levels on one side of a settled random cut, a bit each in whole words; those of the other side follow. */
export let drawnBytes: usize = 0
/** Whether the sides of what is kept are set, and how many levels of the list are left. */
let isSettled: bool = false
export let leftCount: u32 = 0

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

export const LEFT: u8 = 1
export const RIGHT: u8 = 2

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
