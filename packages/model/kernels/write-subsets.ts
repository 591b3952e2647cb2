import { bestCut } from './best'
import { endBudget } from './budget'
import { clearBytes } from './bytes'
import { markLevels } from './level-bins'
import { markOffsets } from './level-offsets'
import { bestPlaces, drawnBits, levelBits, levelCount, levelSides, listedLevels, MISSING, subsetRoom, subsets } from './state'
import { BINS, DRAWN, drawnBytes, forgetSubset, keptCount, keptKeys, keptPlaces, keptRows, KEYS, kind, LEFT, leftCount, leftSamples, OFFSETS, PAIR, pairLeft, pairRight, PLACES, RIGHT } from './subsets'

/* Writes subsets in the form that a file has (docs/model-format.md); the slow twin is src/short-subsets.ts. */

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
