import { structure } from './sections.ts'
import type { Signature } from './table.ts'

/*
 * Subsets as a file has them, in bytes, one behind the other in the order of splits; docs/model-format.md. A category of up to 16
 * levels takes ceil(levels / 8) bytes of bits. One of more takes a byte n: 0 before bits, else before the n levels, in
 * ascending order, that go where missing values do not; only where that is shorter than the bits. The twin is kernels/write-subsets.ts.
 */

/** Splits in pre-order: the feature of each, and its bit of missing values that go left (absent or empty: none does). */
export interface SplitColumns {
  readonly feature: ArrayLike<number>
  readonly missingLeft?: Uint8Array | undefined
}

/** [features] levels of each category, 0 of a number. */
export function levelsOf({ features }: Pick<Signature, 'features'>): Uint32Array {
  return Uint32Array.from(features, (feature) => (feature.type === 'category' ? feature.levels.length : 0))
}

/** Words that the subsets of all splits take with a bit a level. */
export function countWords(feature: ArrayLike<number>, levels: Uint32Array): number {
  // A feature that there is not counts for nothing, and is refused by whoever looks at it.
  const each = new Uint32Array(feature instanceof Uint8Array ? 256 : 65536)
  for (let f = 0; f < levels.length; f++) each[f] = wordsOf(levels[f])
  if (feature instanceof Uint8Array) return sumOf(feature, each)
  let words = 0
  for (let split = 0; split < feature.length; split++) words += each[feature[split]]
  return words
}

/** A loop that sees one type of array only takes half of the time. */
function sumOf(places: Uint8Array, values: Uint32Array): number {
  let sum = 0
  for (let i = 0; i < places.length; i++) sum += values[places[i]]
  return sum
}

/**
 * Words that short subsets of so many bytes may stand for: what a small file can make a reader allocate. The writer takes the
 * long form for a forest that would need more.
 */
export function mostWords(bytes: number): number {
  return Math.max(2 ** 22, 32 * bytes)
}

/** Subsets of a bit a level in their short form. */
export function shorten(words: Uint32Array, { feature, missingLeft }: SplitColumns, levels: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(words.length === 0 ? 0 : 4 * words.length + feature.length)
  let word = 0
  let at = 0
  for (let split = 0; word < words.length; split++) {
    const count = levels[feature[split]]
    if (count === 0) continue
    const subset = words.subarray(word, word + wordsOf(count))
    word += subset.length
    const listed = listedLevels(subset, count, isLeft(missingLeft, split))
    if (count > BITS_ALONE) bytes[at++] = listed.length
    if (listed.length === 0) {
      for (let i = 0; i < bitBytes(count); i++) bytes[at++] = subset[i >>> 2] >>> (8 * (i & 3))
    }
    for (const level of listed) {
      bytes[at++] = level
      if (count > NARROW) bytes[at++] = level >>> 8
    }
  }
  return bytes.slice(0, at)
}

/** The levels that go where missing values do not; none where bits are to be written. */
function listedLevels(subset: Uint32Array, count: number, missingLeft: boolean): number[] {
  const most = mostListed(count)
  const others = missingLeft ? 0xffffffff : 0
  const listed: number[] = []
  for (let i = 0; i < subset.length; i++) {
    const used = Math.min(32, count - 32 * i)
    for (let bits = ((subset[i] ^ others) << (32 - used)) >>> (32 - used); bits !== 0; bits &= bits - 1) {
      if (listed.length === most) return []
      listed.push(32 * i + 31 - Math.clz32(bits & -bits))
    }
  }
  return listed
}

/**
 * Subsets in their short form with a bit a level; each feature is one of `levels`, and the words were found to be few enough.
 *
 * @throws ModelError MODEL_ERR_FILE_STRUCTURE
 */
export function lengthen(bytes: Uint8Array, { feature, missingLeft }: SplitColumns, levels: Uint32Array): Uint32Array {
  const words = new Uint32Array(countWords(feature, levels))
  let subset = 0
  let word = 0
  let at = 0
  for (let split = 0; split < feature.length; split++) {
    const count = levels[feature[split]]
    if (count === 0) continue
    const to = words.subarray(word, word + wordsOf(count))
    word += to.length
    const end = at + sizeAt(bytes, at, count)
    if (end > bytes.length) throw structure(`shortSubsets ends in subset ${subset} at byte ${bytes.length}`)
    const listed = count > BITS_ALONE ? bytes[at++] : 0
    if (listed > mostListed(count)) {
      throw structure(`subset ${subset} lists ${listed} of ${count} levels, expected at most ${mostListed(count)}`)
    }
    if (listed === 0) readBits(bytes.subarray(at, end), to, count, subset)
    else readList(bytes.subarray(at, end), to, count, isLeft(missingLeft, split), subset)
    at = end
    subset++
  }
  if (at !== bytes.length) throw structure(`shortSubsets has ${bytes.length} entries, expected ${at}`)
  return words
}

function readBits(bytes: Uint8Array, to: Uint32Array, count: number, subset: number): void {
  for (let i = 0; i < bytes.length; i++) to[i >>> 2] |= bytes[i] << (8 * (i & 3))
  if (count % 32 !== 0 && to[to.length - 1] >>> (count % 32) !== 0) {
    throw structure(`subset ${subset} has bits beyond the ${count} levels of its feature, expected none`)
  }
}

function readList(bytes: Uint8Array, to: Uint32Array, count: number, missingLeft: boolean, subset: number): void {
  if (missingLeft) {
    to.fill(0xffffffff)
    if (count % 32 !== 0) to[to.length - 1] = 2 ** (count % 32) - 1
  }
  let least = 0
  for (let i = 0; i < bytes.length; i += sizeOf(count)) {
    const level = levelAt(bytes, i, count)
    if (level < least || level >= count) {
      throw structure(`subset ${subset} lists level ${level}, expected one from ${least} to ${count - 1}`)
    }
    to[level >>> 5] ^= 1 << (level & 31)
    least = level + 1
  }
}

/** By split: where its subset begins. */
export function placeSubsets(bytes: Uint8Array, feature: ArrayLike<number>, levels: Uint32Array): Uint32Array {
  const start = new Uint32Array(bytes.length === 0 ? 0 : feature.length)
  for (let split = 0, at = 0; split < start.length; split++) {
    start[split] = at
    if (levels[feature[split]] > 0) at += sizeAt(bytes, at, levels[feature[split]])
  }
  return start
}

/** The subsets of splits, in their order, from where each begins among `bytes`. */
export function pickSubsets(
  bytes: Uint8Array,
  start: Uint32Array,
  feature: ArrayLike<number>,
  levels: Uint32Array,
): Uint8Array<ArrayBuffer> {
  let length = 0
  for (let split = 0; split < start.length; split++) {
    if (levels[feature[split]] > 0) length += sizeAt(bytes, start[split], levels[feature[split]])
  }
  const picked = new Uint8Array(length)
  for (let split = 0, to = 0; split < start.length; split++) {
    const count = levels[feature[split]]
    if (count === 0) continue
    const from = start[split]
    const end = from + sizeAt(bytes, from, count)
    for (let at = from; at < end; at++) picked[to++] = bytes[at]
  }
  return picked
}

/** Whether the subset at `at` sends a level left. */
export function goesLeft(bytes: Uint8Array, at: number, level: number, count: number, missingLeft: boolean): boolean {
  const listed = count > BITS_ALONE ? bytes[at] : 0
  const first = count > BITS_ALONE ? at + 1 : at
  if (listed === 0) return ((bytes[first + (level >>> 3)] >>> (level & 7)) & 1) === 1
  const end = first + listed * sizeOf(count)
  for (let i = first; i < end; i += sizeOf(count)) if (levelAt(bytes, i, count) === level) return !missingLeft
  return missingLeft
}

/** Levels up to which a subset is bits alone: a list never saves a byte. */
const BITS_ALONE = 16

/** Levels up to which a listed one is a byte; else it is two, the lower first. */
const NARROW = 256

/** A byte says how many are listed, and two bytes which. */
function mostListed(count: number): number {
  if (count <= BITS_ALONE || count > 65536) return 0
  return Math.min(255, Math.ceil(bitBytes(count) / sizeOf(count)) - 1)
}

function sizeAt(bytes: Uint8Array, at: number, count: number): number {
  if (count <= BITS_ALONE) return bitBytes(count)
  return 1 + (bytes[at] > 0 ? bytes[at] * sizeOf(count) : bitBytes(count))
}

function levelAt(bytes: Uint8Array, at: number, count: number): number {
  return count > NARROW ? bytes[at] | (bytes[at + 1] << 8) : bytes[at]
}

function sizeOf(count: number): number {
  return count > NARROW ? 2 : 1
}

function bitBytes(count: number): number {
  return Math.ceil(count / 8)
}

/** Words of a subset of so many levels, a bit each. */
export function wordsOf(count: number): number {
  return Math.ceil(count / 32)
}

function isLeft(missingLeft: Uint8Array | undefined, split: number): boolean {
  if (missingLeft === undefined || missingLeft.length === 0) return false
  return ((missingLeft[split >>> 3] >>> (split & 7)) & 1) === 1
}
