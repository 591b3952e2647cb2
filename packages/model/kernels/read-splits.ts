import {
  columnFeature,
  columnOf,
  columnRole,
  features,
  layout,
  levels,
  NO_LEVELS,
  nodes,
  WIDE,
} from './forest'
import {
  addressOf,
  element,
  FEATURE,
  isSet,
  lengthOf,
  MISSING_LEFT,
  THRESHOLD,
  THRESHOLD_INDEX,
  THRESHOLD_START,
  typeOf,
} from './sections'
import { endSubsets, hasSubsets, readSubset, startSubsets } from './read-subsets'
import { MISSING_LEFT as ROLE_LEFT, MISSING_RIGHT as ROLE_RIGHT, SUBSET } from './walk'

/*
 * Reads the splits: their keys and columns, packed at the start of the nodes, without the distances to their right
 * children. A column is made when the first split looks at it.
 */

/** In `columnOf`: no column yet. Like a subset's it has bit 0 set, so one question tells common splits from others. */
const NONE: u32 = 0xffffffff

/** Columns that splits look at. */
let columns: u32 = 0

export function columnCount(): u32 {
  return columns
}

export function readSplits(): boolean {
  columns = 0
  startSubsets()
  memory.fill(columnOf, 0xff, (<usize>features) << 3)
  if (!readThresholds() || !startsAscend()) return false
  const isWide = typeOf(FEATURE) == 2
  const indexed = addressOf(THRESHOLD_INDEX) == 0 ? 0 : typeOf(THRESHOLD_INDEX)
  const numbers =
    indexed == 1
      ? isWide
        ? read<u16, u8>()
        : read<u8, u8>()
      : indexed == 2
        ? isWide
          ? read<u16, u16>()
          : read<u8, u16>()
        : isWide
          ? read<u16, u32>()
          : read<u8, u32>()
  if (numbers != lengthOf(indexed == 0 ? THRESHOLD : THRESHOLD_INDEX) || !endSubsets()) return false
  // Leaves look at column 0.
  if (columns == 0) addColumn(0, ROLE_RIGHT)
  return true
}

/** Turns thresholds, in place, into keys as walk.ts compares them; false unless all are finite. */
function readThresholds(): boolean {
  let at = addressOf(THRESHOLD)
  const end = at + ((<usize>lengthOf(THRESHOLD)) << 2)
  const exponent = i32x4.splat(0x7f800000)
  const rest = i32x4.splat(0x7fffffff)
  const zero = i32x4.splat(i32.MIN_VALUE)
  let wrong = i32x4.splat(0)
  for (; at + 16 <= end; at += 16) {
    const bits = v128.load(at)
    wrong = v128.or(wrong, i32x4.eq(v128.and(bits, exponent), exponent))
    const key = v128.xor(bits, v128.and(i32x4.shr_s(bits, 31), rest))
    // Minus zero is zero.
    v128.store(at, v128.andnot(key, i32x4.eq(bits, zero)))
  }
  for (; at < end; at += 4) {
    const bits = load<i32>(at)
    if ((bits & 0x7f800000) == 0x7f800000) return false
    store<i32>(at, bits == i32.MIN_VALUE ? 0 : bits ^ ((bits >> 31) & 0x7fffffff))
  }
  return !v128.any_true(wrong)
}

function startsAscend(): boolean {
  const start = addressOf(THRESHOLD_START)
  if (start == 0) return true
  if (load<u32>(start) != 0) return false
  for (let f: u32 = 0; f < features; f++) {
    if (load<u32>(start + ((<usize>f) << 2)) > load<u32>(start + ((<usize>f) << 2), 4)) return false
  }
  return load<u32>(start + ((<usize>features) << 2)) == lengthOf(THRESHOLD)
}

/** F is the type of features, I that of indices of thresholds, u32 where there are none. Answers the number splits. */
function read<F, I>(): u32 {
  const splits = lengthOf(FEATURE)
  if (!featuresAreKnown<F>()) return NONE
  let number: u32 = 0
  for (let split: u32 = 0; split < splits; split += 8) {
    // Subsets take the long way, and so does what is seen for the first time, or wrong.
    if (!hasSubsets()) {
      const count = readEights<F, I>(split)
      split += count
      number += count
    }
    number = readSingly<F, I>(split, min(split + 8, splits), number)
    if (number == NONE) return NONE
  }
  return number
}

function featuresAreKnown<F>(): boolean {
  let at = addressOf(FEATURE)
  const end = at + <usize>lengthOf(FEATURE) * sizeof<F>()
  if (features >> (sizeof<F>() << 3) != 0) return true
  const limit = sizeof<F>() == 1 ? i8x16.splat(<i8>features) : i16x8.splat(<i16>features)
  let wrong = i8x16.splat(0)
  for (; at + 16 <= end; at += 16) {
    const found = v128.load(at)
    wrong = v128.or(wrong, sizeof<F>() == 1 ? i8x16.ge_u(found, limit) : i16x8.ge_u(found, limit))
  }
  for (; at < end; at += sizeof<F>()) if (<u32>load<F>(at) >= features) return false
  return !v128.any_true(wrong)
}

/**
 * Reads number splits by eights, from one that is its own number on, while their columns are made and nothing is wrong; answers
 * how many. By eights for the reason that link.ts gives.
 */
function readEights<F, I>(split: u32): u32 {
  const size: usize = layout == WIDE ? 16 : 8
  const most = min(lengthOf(FEATURE), lengthOf(sizeof<I>() < 4 ? THRESHOLD_INDEX : THRESHOLD)) & ~7
  const missing = addressOf(MISSING_LEFT)
  const starts = addressOf(THRESHOLD_START)
  const keys = addressOf(THRESHOLD)
  const columns = columnOf
  let feature = addressOf(FEATURE) + <usize>split * sizeof<F>()
  let index = (sizeof<I>() < 4 ? addressOf(THRESHOLD_INDEX) : keys) + <usize>split * sizeof<I>()
  let to = nodes + <usize>split * size
  let next = split
  for (; next < most; next += 8) {
    const left = missing == 0 ? 0 : (<usize>load<u8>(missing + (next >>> 3))) << 2
    let seen = readOne<F, I>(feature, left, index, columns, starts, keys, to)
    seen |= readOne<F, I>(feature + sizeof<F>(), left >>> 1, index + sizeof<I>(), columns, starts, keys, to + size)
    seen |= readOne<F, I>(feature + 2 * sizeof<F>(), left >>> 2, index + 2 * sizeof<I>(), columns, starts, keys, to + 2 * size)
    seen |= readOne<F, I>(feature + 3 * sizeof<F>(), left >>> 3, index + 3 * sizeof<I>(), columns, starts, keys, to + 3 * size)
    seen |= readOne<F, I>(feature + 4 * sizeof<F>(), left >>> 4, index + 4 * sizeof<I>(), columns, starts, keys, to + 4 * size)
    seen |= readOne<F, I>(feature + 5 * sizeof<F>(), left >>> 5, index + 5 * sizeof<I>(), columns, starts, keys, to + 5 * size)
    seen |= readOne<F, I>(feature + 6 * sizeof<F>(), left >>> 6, index + 6 * sizeof<I>(), columns, starts, keys, to + 6 * size)
    seen |= readOne<F, I>(feature + 7 * sizeof<F>(), left >>> 7, index + 7 * sizeof<I>(), columns, starts, keys, to + 7 * size)
    if ((seen & SUBSET) != 0) break
    feature += 8 * sizeof<F>()
    index += 8 * sizeof<I>()
    to += 8 * size
  }
  return next - split
}

/**
 * Reads a number split; answers its column, which has the bit of subsets set where that column is not made or is a subset's, or the
 * threshold is not there. Bit 2 of `left` is that of missing values.
 */
@inline
function readOne<F, I>(feature: usize, left: usize, index: usize, columns: usize, starts: usize, keys: usize, to: usize): u32 {
  const f = <usize>load<F>(feature)
  const column = load<u32>(columns + (f << 3) + (left & 4))
  if (sizeof<I>() == 4) {
    store<u64>(to, <u64>load<u32>(index) | ((<u64>column) << 32))
    return column
  }
  const start = starts + (f << 2)
  const threshold = load<u32>(start) + <u32>load<I>(index)
  const isBeyond = <u32>(threshold >= load<u32>(start, 4))
  const key = load<u32>(keys + ((<usize>select<u32>(0, threshold, isBeyond)) << 2))
  store<u64>(to, <u64>key | ((<u64>column) << 32))
  return column | isBeyond
}

/** Reads splits up to `end`, exclusive, the first of which is number split `number`; answers the next one's, NONE when refused. */
function readSingly<F, I>(split: u32, end: u32, number: u32): u32 {
  const isIndexed = sizeof<I>() < 4
  const size: usize = layout == WIDE ? 16 : 8
  const feature = addressOf(FEATURE)
  const missing = addressOf(MISSING_LEFT)
  const indices = addressOf(THRESHOLD_INDEX)
  const starts = addressOf(THRESHOLD_START)
  const keys = addressOf(THRESHOLD)
  const numbers = lengthOf(isIndexed ? THRESHOLD_INDEX : THRESHOLD)
  let to = nodes + <usize>split * size
  for (; split < end; split++, to += size) {
    const f: u32 = load<F>(feature + <usize>split * sizeof<F>())
    const left = missing == 0 ? 0 : isSet(missing, split)
    const place = columnOf + ((<usize>f) << 3) + (left << 2)
    let column = load<u32>(place)
    if ((column & SUBSET) != 0) {
      if (column == NONE) column = newColumn(f, left)
      if ((column & SUBSET) != 0) {
        const subset = readSubset(load<u32>(levels + ((<usize>f) << 2)), left)
        if (subset == 0) return NONE
        store<u64>(to, <u64>subset | ((<u64>column) << 32))
        continue
      }
    }
    if (number == numbers) return NONE
    let index = number
    if (isIndexed) {
      const start = starts + ((<usize>f) << 2)
      index = load<u32>(start) + <u32>load<I>(indices + <usize>number * sizeof<I>())
      if (index >= load<u32>(start, 4)) return NONE
    }
    number++
    store<u64>(to, <u64>load<u32>(keys + ((<usize>index) << 2)) | ((<u64>column) << 32))
  }
  return number
}

/** Makes the column of a feature, for missing values to that side; answers its bits in a node. */
function newColumn(f: u32, left: u32): u32 {
  const count = load<u32>(levels + ((<usize>f) << 2))
  const place = columnOf + ((<usize>f) << 3)
  if (count == NO_LEVELS) {
    const column = addColumn(f, left == 0 ? ROLE_RIGHT : ROLE_LEFT)
    store<u32>(place + (left << 2), column)
    return column
  }
  const column = addColumn(f, count) | SUBSET
  store<u32>(place, column)
  store<u32>(place, column, 4)
  return column
}

function addColumn(f: u32, role: u32): u32 {
  store<u32>(columnFeature + ((<usize>columns) << 2), f << 2)
  store<u32>(columnRole + ((<usize>columns) << 2), role)
  return columns++ << 5
}
