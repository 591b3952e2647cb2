import { bestCut, bestFeature, bestMissing, bestRight, bestSubset, bestThreshold, GO_LEFT, NO_RIGHT, NONE, NOT_KNOWN } from './best'
import { copyWords } from './bytes'
import { gatheredAt } from './cuts'
import { copyTwice, sizeOf } from './kinds'
import { keptBinOf, keptShares } from './level-bins'
import { keptBins } from './level-offsets'
import { goesLeft, hasBins, hasOffsets, isLeft, knowsLeft, onlyLeft, samplesLeft } from './subsets'
import { codes, hasMissing, MISSING, randomCuts, spare, valueRows } from './state'

/*
 * Parts the samples of a node in their order: each is written to the end of the left ones and to the end of the right ones,
 * which wait in `spare`, and one of the two ends moves on.
 */

/** Codes next to the last cut: the largest of the left rows and the smallest of the right ones. */
export let leftEdge: u32 = 0
export let rightEdge: u32 = 0

/** Parts samples [first, end) by the best cut, and tells the codes next to it. Returns the end of the left ones. */
export function partByBest<T>(first: usize, end: usize): usize {
  if (bestRight == NOT_KNOWN) return partAndFindEdges<T>(bestFeature, bestCut, first, end)
  leftEdge = bestCut
  rightEdge = bestRight
  if (randomCuts) return partByThreshold<T>(bestFeature, bestThreshold, first, end)
  return part<T>(bestFeature, bestCut, first, end)
}

/**
 * Parts samples [first, end): left go those of code <= cut, and where missing values go left those too, which adding one
 * turns into code 0. Returns the end of the left ones.
 */
export function part<T>(feature: u32, cut: u32, first: usize, end: usize): usize {
  if (bestSubset) return partBySubset<T>(feature, cut, first, end)
  const add = <u32>(bestMissing == GO_LEFT)
  if (sizeOf<T>() == 8) return add == 0 ? partFour(CODES, feature, cut, first, end) : partFour(CODES_LESS_ONE, feature, cut, first, end)
  const last = cut + add
  const at = codes + (<usize>feature << 1)
  let left = first
  let right = spare
  for (let p = first; p < end; p += sizeOf<T>()) {
    const step = <usize>(((<u32>load<u16>(at + load<u32>(p)) + add) & 0xffff) <= last) * sizeOf<T>()
    copyTwice<T>(p, left, right)
    left += step
    right += sizeOf<T>() - step
  }
  copyWords(left, spare, right - spare)
  return left
}

/** The same by the subset that is kept. */
function partBySubset<T>(feature: u32, cut: u32, first: usize, end: usize): usize {
  if (hasOffsets()) return partByOffsets<T>(cut, first, end)
  if (hasBins()) return partByBins(cut, first, end)
  if (knowsLeft()) return partBySamples<T>(samplesLeft(), first, end)
  return onlyLeft() == MISSING ? partByLevels<T>(feature, first, end) : partByLevel<T>(feature, onlyLeft(), first, end)
}

/** What the code of a sample that goes left is: up to the cut, the same plus one in 16 bits, the level given, or a level on the left. */
const CODES: u32 = 0
const CODES_LESS_ONE: u32 = 1
const ONE: u32 = 2
const SIDES: u32 = 3

/**
 * The same for samples of 8 bytes, four at a time. As many went right as have not gone left, so that one pointer tells the other:
 * `both` is the sum of the two.
 */
@inline
function partFour(by: u32, feature: u32, cut: u32, first: usize, end: usize): usize {
  const at = codes + (<usize>feature << 1)
  const most = by == CODES_LESS_ONE ? cut + 1 : cut
  let left = first
  let both = first + spare
  let p = first
  for (const last = first + ((end - first) & ~31); p < last; p += 32, both += 32) {
    const a = load<u64>(p)
    const b = load<u64>(p, 8)
    const c = load<u64>(p, 16)
    const d = load<u64>(p, 24)
    store<u64>(left, a)
    store<u64>(both - left, a)
    left += <usize>isOnLeft(by, at + <u32>a, most) << 3
    store<u64>(left, b)
    store<u64>(both - left, b, 8)
    left += <usize>isOnLeft(by, at + <u32>b, most) << 3
    store<u64>(left, c)
    store<u64>(both - left, c, 16)
    left += <usize>isOnLeft(by, at + <u32>c, most) << 3
    store<u64>(left, d)
    store<u64>(both - left, d, 24)
    left += <usize>isOnLeft(by, at + <u32>d, most) << 3
  }
  for (; p < end; p += 8, both += 8) {
    const a = load<u64>(p)
    store<u64>(left, a)
    store<u64>(both - left, a)
    left += <usize>isOnLeft(by, at + <u32>a, most) << 3
  }
  copyWords(left, spare, both - left - spare)
  return left
}

@inline
function isOnLeft(by: u32, at: usize, most: u32): bool {
  const code = <u32>load<u16>(at)
  if (by == SIDES) return isLeft(code)
  return by == ONE ? code == most : by == CODES ? code <= most : ((code + 1) & 0xffff) <= most
}

/** `part`, and finds the codes next to the cut. */
export function partAndFindEdges<T>(feature: u32, cut: u32, first: usize, end: usize): usize {
  if (bestMissing != NONE) return partWithGaps<T>(feature, cut, first, end)
  const at = codes + (<usize>feature << 1)
  let left = first
  let right = spare
  let below: u32 = 0xffffffff
  let above: u32 = 0xffffffff
  for (let p = first; p < end; p += sizeOf<T>()) {
    const code = <u32>load<u16>(at + load<u32>(p))
    const step = <usize>(code <= cut) * sizeOf<T>()
    copyTwice<T>(p, left, right)
    left += step
    right += sizeOf<T>() - step
    // Unsigned differences: rows of the other side wrap round to large numbers.
    below = min(below, cut - code)
    above = min(above, code - cut - 1)
  }
  copyWords(left, spare, right - spare)
  leftEdge = cut - below
  rightEdge = cut + 1 + above
  return left
}

/** `partAndFindEdges` where some samples lack a value. */
function partWithGaps<T>(feature: u32, cut: u32, first: usize, end: usize): usize {
  const at = codes + (<usize>feature << 1)
  const goneLeft = bestMissing == GO_LEFT
  let left = first
  let right = spare
  let below: u32 = 0xffffffff
  let above: u32 = 0xffffffff
  for (let p = first; p < end; p += sizeOf<T>()) {
    const code = <u32>load<u16>(at + load<u32>(p))
    const gone = code == MISSING
    const step = <usize>select<bool>(goneLeft, code <= cut, gone) * sizeOf<T>()
    copyTwice<T>(p, left, right)
    left += step
    right += sizeOf<T>() - step
    below = min(below, cut - code)
    // The code of a missing value is the largest, and none that a cut lies next to.
    above = min(above, code - cut - 1)
  }
  copyWords(left, spare, right - spare)
  leftEdge = cut - below
  rightEdge = cut + 1 + above
  if (rightEdge == MISSING) rightEdge = NO_RIGHT
  return left
}

/** Parts by a threshold. Values that were gathered, or what became of levels, are read in their order. A missing value, NaN, is not at or below it. */
export function partByThreshold<T>(feature: u32, threshold: f32, first: usize, end: usize): usize {
  let value = gatheredAt(feature, first)
  if (bestSubset && value == 0) return partByDrawn<T>(feature, first, end)
  const at = valueRows + (<usize>feature << 2)
  let left = first
  let right = spare
  if (bestMissing == GO_LEFT) {
    if (value != 0) {
      for (let p = first; p < end; p += sizeOf<T>(), value += 16) {
        const step = <usize>!(load<f32>(value) > threshold) * sizeOf<T>()
        copyTwice<T>(p, left, right)
        left += step
        right += sizeOf<T>() - step
      }
    } else {
      for (let p = first; p < end; p += sizeOf<T>()) {
        const step = <usize>!(load<f32>(at + (<usize>load<u32>(p) << 1)) > threshold) * sizeOf<T>()
        copyTwice<T>(p, left, right)
        left += step
        right += sizeOf<T>() - step
      }
    }
  } else if (value != 0) {
    for (let p = first; p < end; p += sizeOf<T>(), value += 16) {
      const step = <usize>(load<f32>(value) <= threshold) * sizeOf<T>()
      copyTwice<T>(p, left, right)
      left += step
      right += sizeOf<T>() - step
    }
  } else {
    for (let p = first; p < end; p += sizeOf<T>()) {
      const step = <usize>(load<f32>(at + (<usize>load<u32>(p) << 1)) <= threshold) * sizeOf<T>()
      copyTwice<T>(p, left, right)
      left += step
      right += sizeOf<T>() - step
    }
  }
  copyWords(left, spare, right - spare)
  return left
}

/** Left go the samples whose bits are set. */
function partBySamples<T>(samples: u32, first: usize, end: usize): usize {
  let left = first
  let right = spare
  for (let p = first; p < end; p += sizeOf<T>(), samples >>= 1) {
    const step = <usize>(samples & 1) * sizeOf<T>()
    copyTwice<T>(p, left, right)
    left += step
    right += sizeOf<T>() - step
  }
  copyWords(left, spare, right - spare)
  return left
}

/** Left go the samples whose levels are in bins up to a cut. */
function partByBins(cut: u32, first: usize, end: usize): usize {
  let left = first
  let both = first + spare
  let share = keptShares()
  for (let p = first; p < end; p += 8, both += 8, share++) {
    const a = load<u64>(p)
    store<u64>(left, a)
    store<u64>(both - left, a)
    left += <usize>(keptBinOf(load<u8>(share)) <= cut) << 3
  }
  copyWords(left, spare, both - left - spare)
  return left
}

/** Left go the samples in bins up to a cut; the bin of those that lack a value is the largest, which adding one turns into 0. */
function partByOffsets<T>(cut: u32, first: usize, end: usize): usize {
  const add = <u32>(bestMissing == GO_LEFT)
  const last = cut + add
  let left = first
  let right = spare
  let bin = keptBins()
  for (let p = first; p < end; p += sizeOf<T>(), bin++) {
    const step = <usize>(((<u32>load<u8>(bin) + add) & 0xff) <= last) * sizeOf<T>()
    copyTwice<T>(p, left, right)
    left += step
    right += sizeOf<T>() - step
  }
  copyWords(left, spare, right - spare)
  return left
}

/** Left go the samples of one level. */
function partByLevel<T>(feature: u32, level: u32, first: usize, end: usize): usize {
  if (sizeOf<T>() == 8) return partFour(ONE, feature, level, first, end)
  const at = codes + (<usize>feature << 1)
  let left = first
  let right = spare
  for (let p = first; p < end; p += sizeOf<T>()) {
    const step = <usize>(load<u16>(at + load<u32>(p)) == level) * sizeOf<T>()
    copyTwice<T>(p, left, right)
    left += step
    right += sizeOf<T>() - step
  }
  copyWords(left, spare, right - spare)
  return left
}

/** Parts by the best cut's subset. */
function partByLevels<T>(feature: u32, first: usize, end: usize): usize {
  if (sizeOf<T>() == 8 && !hasMissing(feature)) return partFour(SIDES, feature, 0, first, end)
  const at = codes + (<usize>feature << 1)
  const lacking = hasMissing(feature) ? MISSING : 0x10000
  const goneLeft = bestMissing == GO_LEFT
  let left = first
  let right = spare
  for (let p = first; p < end; p += sizeOf<T>()) {
    const level = <u32>load<u16>(at + load<u32>(p))
    const step = <usize>(level == lacking ? goneLeft : isLeft(level)) * sizeOf<T>()
    copyTwice<T>(p, left, right)
    left += step
    right += sizeOf<T>() - step
  }
  copyWords(left, spare, right - spare)
  return left
}

/** The same by the levels that values are, where others were gathered since. */
function partByDrawn<T>(feature: u32, first: usize, end: usize): usize {
  const at = valueRows + (<usize>feature << 2)
  const goneLeft = bestMissing == GO_LEFT
  let left = first
  let right = spare
  for (let p = first; p < end; p += sizeOf<T>()) {
    const value = load<f32>(at + (<usize>load<u32>(p) << 1))
    const step = <usize>(value != value ? goneLeft : goesLeft(value)) * sizeOf<T>()
    copyTwice<T>(p, left, right)
    left += step
    right += sizeOf<T>() - step
  }
  copyWords(left, spare, right - spare)
  return left
}
