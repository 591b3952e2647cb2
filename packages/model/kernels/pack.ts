import { entryCount, leafCount, splitCount } from './nodes'
import { classes, entryClass, entryWeight, features, leafRows, leafStart, leafValue, levels, sortKeys, splitFeature, splitFlags, splitThreshold } from './state'

/*
 * Brings the arrays of a tree that is done into the forms of a file, each in its place; the slow twin is src/narrow-run.ts.
 * Vectors are read and written beyond the end of an array by less than one, within what its array was given.
 */

const SUBSET: u32 = 2
const MANY_ROWS: u32 = 255

/** Splits that have a threshold. */
export let thresholdCount: u32 = 0
/** Whether a split sends missing values left. */
export let someLeft: bool = false
/** Counts of the entries of leaves with several, and bytes of each. */
export let countCount: u32 = 0
export let countBytes: u32 = 1
/** Leaves of many rows; how many each has stands in sortKeys. */
export let manyCount: u32 = 0
/** Whether all values are float32. */
export let valuesAreSingle: bool = false

/** @param countsAreWeights whether the shares of a leaf are fractions of the weights of its entries. */
export function packTree(countsAreWeights: bool): void {
  packThresholds()
  if (features <= 256) narrowWords(splitFeature, splitCount)
  packFlags()
  packRows()
  if (classes == 0) {
    packValues()
    return
  }
  if (countsAreWeights) packEntries()
  if (classes <= 256) narrowWords(entryClass, entryCount)
}

/** u16 below 256 to u8. */
function narrowWords(at: usize, count: u32): void {
  for (let i: usize = 0; i < count; i += 16) {
    const from = at + (i << 1)
    v128.store(at + i, i8x16.narrow_i16x8_u(v128.load(from), v128.load(from, 16)))
  }
}

/** Leaves out subset splits; minus zero becomes zero. */
function packThresholds(): void {
  let count: u32 = 0
  if (levels == 0) {
    const zero = f32x4.splat(0)
    for (let i: usize = 0; i < splitCount; i += 4) {
      const at = splitThreshold + (i << 2)
      v128.store(at, f32x4.add(v128.load(at), zero))
    }
    count = splitCount
  } else {
    for (let i: usize = 0; i < splitCount; i++) {
      store<f32>(splitThreshold + (<usize>count << 2), load<f32>(splitThreshold + (i << 2)) + <f32>0)
      count += <u32>((load<u8>(splitFlags + i) & SUBSET) == 0)
    }
  }
  thresholdCount = count
}

/** A bit a split in place of a byte. */
function packFlags(): void {
  let any: u32 = 0
  for (let i: u32 = 0; i < splitCount; i += 16) {
    let bits = <u32>i8x16.bitmask(i8x16.shl(v128.load(splitFlags + <usize>i), 7))
    if (i + 16 > splitCount) bits &= (<u32>1 << (splitCount - i)) - 1
    store<u16>(splitFlags + (<usize>i >> 3), <u16>bits)
    any |= bits
  }
  someLeft = any != 0
}

/** A byte a leaf; MANY_ROWS where more, which are listed. */
function packRows(): void {
  let many: u32 = 0
  const most = i32x4.splat(MANY_ROWS - 1)
  for (let i: u32 = 0; i < leafCount; i += 16) {
    const at = leafRows + (<usize>i << 2)
    const a = v128.load(at)
    const b = v128.load(at, 16)
    const c = v128.load(at, 32)
    const d = v128.load(at, 48)
    const above = v128.or(
      v128.or(i32x4.gt_s(a, most), i32x4.gt_s(b, most)),
      v128.or(i32x4.gt_s(c, most), i32x4.gt_s(d, most)),
    )
    if (v128.any_true(above)) {
      const end = min(i + 16, leafCount)
      for (let leaf = i; leaf < end; leaf++) {
        const rows = load<u32>(leafRows + (<usize>leaf << 2))
        store<u32>(sortKeys + (<usize>many << 2), rows)
        many += <u32>(rows >= MANY_ROWS)
      }
    }
    const low = i16x8.narrow_i32x4_s(a, b)
    const high = i16x8.narrow_i32x4_s(c, d)
    v128.store(leafRows + <usize>i, i8x16.narrow_i16x8_u(low, high))
  }
  manyCount = many
}

function packValues(): void {
  let i: u32 = 0
  for (; i < leafCount; i++) {
    const value = load<f64>(leafValue + (<usize>i << 3))
    if (<f64>(<f32>value) != value) break
  }
  valuesAreSingle = i == leafCount
  if (!valuesAreSingle) return
  for (let leaf: usize = 0; leaf < leafCount; leaf++) {
    store<f32>(leafValue + (leaf << 2), <f32>load<f64>(leafValue + (leaf << 3)))
  }
}

/** Entries less one a leaf, and the counts of those that have several. */
function packEntries(): void {
  countCount = 0
  countBytes = 1
  if (entryCount == leafCount) return
  const isWide = classes > 256
  let largest: u32 = 0
  let start: u32 = load<u32>(leafStart)
  for (let leaf: usize = 0; leaf < leafCount; leaf++) {
    const end = load<u32>(leafStart + (leaf << 2), 4)
    if (isWide) store<u16>(leafStart + (leaf << 1), <u16>(end - start - 1))
    else store<u8>(leafStart + leaf, <u8>(end - start - 1))
    if (end - start > 1) largest = max(largest, packCounts(start, end))
    start = end
  }
  if (largest > 0xffff) countBytes = 4
  else if (largest > 0xff) countBytes = 2
  if (countBytes == 4) return
  for (let i: usize = 0; i < countCount; i++) {
    const count = load<u32>(entryWeight + (i << 2))
    if (countBytes == 1) store<u8>(entryWeight + i, <u8>count)
    else store<u16>(entryWeight + (i << 1), <u16>count)
  }
}

/** Weights of a leaf less their common divisor; answers the largest. */
function packCounts(start: u32, end: u32): u32 {
  let divisor: u32 = 0
  for (let i = start; i < end && divisor != 1; i++) {
    divisor = greatestDivisor(load<u32>(entryWeight + (<usize>i << 2)), divisor)
  }
  let largest: u32 = 0
  for (let i = start; i < end; i++) {
    const weight = load<u32>(entryWeight + (<usize>i << 2))
    const count = divisor == 1 ? weight : weight / divisor
    largest = max(largest, count)
    store<u32>(entryWeight + (<usize>countCount << 2), count)
    countCount++
  }
  return largest
}

function greatestDivisor(a: u32, b: u32): u32 {
  let greater = a
  let smaller = b
  while (smaller > 0) {
    const rest = greater % smaller
    greater = smaller
    smaller = rest
  }
  return greater
}
