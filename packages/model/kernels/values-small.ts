import { bestScore, GO_LEFT, NO_RIGHT, setBest, setLeft, setMissing } from './best'
import { GONE_SUMS, goneCodes, heldIn, isInside, keysOf, LEFT_SIDE, setHeld } from './gaps'
import { pick4, WHOLE } from './lanes'
import { arrangeByMean, cellsOf, CODE_BITS, isPair, keepLane, placeOfMean, valuesOf, weightsOf } from './level-means'
import { keepPairLane } from './level-places'
import { sortColumns } from './network'
import { placeOfTop, topLane, topScore, topSide } from './top'
import { keepLeft } from './subsets'
import { codes, keyRows, laneSums, levelCount, levels, minLeaf, missing, rowSums } from './state'

/*
 * A small node's weighted values, less the node's mean, are rounded to int32 so that no sum leaves int32: sums are exact
 * and cuts that part the rows alike tie exactly. With d the left sum less the right one, the score d^2 / (nl nr) is
 * taken in float32; times `unit` it is comparable with that of other groups of features of the same node only.
 */
export function lookSmall(
  f0: u32,
  f1: u32,
  f2: u32,
  f3: u32,
  first: usize,
  end: usize,
  n: u32,
  weight: f64,
  sum: f64,
): void {
  const keys = keyRows
  const at0 = codes + (<usize>f0 << 1)
  const at1 = codes + (<usize>f1 << 1)
  const at2 = codes + (<usize>f2 << 1)
  const at3 = codes + (<usize>f3 << 1)
  const all = roundValues(first, end, weight, sum)
  let gaps = false
  if (missing == 0) {
    let out = keys
    let i: u32 = 0
    for (let p = first; p < end; p += 16, out += 16, i++) {
      v128.store(out, keysOf(i, at0, at1, at2, at3, load<u32>(p)))
    }
  } else {
    gaps = gatherWithGaps(at0, at1, at2, at3, goneCodes(f0, f1, f2, f3), first, end, n)
  }
  sortColumns(keys, n)
  const places = levels == 0 ? i32x4.splat(CODE_BITS) : arrangeByMean(f0, f1, f2, f3, n)
  scan(n, weight, all, gaps, places)
  const lane = topLane(gaps)
  if (topScore > bestScore) keepCut(lane, pick4(lane, f0, f1, f2, f3), topSide, gaps ? heldIn(lane) : n, first, n, weight)
}

/** Gathers the keys of four columns and sums up what lacks a value; false when nothing does. */
function gatherWithGaps(at0: usize, at1: usize, at2: usize, at3: usize, lacking: v128, first: usize, end: usize, n: u32): bool {
  let held = i32x4.splat(n)
  let sum = i32x4.splat(0)
  let weight = f32x4.splat(0)
  let out = keyRows
  let cell = rowSums
  let i: u32 = 0
  for (let p = first; p < end; p += 16, out += 16, cell += 8, i++) {
    const keys = keysOf(i, at0, at1, at2, at3, load<u32>(p))
    const gone = i32x4.eq(i32x4.shr_u(keys, 16), lacking)
    v128.store(out, keys)
    held = i32x4.add(held, gone)
    sum = i32x4.add(sum, v128.and(gone, v128.load32_splat(cell)))
    weight = f32x4.add(weight, v128.and(gone, v128.load32_splat(cell, 4)))
  }
  v128.store(laneSums, sum, GONE_SUMS)
  v128.store(laneSums, weight, GONE_SUMS + 16)
  return setHeld(held, n)
}

/**
 * Scores all cuts of four sorted columns: laneSums gets f32[4] best score and u32[4] its place (at 16), and if `gaps` the same with
 * missing values on the left from LEFT_SIDE on. The bits `places` of the keys tell what is parted.
 */
function scan(n: u32, weight: f64, all: i32, gaps: bool, places: v128): void {
  const keys = keyRows
  const total = i32x4.splat(all)
  const whole = f32x4.splat(<f32>weight)
  const goneSum = v128.load(laneSums, GONE_SUMS)
  const goneWeight = v128.load(laneSums, GONE_SUMS + 16)
  let left = f32x4.splat(0)
  let acc = i32x4.splat(0)
  let best = f32x4.splat(-1)
  let bestAt = i32x4.splat(0)
  let otherBest = f32x4.splat(-1)
  let otherAt = i32x4.splat(0)
  let place = v128.and(v128.load(keys), places)
  for (let j: u32 = 0; j < n - minLeaf; j++) {
    const at = keys + (<usize>j << 4)
    const next = v128.and(v128.load(at + 16), places)
    const same = i32x4.eq(place, next)
    const a = cellsOf(at)
    const b = cellsOf(at + 8)
    acc = i32x4.add(acc, valuesOf(a, b))
    left = f32x4.add(left, weightsOf(a, b))
    const s = scoreOf(acc, left, total, whole)
    const better = v128.andnot(f32x4.gt(s, best), v128.or(same, i32x4.splat(j + 1 < minLeaf ? -1 : 0)))
    best = v128.bitselect(s, best, better)
    bestAt = v128.bitselect(i32x4.splat(j), bestAt, better)
    if (gaps) {
      const other = scoreOf(i32x4.add(acc, goneSum), f32x4.add(left, goneWeight), total, whole)
      const wins = v128.and(v128.andnot(f32x4.gt(other, otherBest), same), isInside(j))
      otherBest = v128.bitselect(other, otherBest, wins)
      otherAt = v128.bitselect(i32x4.splat(j), otherAt, wins)
    }
    place = next
  }
  v128.store(laneSums, best)
  v128.store(laneSums, bestAt, 16)
  v128.store(laneSums, otherBest, LEFT_SIDE)
  v128.store(laneSums, otherAt, LEFT_SIDE + 16)
}

/** Scores from rounded sums and weights (f32) on the left, and of the node. */
export function scoreOf(acc: v128, left: v128, total: v128, whole: v128): v128 {
  const d = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shl(acc, 1), total))
  return f32x4.div(f32x4.mul(d, d), f32x4.mul(left, f32x4.sub(whole, left)))
}

/** Keeps the best cut of a lane, `held` of whose n rows have a value. */
function keepCut(lane: u32, f: u32, side: u32, held: u32, first: usize, n: u32, weight: f64): void {
  const place = placeOfTop(lane)
  const column = keyRows + (<usize>lane << 2)
  const at = column + (<usize>place << 4)
  if (levelCount(f) > 0 && isPair(lane)) {
    const lowerIsLeft = lowerMeansLess(column, place, weight)
    setBest(topScore, f, 0, NO_RIGHT)
    keepPairLane(lane, place, lowerIsLeft)
    keepLeft(lowerIsLeft ? setLeftOf(column, 0, place + 1, n, n, first) : setLeftOf(column, place + 1, n, n, n, first))
    return
  }
  const isNumber = levelCount(f) == 0
  setBest(topScore, f, isNumber ? load<u32>(at) >> 16 : 0, place + 1 == held || !isNumber ? NO_RIGHT : load<u32>(at, 16) >> 16)
  if (held < n) setMissing(side)
  const samples = setLeftOf(column, 0, place + 1, side == GO_LEFT ? held : n, n, first)
  if (!isNumber) keepLane(lane, n, samples)
}

/** Whether the mean of sorted samples 0..place is not above that of the others. */
function lowerMeansLess(column: usize, place: u32, weight: f64): bool {
  let w: f32 = 0
  let sum: i32 = 0
  for (let j: usize = 0; j <= place; j++) {
    const cell = rowSums + (<usize>load<u8>(column + (j << 4)) << 3)
    w += load<f32>(cell, 4)
    sum += load<i32>(cell)
  }
  return placeOfMean(<f32>sum, w) <= placeOfMean(<f32>(roundedSum - sum), <f32>weight - w)
}

/** Sets the exact weight and sum of sorted samples [from, to), and of those from `gone` on that lack a value; answers a bit of each. */
function setLeftOf(column: usize, from: u32, to: u32, gone: u32, n: u32, first: usize): u32 {
  let samples: u32 = 0
  let nl: u32 = 0
  let sl: f64 = 0
  for (let j: usize = from; j < to; j++) {
    const k = load<u32>(column + (j << 4))
    samples |= 1 << (k & 31)
    const p = first + (<usize>(k & 31) << 4)
    nl += load<u32>(p, 4) >> 24
    sl += load<f64>(p, 8)
  }
  for (let j: usize = gone; j < n; j++) {
    const k = load<u32>(column + (j << 4))
    samples |= 1 << (k & 31)
    const p = first + (<usize>(k & 31) << 4)
    nl += load<u32>(p, 4) >> 24
    sl += load<f64>(p, 8)
  }
  setLeft(nl, sl, 0, to - from + n - gone)
  return samples
}

/** The node whose values stand in rowSums, and their sum. */
let roundedNode: usize = 0
let roundedSum: i32 = 0

/** Forgets the values of the node before. */
export function startRounding(): void {
  roundedNode = 0
}

/** Writes the values of a small node to rowSums, i32 value and f32 weight of a sample, unless they are there; answers their sum. */
export function roundValues(first: usize, end: usize, weight: f64, sum: f64): i32 {
  if (roundedNode == first) return roundedSum
  const mean = f64x2.splat(sum / weight)
  const none = i64x2.splat(0)
  const last = first + ((end - first) & ~31)
  let sizes = f64x2.splat(0)
  for (let p = first; p < last; p += 32) sizes = f64x2.add(sizes, f64x2.abs(offsetsOf(v128.load(p), v128.load(p, 16), mean)))
  if (last != end) sizes = f64x2.add(sizes, f64x2.abs(offsetsOf(v128.load(last), none, mean)))
  const size = f64x2.extract_lane(sizes, 0) + f64x2.extract_lane(sizes, 1)
  // 2^28 / 2^exponent of size: sums stay below 2^30, their doubles within int32.
  const unit = f64x2.splat(reinterpret<f64>(<u64>(2046 + 28 - ((reinterpret<u64>(size) >> 52) & 0x7ff)) << 52))
  let to = rowSums
  let all = none
  for (let p = first; p < end; p += 32, to += 16) {
    const a = v128.load(p)
    const b = p == last ? none : v128.load(p, 16)
    const rounded = f64x2.add(f64x2.mul(offsetsOf(a, b, mean), unit), f64x2.splat(WHOLE))
    all = i32x4.add(all, rounded)
    v128.store(to, i32x4.shuffle(rounded, f32x4.demote_f64x2_zero(weightsOfTwo(a, b)), 0, 4, 2, 5))
  }
  roundedNode = first
  roundedSum = i32x4.extract_lane(all, 0) + i32x4.extract_lane(all, 2)
  return roundedSum
}

/** How much the values of two samples, times their weights, are more than the mean. */
function offsetsOf(a: v128, b: v128, mean: v128): v128 {
  return f64x2.sub(i64x2.shuffle(a, b, 1, 3), f64x2.mul(weightsOfTwo(a, b), mean))
}

function weightsOfTwo(a: v128, b: v128): v128 {
  return f64x2.convert_low_i32x4_u(i32x4.shr_u(i32x4.shuffle(a, b, 1, 5, 1, 5), 24))
}
