import { bestCut, setSubset } from './best'
import { endBudget } from './budget'
import { clearBytes } from './bytes'
import { keepSorted, keptLevels } from './levels'
import { bestHeld, bestLeft, bestPlaces, levelCount, MISSING, subsetRoom, subsets } from './state'

/*
 * The subset of the best cut. What it follows from is kept whenever a category's cut is the best so far: a list of levels, or
 * the places of a small node's samples. Its bits are written once the best cut of the node is known.
 */

/** Words of subsets written since they were last fetched. */
export let subsetWords: u32 = 0

export function startSubsets(): void {
  subsetWords = 0
}

/** Goes on after a pause: words are fetched when there is no more room for them, and at the end. */
export function resumeSubsets(): void {
  if (subsetWords >= subsetRoom) subsetWords = 0
}

/** Levels, or samples, that the bits are to be written from; 0 where they are written. */
let keptCount: u32 = 0
let keptSamples: u32 = 0

/** Forgets the subsets of the node before. */
export function forgetSubset(): void {
  keptCount = 0
  keptSamples = 0
}

/** Keeps the list of the best cut, whose levels up to `bestCut` go left. */
export function keepList(list: usize, count: u32): void {
  keepSorted(list)
  keptCount = count
  keptSamples = 0
  setSubset()
}

/** Keeps u32 place << 16 | level of the n samples of a small node. */
export function keepPlaces(places: usize, n: u32): void {
  for (let i: usize = 0; i < <usize>n << 2; i += 16) v128.store(bestPlaces + i, v128.load(places + i))
  keptCount = 0
  keptSamples = n
  setSubset()
}

/** Two levels of which one goes left. */
export function keepPair(feature: u32, left: u32, right: u32): void {
  startBits(feature)
  setBit(bestLeft, left)
  setBit(bestHeld, left)
  if (right != MISSING) setBit(bestHeld, right)
  forgetSubset()
  setSubset()
}

/** Writes the bits of the best cut of a list; places need none to part the samples and to write the subset. */
export function settleSubset(feature: u32): void {
  if (keptCount == 0) return
  startBits(feature)
  for (let i: u32 = 0; i < keptCount; i++) {
    const level = load<u32>(keptLevels + (<usize>i << 4), 8)
    setBit(bestHeld, level)
    if (i <= bestCut) setBit(bestLeft, level)
  }
  keptCount = 0
}

/** Whether bestPlaces tell where the samples of the node go. */
export function subsetIsPlaces(): bool {
  return keptSamples != 0
}

/** Whether the best cut sends a level left. */
export function isLeft(level: u32): bool {
  return ((load<u32>(bestLeft + ((<usize>level >> 5) << 2)) >> (level & 31)) & 1) != 0
}

/** Writes the best cut's subset behind the others; levels that the node does not hold go where missing values go. */
export function writeSubset(feature: u32, missingLeft: bool): void {
  const words = <usize>wordsOf(feature) << 2
  const last = levelCount(feature) & 31
  const others: u32 = missingLeft ? 0xffffffff : 0
  const to = subsets + (<usize>subsetWords << 2)
  if (keptSamples != 0) {
    for (let at: usize = 0; at < words; at += 4) store<u32>(to + at, others)
    for (let i: usize = 0; i < keptSamples; i++) {
      const both = load<u32>(bestPlaces + (i << 2))
      const level = both & 0xffff
      if (level != MISSING && both >> 16 <= bestCut != missingLeft) {
        const at = to + ((<usize>level >> 5) << 2)
        const bit: u32 = 1 << (level & 31)
        store<u32>(at, missingLeft ? load<u32>(at) & ~bit : load<u32>(at) | bit)
      }
    }
  } else {
    for (let at: usize = 0; at < words; at += 4) {
      store<u32>(to + at, load<u32>(bestLeft + at) | (others & ~load<u32>(bestHeld + at)))
    }
  }
  if (last != 0) {
    const end = to + words
    store<u32>(end - 4, load<u32>(end - 4) & ((1 << last) - 1))
  }
  subsetWords += <u32>(words >> 2)
  // Room for one more is always left; the pause lets them be fetched.
  if (subsetWords >= subsetRoom) endBudget()
}

function startBits(feature: u32): void {
  const bytes = <usize>wordsOf(feature) << 2
  clearBytes(bestLeft, bytes)
  clearBytes(bestHeld, bytes)
}

function setBit(bits: usize, level: u32): void {
  const at = bits + ((<usize>level >> 5) << 2)
  store<u32>(at, load<u32>(at) | (1 << (level & 31)))
}

function wordsOf(feature: u32): u32 {
  return (levelCount(feature) + 31) >> 5
}
