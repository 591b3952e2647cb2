import { bestScore, GO_LEFT, NO_RIGHT, setBest, setLeft, setMissing } from './best'
import { GONE_SUMS, goneCodes, heldIn, isInside, keysOf, LEFT_SIDE, setHeld } from './gaps'
import { pick4 } from './lanes'
import { arrangeLevels, isPair, keepLane, keepPairLane } from './level-places'
import { BY_VALUE } from './level-runs'
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
      v128.store(out, keysOf(((load<u32>(p, 4) >> 24) << 8) | i, at0, at1, at2, at3, load<u32>(p)))
    }
  } else {
    gaps = gatherWithGaps(at0, at1, at2, at3, goneCodes(f0, f1, f2, f3), first, end, n)
  }
  sortColumns(keys, n)
  if (levels != 0) arrangeLevels(f0, f1, f2, f3, n, BY_VALUE, 0)
  scan(n, weight, all, gaps)
  const lane = topLane(gaps)
  if (topScore > bestScore) keepCut(lane, pick4(lane, f0, f1, f2, f3), topSide, gaps ? heldIn(lane) : n, first, n, weight)
}

/** Gathers the keys of four columns and sums up what lacks a value; false when nothing does. */
function gatherWithGaps(at0: usize, at1: usize, at2: usize, at3: usize, lacking: v128, first: usize, end: usize, n: u32): bool {
  let held = i32x4.splat(n)
  let sum = i32x4.splat(0)
  let weight = sum
  let out = keyRows
  let value = rowSums
  let i: u32 = 0
  for (let p = first; p < end; p += 16, out += 16, value += 4, i++) {
    const w = load<u32>(p, 4) >> 24
    const keys = keysOf((w << 8) | i, at0, at1, at2, at3, load<u32>(p))
    const gone = i32x4.eq(i32x4.shr_u(keys, 16), lacking)
    v128.store(out, keys)
    held = i32x4.add(held, gone)
    sum = i32x4.add(sum, v128.and(gone, v128.load32_splat(value)))
    weight = i32x4.add(weight, v128.and(gone, i32x4.splat(w)))
  }
  v128.store(laneSums, sum, GONE_SUMS)
  v128.store(laneSums, weight, GONE_SUMS + 16)
  return setHeld(held, n)
}

/**
 * Scores all cuts of four sorted columns: laneSums gets f32[4] best score and u32[4] its place (at 16), and if `gaps` the same with
 * missing values on the left from LEFT_SIDE on.
 */
function scan(n: u32, weight: f64, all: i32, gaps: bool): void {
  const keys = keyRows
  const byte = i32x4.splat(0xff)
  const total = i32x4.splat(all)
  const whole = f32x4.splat(<f32>weight)
  const goneSum = v128.load(laneSums, GONE_SUMS)
  const goneWeight = v128.load(laneSums, GONE_SUMS + 16)
  let left = i32x4.splat(0)
  let acc = i32x4.splat(0)
  let best = f32x4.splat(-1)
  let bestAt = i32x4.splat(0)
  let otherBest = f32x4.splat(-1)
  let otherAt = i32x4.splat(0)
  let key = v128.load(keys)
  let code = i32x4.shr_u(key, 16)
  for (let j: u32 = 0; j < n - minLeaf; j++) {
    const at = keys + (<usize>j << 4)
    const next = v128.load(at + 16)
    const nextCode = i32x4.shr_u(next, 16)
    const same = i32x4.eq(code, nextCode)
    acc = i32x4.add(acc, valuesOf(at))
    left = i32x4.add(left, v128.and(i32x4.shr_u(key, 8), byte))
    const s = scoreOf(acc, f32x4.convert_i32x4_s(left), total, whole)
    const better = v128.andnot(f32x4.gt(s, best), v128.or(same, i32x4.splat(j + 1 < minLeaf ? -1 : 0)))
    best = v128.bitselect(s, best, better)
    bestAt = v128.bitselect(i32x4.splat(j), bestAt, better)
    if (gaps) {
      const other = scoreOf(i32x4.add(acc, goneSum), f32x4.convert_i32x4_s(i32x4.add(left, goneWeight)), total, whole)
      const wins = v128.and(v128.andnot(f32x4.gt(other, otherBest), same), isInside(j))
      otherBest = v128.bitselect(other, otherBest, wins)
      otherAt = v128.bitselect(i32x4.splat(j), otherAt, wins)
    }
    key = next
    code = nextCode
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

/** The rounded values of a sorted row of four columns. */
function valuesOf(at: usize): v128 {
  const values = rowSums
  let q = v128.load32_zero(values + (<usize>load<u8>(at) << 2))
  q = v128.load_lane<u32>(values + (<usize>load<u8>(at, 4) << 2), q, 1)
  q = v128.load_lane<u32>(values + (<usize>load<u8>(at, 8) << 2), q, 2)
  return v128.load_lane<u32>(values + (<usize>load<u8>(at, 12) << 2), q, 3)
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
  setBest(topScore, f, load<u32>(at) >> 16, place + 1 == held ? NO_RIGHT : load<u32>(at, 16) >> 16)
  if (held < n) setMissing(side)
  if (levelCount(f) > 0) keepLane(lane)
  const samples = setLeftOf(column, 0, place + 1, side == GO_LEFT ? held : n, n, first)
  if (levelCount(f) > 0) keepLeft(samples)
}

/** Whether the mean of the rounded values of sorted samples 0..place is not above that of the others. */
function lowerMeansLess(column: usize, place: u32, weight: f64): bool {
  let w: u32 = 0
  let sum: i32 = 0
  for (let j: usize = 0; j <= place; j++) {
    const k = load<u32>(column + (j << 4))
    w += (k >> 8) & 0xff
    sum += load<i32>(rowSums + (<usize>(k & 0xff) << 2))
  }
  return <f32>(<f64>sum / <f64>w) <= <f32>(<f64>(roundedSum - sum) / (weight - <f64>w))
}

/** Sets the exact weight and sum of sorted samples [from, to), and of those from `gone` on that lack a value; answers a bit of each. */
function setLeftOf(column: usize, from: u32, to: u32, gone: u32, n: u32, first: usize): u32 {
  let samples: u32 = 0
  let nl: u32 = 0
  let sl: f64 = 0
  for (let j: usize = from; j < to; j++) {
    const k = load<u32>(column + (j << 4))
    samples |= 1 << (k & 31)
    nl += (k >> 8) & 0xff
    sl += load<f64>(first + (<usize>(k & 0xff) << 4), 8)
  }
  for (let j: usize = gone; j < n; j++) {
    const k = load<u32>(column + (j << 4))
    samples |= 1 << (k & 31)
    nl += (k >> 8) & 0xff
    sl += load<f64>(first + (<usize>(k & 0xff) << 4), 8)
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

/** Writes the values of a small node as i32 to rowSums, unless they are there; answers their sum. */
export function roundValues(first: usize, end: usize, weight: f64, sum: f64): i32 {
  if (roundedNode == first) return roundedSum
  const mean = sum / weight
  let size: f64 = 0
  for (let p = first; p < end; p += 16) {
    size += abs(load<f64>(p, 8) - <f64>(load<u32>(p, 4) >> 24) * mean)
  }
  // 2^28 / 2^exponent of size: sums stay below 2^30, their doubles within int32.
  const unit = reinterpret<f64>(<u64>(2046 + 28 - ((reinterpret<u64>(size) >> 52) & 0x7ff)) << 52)
  let to = rowSums
  let all: i32 = 0
  for (let p = first; p < end; p += 16, to += 4) {
    const q = <i32>nearest((load<f64>(p, 8) - <f64>(load<u32>(p, 4) >> 24) * mean) * unit)
    store<i32>(to, q)
    all += q
  }
  roundedNode = first
  roundedSum = all
  return all
}
