import { radixPass } from './radix'

/*
 * Numbers the distinct thresholds of each feature; the slow twin is src/number-thresholds.ts. Memory, in this order:
 *
 *   u32 found[features] | u8 or u16 features[splits] | u16 index[splits] | f32 stage[STAGE] | hash table | ranks
 *
 * A slot of the table is the bits of a threshold and, above them, feature << 16 | its number among those of its feature.
 */

/** Splits that are numbered in one call. */
const STAGE: u32 = 16384

export let numberFeature: usize = 0
export let numberIndex: usize = 0
export let numberStage: usize = 0
/** Distinct thresholds so far. */
export let distinct: u32 = 0
/** u32[features] how many of each. */
export let found: usize = 0

/** After ranking: f32[distinct] by feature, ascending. */
export let ranked: usize = 0

const FREE: u64 = 0xffffffffffffffff

let featureCount: u32 = 0
let wide: bool = false
let most: u32 = 0
let table: usize = 0
let slots: u32 = 0
let tableEnd: usize = 0
let done: usize = 0
/** u16[distinct] by feature: place among the ascending. */
let rank: usize = 0
/** u32[features] */
let starts: usize = 0

/** @param mostDistinct numbering ends when there are more. */
export function startNumbers(at: usize, features: u32, isWide: bool, count: u32, mostDistinct: u32): void {
  layOut(at, features, isWide, count)
  most = mostDistinct
  distinct = 0
  done = 0
  memory.fill(found, 0, <usize>features << 2)
  memory.fill(table, 0xff, <usize>slots << 3)
}

function layOut(at: usize, features: u32, isWide: bool, count: u32): void {
  featureCount = features
  wide = isWide
  found = aligned(at)
  numberFeature = aligned(found + (<usize>features << 2))
  numberIndex = aligned(numberFeature + (<usize>count << <usize>isWide))
  numberStage = aligned(numberIndex + (<usize>count << 1))
  table = aligned(numberStage + (<usize>STAGE << 2))
  slots = 4096
  tableEnd = table + (<usize>slots << 3)
}

function aligned(at: usize): usize {
  return (at + 15) & ~15
}

/** Numbers the next `count` splits, whose thresholds are on the stage: 1, or 0 when there are too many, 2 without memory. */
export function numberStaged(count: u32): u32 {
  return wide ? numberOf<u16>(count) : numberOf<u8>(count)
}

function numberOf<F>(count: u32): u32 {
  const end = done + count
  let word = numberStage
  for (let i = done; i < end; i++, word += 4) {
    const bits = load<u32>(word)
    const f = <u32>load<F>(numberFeature + i * sizeof<F>())
    let slot = firstSlot(bits, f)
    let entry = load<u64>(table + (<usize>slot << 3))
    // invariant of each step: the slot is taken by another threshold
    while ((<u32>entry != bits || <u32>(entry >> 48) != f) && entry != FREE) {
      slot = (slot + 1) & (slots - 1)
      entry = load<u64>(table + (<usize>slot << 3))
    }
    if (entry == FREE) {
      const number = load<u32>(found + (<usize>f << 2))
      if (number > 0xffff || ++distinct > most) return 0
      store<u32>(found + (<usize>f << 2), number + 1)
      entry = (<u64>((f << 16) | number) << 32) | <u64>bits
      store<u64>(table + (<usize>slot << 3), entry)
      if (distinct > slots >> 1 && !double()) return 2
    }
    store<u16>(numberIndex + (i << 1), <u16>(entry >> 32))
  }
  done = end
  return 1
}

function firstSlot(bits: u32, feature: u32): u32 {
  return ((bits ^ (feature * 0x85ebca6b)) * 0x9e3779b1) >>> (clz(slots) + 1)
}

/** A table of twice the size behind the old one. */
function double(): bool {
  const old = table
  const oldEnd = tableEnd
  if (!reserve(tableEnd + (<usize>slots << 4))) return false
  table = tableEnd
  slots <<= 1
  tableEnd = table + (<usize>slots << 3)
  memory.fill(table, 0xff, <usize>slots << 3)
  for (let from = old; from < oldEnd; from += 8) {
    const entry = load<u64>(from)
    if (entry == FREE) continue
    let slot = firstSlot(<u32>entry, <u32>(entry >> 48))
    while (load<u64>(table + (<usize>slot << 3)) != FREE) slot = (slot + 1) & (slots - 1)
    store<u64>(table + (<usize>slot << 3), entry)
  }
  return true
}

function reserve(end: usize): bool {
  const pages = <i32>((end + 0xffff) >>> 16) - memory.size()
  return pages <= 0 || memory.grow(pages) >= 0
}

/** Sorts the thresholds of each feature; false without memory. */
export function rankNumbers(): bool {
  ranked = tableEnd
  rank = aligned(ranked + (<usize>distinct << 2))
  starts = aligned(rank + (<usize>distinct << 1))
  const digits = aligned(starts + (<usize>featureCount << 2))
  const keys = digits + 8192
  const spare = aligned(keys + (<usize>distinct << 3))
  if (!reserve(spare + (<usize>distinct << 3))) return false
  let sum: u32 = 0
  for (let f: usize = 0; f < featureCount; f++) {
    store<u32>(starts + (f << 2), sum)
    sum += load<u32>(found + (f << 2))
  }
  for (let from = table; from < tableEnd; from += 8) {
    const entry = load<u64>(from)
    if (entry == FREE) continue
    const bits = <u32>entry
    const number = <u32>(entry >> 32) & 0xffff
    const key = bits & 0x80000000 ? ~bits : bits | 0x80000000
    const place = load<u32>(starts + (<usize>(entry >> 48) << 2)) + number
    store<u64>(keys + (<usize>place << 3), (<u64>key << 32) | number)
  }
  for (let f: usize = 0; f < featureCount; f++) {
    const start = <usize>load<u32>(starts + (f << 2))
    rankFeature(start, load<u32>(found + (f << 2)), keys + (start << 3), spare, digits)
  }
  return true
}

function rankFeature(start: usize, count: u32, keys: usize, spare: usize, digits: usize): void {
  let sorted = keys
  if (count <= 64) insertionSort(keys, count)
  else {
    radixPass(keys, spare, count, digits, 32)
    radixPass(spare, keys, count, digits, 43)
    radixPass(keys, spare, count, digits, 54)
    sorted = spare
  }
  for (let i: usize = 0; i < count; i++) {
    const entry = load<u64>(sorted + (i << 3))
    const key = <u32>(entry >> 32)
    store<u32>(ranked + ((start + i) << 2), key & 0x80000000 ? key ^ 0x80000000 : ~key)
    store<u16>(rank + ((start + <usize>(<u32>entry)) << 1), <u16>i)
  }
}

function insertionSort(keys: usize, count: u32): void {
  const end = keys + (<usize>count << 3)
  for (let p = keys + 8; p < end; p += 8) {
    const key = load<u64>(p)
    let q = p
    while (q > keys && load<u64>(q - 8) > key) {
      store<u64>(q, load<u64>(q - 8))
      q -= 8
    }
    store<u64>(q, key)
  }
}

/** Turns the numbers of splits [from, to) into places among the ascending, in bytes or words at the start of the index. */
export function rankSplits(from: u32, to: u32, bytes: u32): void {
  if (wide) rankOf<u16>(from, to, bytes)
  else rankOf<u8>(from, to, bytes)
}

function rankOf<F>(from: usize, to: usize, bytes: u32): void {
  for (let i = from; i < to; i++) {
    const f = <usize>load<F>(numberFeature + i * sizeof<F>())
    const place = <usize>load<u32>(starts + (f << 2)) + <usize>load<u16>(numberIndex + (i << 1))
    const value = load<u16>(rank + (place << 1))
    if (bytes == 1) store<u8>(numberIndex + i, <u8>value)
    else store<u16>(numberIndex + (i << 1), value)
  }
}
