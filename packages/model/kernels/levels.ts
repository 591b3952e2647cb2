import { clearBytes } from './bytes'
import { digits, levelBits, levelCells, levelCount, levelLists, levelListBytes, levelRows, maxBins } from './state'

/*
 * Categories. The levels that a node holds are listed by ascending number with what they sum up to, put in an order, and
 * parted like the codes of a number. A record of the list is 16 bytes: f64 what it is ordered by, u32 level. Kept between
 * features: the cells, rows and bits of all levels are 0.
 */

/** Of a record of bins, in the stead of what it is ordered by: u32 the bin of its level. */
export const BIN: usize = 0

/** Where levels are listed, where they are sorted to, and the list of the best cut so far: three buffers that change places. */
export let levelList: usize = 0
let levelSpare: usize = 0
export let keptLevels: usize = 0

export function startLists(): void {
  levelList = levelLists
  levelSpare = levelLists + levelListBytes
  keptLevels = levelSpare + levelListBytes
}

/** Keeps a list that was sorted. */
export function keepSorted(list: usize): void {
  if (list == levelList) levelList = keptLevels
  else if (list == levelSpare) levelSpare = keptLevels
  keptLevels = list
}

/** Marks a level as held by the node. */
export function holdLevel(level: u32): void {
  const at = levelBits + ((<usize>level >> 6) << 3)
  store<u64>(at, load<u64>(at) | (<u64>1 << (level & 63)))
}

/** Whether the cells of all levels are looked at rather than a mark a level made: cheaper unless samples are few. */
export function looksAtCells(feature: u32, n: u32): bool {
  return levelCount(feature) <= n
}

/** Lists the levels whose cells, 1 << line bytes from each other, are not 0, ascending; answers how many. */
export function listCells(feature: u32, cells: usize, line: u32): u32 {
  const count = levelCount(feature)
  let to = levelList
  for (let level: u32 = 0; level < count; level++) {
    store<u32>(to, level, 8)
    to += <usize>(load<u64>(cells + (<usize>level << line)) != 0) << 4
  }
  return <u32>((to - levelList) >> 4)
}

/** Lists the levels held, ascending, and clears their marks; answers how many. */
export function listLevels(feature: u32): u32 {
  const words = (<usize>levelCount(feature) + 63) >> 6
  let to = levelList
  for (let i: usize = 0; i < words; i++) {
    let bits = load<u64>(levelBits + (i << 3))
    if (bits == 0) continue
    store<u64>(levelBits + (i << 3), 0)
    for (; bits != 0; bits &= bits - 1, to += 16) store<u32>(to, <u32>(i << 6) + <u32>ctz(bits), 8)
  }
  return <u32>((to - levelList) >> 4)
}

export function clearLevels(list: usize, count: u32, rows: bool): void {
  const end = list + (<usize>count << 4)
  for (let p = list; p < end; p += 16) {
    const level = <usize>load<u32>(p, 8)
    v128.store(levelCells + (level << 4), i64x2.splat(0))
    if (rows) store<u32>(levelRows + (level << 2), 0)
  }
}

/** Smallest shift that leaves at most maxBins places, in a node of more samples than that. */
export function shiftOfPlaces(count: u32, samples: u32): u32 {
  if (maxBins == 0 || samples <= maxBins) return 0
  let shift: u32 = 0
  while ((count - 1) >> shift >= maxBins) shift++
  return shift
}

/**
 * How many places the records of a sorted list have along a direction: equal ones have one, unless all are equal, each of which has its own.
 */
export function countPlaces(list: usize, count: u32): u32 {
  const last = list + (<usize>(count - 1) << 4)
  if (load<f64>(list) == load<f64>(last)) return count
  let places: u32 = 1
  for (let p = list; p < last; p += 16) places += <u32>(load<f64>(p) != load<f64>(p, 16))
  return places
}

const WHOLE: f64 = 4503599627370496

/** Sorts the list by what it is ordered by, stable; answers where it ended up. */
export function sortLevels(count: u32): usize {
  const from = levelList
  const end = from + (<usize>count << 4)
  // Vectors, because a minimum of two numbers alone takes care of NaN, which takes longer.
  let least = v128.load(from)
  let most = least
  for (let p = from + 16; p < end; p += 16) {
    const key = v128.load(p)
    least = f64x2.pmin(least, key)
    most = f64x2.pmax(most, key)
  }
  const low = f64x2.extract_lane(least, 0)
  const high = f64x2.extract_lane(most, 0)
  if (low == high) return from
  if (count <= FEW) rank(count, low, high)
  else spread(count, low, high)
  const sorted = levelSpare
  if (insert(sorted, sorted + (<usize>count << 4), count << 3)) return sorted
  return merge(sorted, from, count)
}

/** Levels that are put in order by comparing each with all. */
const FEW: u32 = 256

/**
 * Writes few records nearly to their places, 32 at a time: how many stand before each, by as much of where they stand between the ends as
 * 16 bits hold beside their number in the list, which keeps equal ones in order.
 */
function rank(count: u32, low: f64, high: f64): void {
  const keys = digits
  const places = digits + (<usize>FEW << 1)
  const keysEnd = keys + (<usize>count << 1)
  const bits = 32 - clz(count - 1)
  const scale = <f64>((1 << (16 - bits)) - 1) / (high - low)
  for (let i: u32 = 0, p = levelList; i < count; i++, p += 16) {
    const part = <u32>reinterpret<u64>((load<f64>(p) - low) * scale + WHOLE)
    store<u16>(keys + (<usize>i << 1), <u16>(((part << bits) | i) ^ 0x8000))
  }
  for (let at: usize = 0; at < <usize>count << 1; at += 64) {
    const mineA = v128.load(keys + at)
    const mineB = v128.load(keys + at, 16)
    const mineC = v128.load(keys + at, 32)
    const mineD = v128.load(keys + at, 48)
    let a = i16x8.splat(0)
    let b = a
    let c = a
    let d = a
    for (let other = keys; other < keysEnd; other += 2) {
      const key = v128.load16_splat(other)
      a = i16x8.sub(a, i16x8.gt_s(mineA, key))
      b = i16x8.sub(b, i16x8.gt_s(mineB, key))
      c = i16x8.sub(c, i16x8.gt_s(mineC, key))
      d = i16x8.sub(d, i16x8.gt_s(mineD, key))
    }
    v128.store(places + at, a)
    v128.store(places + at, b, 16)
    v128.store(places + at, c, 32)
    v128.store(places + at, d, 48)
  }
  let place = places
  for (let p = levelList; p < levelList + (<usize>count << 4); p += 16, place += 2) {
    v128.store(levelSpare + (<usize>load<u16>(place) << 4), v128.load(p))
  }
}

/**
 * The same with about a bucket a level, by where it stands between the ends; what is then left to sort is little, as a rule. The sum with 2^52
 * rounds to a whole number in its lower bits, without the checks of a conversion.
 */
function spread(count: u32, low: f64, high: f64): void {
  const from = levelList
  const end = from + (<usize>count << 4)
  const buckets = min<u32>(65536, 1 << (32 - clz(count)))
  const scale = <f64>(buckets - 1) / (high - low)
  clearBytes(digits, <usize>buckets << 2)
  for (let p = from; p < end; p += 16) {
    const at = digits + (<usize>reinterpret<u64>((load<f64>(p) - low) * scale + WHOLE) << 2)
    store<u32>(at, load<u32>(at) + 1)
  }
  let sum = <u32>levelSpare
  for (let i: u32 = 0; i < buckets; i++) {
    const at = digits + (<usize>i << 2)
    const size = load<u32>(at)
    store<u32>(at, sum)
    sum += size << 4
  }
  for (let p = from; p < end; p += 16) {
    const at = digits + (<usize>reinterpret<u64>((load<f64>(p) - low) * scale + WHOLE) << 2)
    const out = load<u32>(at)
    v128.store(out, v128.load(p))
    store<u32>(at, out + 16)
  }
}

/** Sorts records by insertion; false, and half done, when that takes more than so many moves. */
function insert(from: usize, end: usize, moves: u32): bool {
  let made: u32 = 0
  for (let p = from + 16; p < end; p += 16) {
    const key = load<f64>(p)
    if (load<f64>(p - 16) <= key) continue
    const record = v128.load(p)
    let q = p
    do {
      v128.store(q, v128.load(q - 16))
      q -= 16
      made++
    } while (q > from && load<f64>(q - 16) > key)
    v128.store(q, record)
    if (made > moves) return false
  }
  return true
}

function merge(from: usize, to: usize, count: u32): usize {
  const bytes = <usize>count << 4
  for (let run: usize = 16; run < bytes; run <<= 1) {
    for (let start: usize = 0; start < bytes; start += run << 1) {
      let a = from + start
      const middle = from + min(bytes, start + run)
      let b = middle
      const end = from + min(bytes, start + (run << 1))
      for (let out = to + start; out < to + start + (end - from - start); out += 16) {
        const left = a < middle && (b >= end || load<f64>(a) <= load<f64>(b))
        v128.store(out, v128.load(left ? a : b))
        if (left) a += 16
        else b += 16
      }
    }
    const kept = from
    from = to
    to = kept
  }
  return from
}
