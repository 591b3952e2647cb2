import { heaviestOf } from './direction'
import { four, upper, WHOLE } from './lanes'
import { weight } from './many-node'
import { keyRows, laneRuns, levelPlaces, levelRuns, MISSING, sortedKeys } from './state'

/*
 * A category of a small node of three and more classes without class weights, whose samples are sorted by level. Most levels have one
 * sample, which lies along the direction of level-direction.ts where its class does; levels of one place are not parted. So what is put in
 * order are items: the classes, each for all levels of one of its samples, and the levels of more samples.
 */

// Arrays at levelRuns, by class of the node or by item, which are the classes and the levels of more samples; by class u32 weight | samples << 16 in the node,
// and of the levels of one sample; i32 the direction; by item f32 what it is ordered by, u32 samples, u32 place = samples of items before it;
// by level of more samples u32 first sample | last << 8; by sample u8 its item unless its level has but one; by place u32 where its next sample goes.
const SINGLES: usize = 36 * 4
const DIRECTIONS: usize = SINGLES + 36 * 4
const ORDERS: usize = DIRECTIONS + 36 * 4
const SIZES: usize = ORDERS + 56 * 4
const PLACES: usize = SIZES + 56 * 4
const RUNS: usize = PLACES + 56 * 4
const ITEMS: usize = RUNS + 16 * 8
const NEXT: usize = ITEMS + 32

let heaviest: u32 = 0
/** Classes, filled up to whole vectors. */
let padded: u32 = 0

/** Counts the classes of a node of n samples, whose keys stand in keyRows. */
export function startClasses(n: u32, present: u32): void {
  heaviest = heaviestOf(present)
  padded = (present + 3) & ~3
  for (let c: usize = 0; c < padded; c++) store<u32>(levelRuns + (c << 2), 0)
  const end = keyRows + (<usize>n << 4)
  for (let row = keyRows; row < end; row += 16) {
    const key = load<u32>(row)
    const to = levelRuns + (<usize>(key & 0xff) << 2)
    store<u32>(to, load<u32>(to) + (((key >> 8) & 0xff) | 0x10000))
  }
}

/** Brings a sorted column of n samples into the order of its levels' places; `changes` has a bit of each sample that the next one's level differs from. */
export function arrangeByClass(lane: u32, column: usize, n: u32, changes: u32): void {
  let ends = changes | (1 << (n - 1))
  let held = n
  if (load<u16>(column + (<usize>(n - 1) << 4), 2) == MISSING) {
    ends = changes
    held = 32 - clz(ends)
  }
  const singles = ends & ((ends << 1) | 1)
  const several = (<u32>0xffffffff >> (32 - held)) & ~singles
  const runs = findPlaces(column, n, held, ends, several)
  const isParted = placeItems(padded + runs)
  move(lane, column, n, held, ends, several, isParted)
}

/** Finds what the items are ordered by; answers how many levels have more than one sample. */
function findPlaces(column: usize, n: u32, held: u32, ends: u32, several: u32): u32 {
  let all = weight
  for (let c: usize = 0; c < padded; c += 4) {
    const at = levelRuns + (c << 2)
    v128.store(at, four(at, at + 4, at + 8, at + 12), SINGLES)
    v128.store(at, i32x4.splat(0), DIRECTIONS)
  }
  for (let i = held; i < n; i++) all -= takeFromSingles(load<u32>(column + (<usize>i << 4)))
  const mean = <f64>(load<u32>(levelRuns + (<usize>heaviest << 2), SINGLES) & 0xffff) / <f64>all
  let runs: u32 = 0
  for (let samples = several; samples != 0; runs++) {
    const first = ctz(samples)
    const last = ctz(ends & (<u32>-1 << first))
    samples &= <u32>-2 << last
    store<u32>(levelRuns + (<usize>runs << 2), first | (last << 8), RUNS)
    let heavy: u32 = 0
    let sum: u32 = 0
    for (let i = first; i <= last; i++) {
      const key = load<u32>(column + (<usize>i << 4))
      const w = takeFromSingles(key)
      sum += w
      heavy += select<u32>(w, 0, (key & 0xff) == heaviest)
      store<u8>(levelRuns + <usize>i, padded + runs, ITEMS)
    }
    const share = wholeOf((<f64>heavy / <f64>sum - mean) * 16384)
    for (let i = first; i <= last; i++) {
      const key = load<u32>(column + (<usize>i << 4))
      const to = levelRuns + (<usize>(key & 0xff) << 2)
      store<i32>(to, load<i32>(to, DIRECTIONS) + <i32>((key >> 8) & 0xff) * share, DIRECTIONS)
    }
  }
  orderClasses(mean)
  orderRuns(column, runs)
  return runs
}

function takeFromSingles(key: u32): u32 {
  const w = (key >> 8) & 0xff
  const at = levelRuns + (<usize>(key & 0xff) << 2)
  store<u32>(at, load<u32>(at, SINGLES) - (w | 0x10000), SINGLES)
  return w
}

function wholeOf(value: f64): i32 {
  return <i32>reinterpret<i64>(value + WHOLE)
}

/** Adds the levels of one sample to the direction and rounds it; classes are ordered by it. */
function orderClasses(mean: f64): void {
  const none = wholeOf((0 - mean) * 16384)
  const all = wholeOf((1 - mean) * 16384)
  const heavy = levelRuns + (<usize>heaviest << 2)
  const more = <i32>(load<u32>(heavy, SINGLES) & 0xffff) * (all - none)
  store<i32>(heavy, load<i32>(heavy, DIRECTIONS) + more, DIRECTIONS)
  let bits = i32x4.splat(0)
  for (let c: usize = 0; c < padded; c += 4) {
    const at = levelRuns + (c << 2)
    const one = at + SINGLES
    const singles = four(one, one + 4, one + 8, one + 12)
    const part = at + DIRECTIONS
    const direction = i32x4.add(
      four(part, part + 4, part + 8, part + 12),
      i32x4.mul(v128.and(singles, i32x4.splat(0xffff)), i32x4.splat(none)),
    )
    v128.store(at, direction, DIRECTIONS)
    v128.store(at, i32x4.shr_u(singles, 16), SIZES)
    bits = v128.or(bits, i32x4.abs(direction))
  }
  const halves = v128.or(bits, upper(bits))
  const exponent = 31 - clz((i32x4.extract_lane(halves, 0) | i32x4.extract_lane(halves, 1)) | 1)
  const unit = f64x2.splat(reinterpret<f64>(<u64>(1023 + 13 - exponent) << 52))
  for (let c: usize = 0; c < padded; c += 4) {
    const at = levelRuns + (c << 2)
    const parts = v128.load(at, DIRECTIONS)
    const low = f64x2.add(f64x2.mul(f64x2.convert_low_i32x4_s(parts), unit), f64x2.splat(WHOLE))
    const high = f64x2.add(f64x2.mul(f64x2.convert_low_i32x4_s(upper(parts)), unit), f64x2.splat(WHOLE))
    const whole = i32x4.shuffle(low, high, 0, 2, 4, 6)
    v128.store(at, whole, DIRECTIONS)
    v128.store(at, f32x4.convert_i32x4_s(whole), ORDERS)
  }
}

/** Orders levels of more samples by where these lie on average. */
function orderRuns(column: usize, runs: u32): void {
  for (let run: u32 = 0; run < runs; run++) {
    const ends = load<u32>(levelRuns + (<usize>run << 2), RUNS)
    const first = ends & 0xff
    const last = ends >> 8
    let along: i32 = 0
    let sum: u32 = 0
    for (let i = first; i <= last; i++) {
      const key = load<u32>(column + (<usize>i << 4))
      const w = (key >> 8) & 0xff
      along += <i32>w * load<i32>(levelRuns + (<usize>(key & 0xff) << 2), DIRECTIONS)
      sum += w
    }
    const item = levelRuns + (<usize>(padded + run) << 2)
    store<f32>(item, <f32>(<f64>along / <f64>sum), ORDERS)
    store<u32>(item, last - first + 1, SIZES)
  }
}

/** Finds the places of so many items; false if all that have samples are at one. */
function placeItems(items: u32): bool {
  for (let i = items; (i & 3) != 0; i++) {
    store<f32>(levelRuns + (<usize>i << 2), 0, ORDERS)
    store<u32>(levelRuns + (<usize>i << 2), 0, SIZES)
  }
  let others = i32x4.splat(0)
  for (let i: u32 = 0; i < items; i += 4) {
    const at = levelRuns + (<usize>i << 2)
    const order = at + ORDERS
    const mine = i < padded ? v128.load(order) : four(order, order + 4, order + 8, order + 12)
    let place = i32x4.splat(0)
    for (let other = levelRuns; other < levelRuns + (<usize>items << 2); other += 4) {
      const isBefore = f32x4.gt(mine, v128.load32_splat(other + ORDERS))
      place = i32x4.add(place, v128.and(isBefore, v128.load32_splat(other + SIZES)))
    }
    v128.store(at, place, PLACES)
    const size = at + SIZES
    const sizes = i < padded ? v128.load(size) : four(size, size + 4, size + 8, size + 12)
    others = v128.or(others, v128.andnot(place, i32x4.eq(sizes, i32x4.splat(0))))
  }
  return v128.any_true(others)
}

/** Puts the samples in the order of places, and keeps u32 place << 16 | level of each level; levels at one place stay as they are. */
function move(lane: u32, column: usize, n: u32, held: u32, ends: u32, several: u32, isParted: bool): void {
  const list = levelPlaces + (<usize>lane << 7)
  store<u32>(laneRuns + (<usize>lane << 2), <u32>popcnt(ends))
  let run: u32 = 0
  if (!isParted) {
    for (let i: u32 = 0; i < held; i++) {
      const level = load<u32>(column + (<usize>i << 4)) >> 16
      store<u32>(list + (<usize>run << 2), (level << 16) | level)
      run += (ends >> i) & 1
    }
    return
  }
  for (let i: usize = 0; i < held; i += 4) {
    v128.store(levelRuns + (i << 2), i32x4.add(i32x4.splat(<u32>i), i32x4(0, 1, 2, 3)), NEXT)
  }
  for (let i: u32 = 0; i < held; i++) {
    const key = load<u32>(column + (<usize>i << 4))
    const item = select<u32>(load<u8>(levelRuns + <usize>i, ITEMS), key & 0xff, ((several >> i) & 1) != 0)
    const place = load<u32>(levelRuns + (<usize>item << 2), PLACES)
    const next = levelRuns + (<usize>place << 2)
    const to = load<u32>(next, NEXT)
    store<u32>(next, to + 1, NEXT)
    store<u32>(sortedKeys + (<usize>to << 2), (place << 16) | (key & 0xffff))
    store<u32>(list + (<usize>run << 2), (place << 16) | (key >> 16))
    run += (ends >> i) & 1
  }
  // Rows are read as vectors next, and a processor waits for narrower writes.
  const mine = i32x4.eq(i32x4.splat(lane), i32x4(0, 1, 2, 3))
  const last = keyRows + (<usize>held << 4)
  for (let row = keyRows, from = sortedKeys; row < last; row += 16, from += 4) {
    v128.store(row, v128.bitselect(v128.load32_splat(from), v128.load(row), mine))
  }
}
