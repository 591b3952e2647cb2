import { GO_LEFT, GO_RIGHT, NO_RIGHT, NONE, setBest, setLeft, setMissing } from './best'
import { clearBytes } from './bytes'
import { wins } from './draw'
import { cellOf, Valued } from './kinds'
import { takeSides } from './level-bins'
import { winsOfTwo } from './level-values'
import { shiftOfPlaces } from './levels'
import { codes, digits, hasMissing, levelCells, levelCount, levelOffsets, levelOffsetsBytes, levelSides, minLeaf } from './state'
import { keepOffsets } from './subsets'
import { score as scoreValues } from './values-score'

/*
 * With bins, a category of more levels than a large node of numbers has rows: levels are ordered by how far their means are off the node's, in steps of
 * an eighth of an octave, eight octaves down from the farthest. Levels are neither listed nor sorted; the bin of a level is how many smaller steps occur, and
 * samples are parted, and the subset is written, by the bins of samples.
 */

/** Steps on either side of the node's mean. */
const STEPS: usize = 64
/** Bits of a float32 below a step. */
const BELOW_STEP: i32 = 20

// Of the category at hand, and of the best cut: u16 level by sample, one behind the others if it is missing, and u8 step, then bin, by sample, up to seven more.
let kept: usize = 0
let keptRows: usize = 0
let keptGone: u32 = 0

/** What stands in place of a missing value's step and bin, and of a key in i16. */
const GONE: u32 = 255
const GONE_KEY: i32 = 0x7fff

// In digits: i16 key by sample; [step] u8 whether it occurs, then its bin; [bin] f64 weight, f64 sum; [bin] u32 rows.
const TABLE: usize = 2 * 65544
const BINS: usize = TABLE + 256
const ROWS: usize = BINS + 256 * 16

/** Bytes of one of the two, with categories of so many levels. */
export function levelOffsetsBytesOf(levels: usize): usize {
  return ((3 * (levels + 8)) + 15) & ~15
}

/** Tries the cuts of such a category; false where all levels have one step. */
export function lookLevelOffsets(f: u32, first: usize, end: usize, n: u32, weight: f64, sum: f64): bool {
  const buffer = kept == levelOffsets ? levelOffsets + levelOffsetsBytes : levelOffsets
  sumLevels(f, first, end, buffer)
  const steps = stepsOf(buffer, n)
  const most = findKeys(f, buffer, n, sum / weight)
  placeKeys(steps, n, most)
  const places = numberSteps()
  const isFlat = places < 2
  const shift = shiftOfPlaces(places, n)
  if (shift > 0) shiftBins(shift)
  const count = ((places - 1) >> shift) + 1
  fillBins(first, end, buffer, steps, count)
  if (isFlat) return false
  if (minLeaf == 1 && !hasMissing(f)) tryAll(f, buffer, n, count, weight, sum)
  else tryBoth(f, buffer, n, count, weight, sum)
  return true
}

function stepsOf(buffer: usize, n: u32): usize {
  return buffer + ((<usize>n + 8) << 1)
}

/** Sums up the levels, and keeps those of samples. */
function sumLevels(f: u32, first: usize, end: usize, buffer: usize): void {
  const at = codes + (<usize>f << 1)
  const gone = levelCount(f)
  let to = buffer
  for (let p = first; p < end; p += 16, to += 2) {
    const level = min(<u32>load<u16>(at + load<u32>(p)), gone)
    const cell = levelCells + (<usize>level << 4)
    store<u16>(to, <u16>level)
    v128.store(cell, f64x2.add(v128.load(cell), cellOf<Valued>(p)))
  }
  // Up to seven more repeat the last.
  v128.store(to, i16x8.splat(load<u16>(to - 2)))
}

/** Finds how far off the mean the levels of samples are: steps of a float32, below 0 not(steps); answers the most steps. */
function findKeys(f: u32, buffer: usize, n: u32, mean: f64): i32 {
  const middle = f64x2.splat(mean)
  const gone = i32x4.splat(hasMissing(f) ? levelCount(f) : 0x10000)
  const end = buffer + ((<usize>n + 7 & ~7) << 1)
  let most = i32x4.splat(0)
  let to = digits
  for (let from = buffer; from < end; from += 8, to += 8) {
    const a = <u32>load<u16>(from)
    const b = <u32>load<u16>(from, 2)
    const c = <u32>load<u16>(from, 4)
    const d = <u32>load<u16>(from, 6)
    const low = offsetsOf(levelCells + (<usize>a << 4), levelCells + (<usize>b << 4), middle)
    const high = offsetsOf(levelCells + (<usize>c << 4), levelCells + (<usize>d << 4), middle)
    const bits = i64x2.shuffle(low, high, 0, 2)
    const steps = i32x4.shr_u(v128.and(bits, i32x4.splat(i32.MAX_VALUE)), BELOW_STEP)
    const key = v128.xor(steps, i32x4.shr_s(bits, 31))
    const isGone = i32x4.eq(i32x4(a, b, c, d), gone)
    most = i32x4.max_s(most, v128.andnot(steps, isGone))
    const keys = v128.bitselect(i32x4.splat(GONE_KEY), key, isGone)
    v128.store_lane<u64>(to, i16x8.narrow_i32x4_s(keys, keys), 0)
  }
  const pairs = i32x4.max_s(most, i32x4.shuffle(most, most, 2, 3, 0, 1))
  return max(i32x4.extract_lane(pairs, 0), i32x4.extract_lane(pairs, 1))
}

/** Two means less the node's, as float32. */
function offsetsOf(a: usize, b: usize, middle: v128): v128 {
  const first = v128.load(a)
  const second = v128.load(b)
  return f32x4.demote_f64x2_zero(f64x2.sub(f64x2.div(i64x2.shuffle(first, second, 1, 3), i64x2.shuffle(first, second, 0, 2)), middle))
}

/** Brings keys to 2 x STEPS steps, and marks those that occur. */
function placeKeys(steps: usize, n: u32, most: i32): void {
  const table = digits + TABLE
  for (let at = table; at < table + 2 * STEPS; at += 16) v128.store(at, i64x2.splat(0))
  const base = i16x8.splat(<i16>(most - <i32>STEPS + 1))
  const end = steps + <usize>n
  for (let to = steps, from = digits; to < end; to += 8, from += 16) {
    const key = v128.load(from)
    const below = i16x8.shr_s(key, 15)
    const step = i16x8.max_s(i16x8.sub(v128.xor(key, below), base), i16x8.splat(0))
    const place = i16x8.add(v128.xor(step, below), i16x8.splat(<i16>STEPS))
    const both = v128.bitselect(i16x8.splat(<i16>GONE), place, i16x8.eq(key, i16x8.splat(<i16>GONE_KEY)))
    const bytes = i64x2.extract_lane(i8x16.narrow_i16x8_u(both, both), 0)
    store<u64>(to, bytes)
    mark(table, bytes)
    mark(table, bytes >> 8)
    mark(table, bytes >> 16)
    mark(table, bytes >> 24)
    mark(table, bytes >> 32)
    mark(table, bytes >> 40)
    mark(table, bytes >> 48)
    mark(table, bytes >> 56)
  }
}

function mark(table: usize, bytes: u64): void {
  store<u8>(table + <usize>(bytes & 0xff), 1)
}

/** Numbers the steps that occur, from the lowest. */
function numberSteps(): u32 {
  const table = digits + TABLE
  let bin: u32 = 0
  for (let at = table; at < table + 2 * STEPS; at += 16) {
    for (let bits = i8x16.bitmask(i8x16.ne(v128.load(at), i64x2.splat(0))); bits != 0; bits &= bits - 1) {
      store<u8>(at + <usize>ctz(bits), <u8>bin)
      bin++
    }
  }
  store<u8>(table, GONE, GONE)
  return bin
}

function shiftBins(shift: u32): void {
  const table = digits + TABLE
  for (let at = table; at < table + 2 * STEPS; at += 16) v128.store(at, i8x16.shr_u(v128.load(at), shift))
}

/** Sums up bins, turns the steps of samples into bins, and clears the cells of levels. */
function fillBins(first: usize, end: usize, buffer: usize, steps: usize, count: u32): void {
  const table = digits + TABLE
  const bins = digits + BINS
  const rows = digits + ROWS
  const counted = minLeaf > 1
  clearBytes(bins, <usize>count << 4)
  v128.store(bins + (GONE << 4), i64x2.splat(0))
  if (counted) clearBytes(rows, 256 * 4)
  for (let p = first; p < end; p += 16, buffer += 2, steps++) {
    const bin = <usize>load<u8>(table + <usize>load<u8>(steps))
    const cell = bins + (bin << 4)
    v128.store(cell, f64x2.add(v128.load(cell), cellOf<Valued>(p)))
    store<u8>(steps, <u8>bin)
    v128.store(levelCells + (<usize>load<u16>(buffer) << 4), i64x2.splat(0))
    if (counted) store<u32>(rows + (bin << 2), load<u32>(rows + (bin << 2)) + 1)
  }
}

/** Tries the cut behind every bin but the last, two at a time. */
function tryAll(f: u32, buffer: usize, n: u32, count: u32, weight: f64, sum: f64): void {
  const whole = f64x2.splat(weight)
  const total = f64x2.splat(sum)
  let left = f64x2.splat(0)
  let best = f64x2.splat(-1)
  let bestAt = i64x2.splat(0)
  let weights = left
  let sums = left
  let at = i64x2(0, 1)
  // An even number ends behind the last bin, where nothing is on the right: 0/0 beats nothing.
  let cell = digits + BINS
  for (let i: u32 = 0; i + 1 < count; i += 2, cell += 32, at = i64x2.add(at, i64x2.splat(2))) {
    const first = f64x2.add(left, v128.load(cell))
    left = f64x2.add(first, v128.load(cell, 16))
    const nl = i64x2.shuffle(first, left, 0, 2)
    const sl = i64x2.shuffle(first, left, 1, 3)
    const nr = f64x2.sub(whole, nl)
    const d = f64x2.sub(f64x2.mul(sl, nr), f64x2.mul(f64x2.sub(total, sl), nl))
    const score = f64x2.div(f64x2.mul(d, d), f64x2.mul(nl, nr))
    const better = f64x2.gt(score, best)
    best = v128.bitselect(score, best, better)
    bestAt = v128.bitselect(at, bestAt, better)
    weights = v128.bitselect(nl, weights, better)
    sums = v128.bitselect(sl, sums, better)
  }
  if (winsOfTwo(f, best, bestAt, weights, sums)) keep(f, buffer, n)
}

/** The same with missing values on either side and so many samples on each as there have to be. */
function tryBoth(f: u32, buffer: usize, n: u32, count: u32, weight: f64, sum: f64): void {
  const bins = digits + BINS
  const rowsOf = digits + ROWS
  const counted = minLeaf > 1
  const goneWeight = load<f64>(bins + (GONE << 4))
  const goneSum = load<f64>(bins + (GONE << 4), 8)
  const gone = counted ? load<u32>(rowsOf + (GONE << 2)) : 0
  const lacks = goneWeight > 0
  let top: f64 = -1
  for (let side = GO_RIGHT; side <= GO_LEFT; side++) {
    if (!lacks && side == GO_LEFT) break
    const before = top
    let topAt: u32 = 0
    let topWeight: f64 = 0
    let topSum: f64 = 0
    let topRows: u32 = 0
    let nl = side == GO_LEFT ? goneWeight : 0
    let sl = side == GO_LEFT ? goneSum : 0
    let rows = side == GO_LEFT ? gone : 0
    const cuts = lacks && side == GO_RIGHT ? count : count - 1
    for (let i: u32 = 0; i < cuts; i++) {
      nl += load<f64>(bins + (<usize>i << 4))
      sl += load<f64>(bins + (<usize>i << 4), 8)
      if (counted) {
        rows += load<u32>(rowsOf + (<usize>i << 2))
        if (rows < minLeaf || n - rows < minLeaf) continue
      }
      const score = scoreValues(nl, sl, weight, sum)
      if (score > top) {
        top = score
        topAt = i
        topWeight = nl
        topSum = sl
        topRows = rows
      }
    }
    if (top > before && wins(top, f)) {
      setBest(top, f, topAt, NO_RIGHT)
      setMissing(lacks ? side : NONE)
      setLeft(topWeight, topSum, 0, topRows)
      keep(f, buffer, n)
    }
  }
}

function keep(f: u32, buffer: usize, n: u32): void {
  kept = buffer
  keptRows = <usize>n
  keptGone = levelCount(f)
  keepOffsets()
}

/** u8 bin of each sample of the best cut; GONE of those that lack a value. */
export function keptBins(): usize {
  return stepsOf(kept, <u32>keptRows)
}

/** Sets bits of the levels on one side of the best cut, on the right if `right`. */
export function markOffsets(cut: u32, right: bool): void {
  let at = kept
  for (let bin = keptBins(), end = bin + keptRows; bin < end; bin++, at += 2) {
    store<u8>(levelSides + <usize>load<u16>(at), <u8>((<u32>load<u8>(bin) > cut) == right))
  }
  takeSides(keptGone)
}
