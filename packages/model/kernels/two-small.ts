import { GO_LEFT, NO_RIGHT, bestScore, setBest, setLeft, setMissing } from './best'
import { GONE_SUMS, LEFT_SIDE, goneCodes, heldIn, isInside, keysOf, setHeld } from './gaps'
import { pick4 } from './lanes'
import { arrangeLevels, isPair, keepLane, keepPairLane } from './level-places'
import { BY_FIRST, BY_SECOND } from './level-runs'
import { sortColumns } from './network'
import { codes, keyRows, laneSums, levelCount, levels, minLeaf, missing, terms } from './state'
import { placeOfTop, topLane, topScore, topSide } from './top'
import { scanEntropy } from './two-entropy-small'
import { factor0, factor1, sidesProduct } from './two-score'

export function lookSmall(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32, c0: u32, c1: u32, upper: bool): void {
  const keys = keyRows
  const at0 = codes + (<usize>f0 << 1)
  const at1 = codes + (<usize>f1 << 1)
  const at2 = codes + (<usize>f2 << 1)
  const at3 = codes + (<usize>f3 << 1)
  let gaps = false
  if (missing == 0) {
    for (let p = first, out = keys; p < end; p += 8, out += 16) {
      v128.store(out, keysOf(keyOf(load<u32>(p, 4)), at0, at1, at2, at3, load<u32>(p)))
    }
  } else {
    gaps = gatherWithGaps(at0, at1, at2, at3, goneCodes(f0, f1, f2, f3), first, end, n)
  }
  sortColumns(keys, n)
  if (levels != 0) arrangeLevels(f0, f1, f2, f3, n, upper ? BY_SECOND : BY_FIRST, 2)
  let lane: u32
  if (terms != 0) {
    lane = scanEntropy(n, c0, c1, gaps)
  } else {
    scan(n, c0, c1, gaps)
    lane = topLane(gaps)
  }
  if (topScore > bestScore) keepCut(lane, pick4(lane, f0, f1, f2, f3), topSide, gaps ? heldIn(lane) : n, n, upper)
}

/** Gathers the keys of four columns and sums up what lacks a value; false when nothing does. */
function gatherWithGaps(at0: usize, at1: usize, at2: usize, at3: usize, lacking: v128, first: usize, end: usize, n: u32): bool {
  let held = i32x4.splat(n)
  let sum = i32x4.splat(0)
  for (let p = first, out = keyRows; p < end; p += 8, out += 16) {
    const pay = load<u32>(p, 4)
    const keys = keysOf(keyOf(pay), at0, at1, at2, at3, load<u32>(p))
    const gone = i32x4.eq(i32x4.shr_u(keys, 16), lacking)
    v128.store(out, keys)
    held = i32x4.add(held, gone)
    sum = i32x4.add(sum, v128.and(gone, i32x4.splat(pay)))
  }
  v128.store(laneSums, sum, GONE_SUMS)
  return setHeld(held, n)
}

/** The weights of both classes in the lower half of a key: one of them is 0, and a small node's are below 256. */
function keyOf(pay: u32): u32 {
  return (pay | (pay >> 8)) & 0xffff
}

/**
 * Scores all cuts of four sorted columns: laneSums gets f32[4] best score and u32[4] its place (at 16), and if `gaps` the same with
 * missing values on the left from LEFT_SIDE on.
 */
function scan(n: u32, c0: u32, c1: u32, gaps: bool): void {
  const keys = keyRows
  const factors = i32x4.splat(factor0 | (factor1 << 16))
  const turned = i32x4.splat((-c1 & 0xffff) | (c0 << 16))
  const weight = i32x4.splat(factor0 * c0 + factor1 * c1)
  const gone = v128.load(laneSums, GONE_SUMS)
  let acc = i32x4.splat(0)
  let best = f32x4.splat(-1)
  let bestAt = i32x4.splat(0)
  let otherBest = f32x4.splat(-1)
  let otherAt = i32x4.splat(0)
  let key = v128.load(keys)
  let code = i32x4.shr_u(key, 16)
  for (let i: u32 = 0; i < n - minLeaf; i++) {
    const next = v128.load(keys + (<usize>(i + 1) << 4))
    const nextCode = i32x4.shr_u(next, 16)
    const same = i32x4.eq(code, nextCode)
    acc = i32x4.add(acc, weightsOf(key))
    if (i + 1 >= minLeaf) {
      const score = scoreOf(acc, turned, factors, weight)
      const better = v128.andnot(f32x4.gt(score, best), same)
      best = v128.bitselect(score, best, better)
      bestAt = v128.bitselect(i32x4.splat(i), bestAt, better)
    }
    if (gaps) {
      const other = scoreOf(i32x4.add(acc, gone), turned, factors, weight)
      const wins = v128.and(v128.andnot(f32x4.gt(other, otherBest), same), isInside(i))
      otherBest = v128.bitselect(other, otherBest, wins)
      otherAt = v128.bitselect(i32x4.splat(i), otherAt, wins)
    }
    key = next
    code = nextCode
  }
  v128.store(laneSums, best)
  v128.store(laneSums, bestAt, 16)
  v128.store(laneSums, otherBest, LEFT_SIDE)
  v128.store(laneSums, otherAt, LEFT_SIDE + 16)
}

/** Scores from the weights of both classes on the left, halves of a lane. */
export function scoreOf(acc: v128, turned: v128, factors: v128, weight: v128): v128 {
  const d = f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(acc, turned))
  const nl = i32x4.dot_i16x8_s(acc, factors)
  return f32x4.div(f32x4.mul(d, d), sidesProduct(nl, i32x4.sub(weight, nl)))
}

/** The weights of both classes in a key of a small node, as in a sample's payload. */
function weightsOf(key: v128): v128 {
  return v128.or(v128.and(key, i32x4.splat(0xff)), i32x4.shl(v128.and(key, i32x4.splat(0xff00)), 8))
}

/** Keeps the best cut of a lane, `held` of whose n rows have a value. */
function keepCut(lane: u32, f: u32, side: u32, held: u32, n: u32, upper: bool): void {
  const place = placeOfTop(lane)
  const column = keyRows + (<usize>lane << 2)
  const at = column + (<usize>place << 4)
  if (levelCount(f) > 0 && isPair(lane)) {
    const lower = sumOf(column, 0, place + 1)
    const higher = sumOf(column, place + 1, n)
    const lowerIsLeft = shareOf(lower, upper) <= shareOf(higher, upper)
    setBest(topScore, f, 0, NO_RIGHT)
    keepPairLane(lane, place, lowerIsLeft)
    if (lowerIsLeft) setLeft(lower & 0xffff, lower >> 16, 0, place + 1)
    else setLeft(higher & 0xffff, higher >> 16, 0, n - place - 1)
    return
  }
  const from = side == GO_LEFT ? held : n
  const left = sumOf(column, 0, place + 1) + sumOf(column, from, n)
  setBest(topScore, f, load<u32>(at) >> 16, place + 1 == held ? NO_RIGHT : load<u32>(at, 16) >> 16)
  if (held < n) setMissing(side)
  if (levelCount(f) > 0) keepLane(lane)
  setLeft(left & 0xffff, left >> 16, 0, place + 1 + n - from)
}

/** The share of the class with the higher number, what levels are ordered by. */
function shareOf(weights: u32, upper: bool): f32 {
  const first = weights & 0xffff
  const second = weights >> 16
  return <f32>(<f64>(upper ? second : first) / <f64>(first + second))
}

/** The weights of both classes in sorted rows of a column. */
function sumOf(column: usize, from: usize, to: usize): u32 {
  let sum: u32 = 0
  for (let i = from; i < to; i++) {
    const key = load<u32>(column + (i << 4))
    sum += (key & 0xff) | ((key & 0xff00) << 8)
  }
  return sum
}
