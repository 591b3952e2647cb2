import { bestScore, GO_LEFT, GO_RIGHT, NO_RIGHT, setBest, setLeft, setMissing } from './best'
import { sortColumns } from './network'
import { BY_VALUE, keepLane, placeLevels } from './level-places'
import { codes, hasMissing, keyRows, laneSums, levelCount, levels, minLeaf, missing, MISSING, rowSums } from './state'
import { pick4 } from './lanes'

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
  const values = rowSums
  const at0 = codes + (<usize>f0 << 1)
  const at1 = codes + (<usize>f1 << 1)
  const at2 = codes + (<usize>f2 << 1)
  const at3 = codes + (<usize>f3 << 1)
  const all = roundValues(first, end, weight, sum)
  let out = keys
  let i: u32 = 0
  for (let p = first; p < end; p += 16, out += 16, i++) {
    const row = load<u32>(p)
    let v = i32x4.splat(((load<u32>(p, 4) >> 24) << 8) | i)
    v = v128.load_lane<u16>(at0 + row, v, 1)
    v = v128.load_lane<u16>(at1 + row, v, 3)
    v = v128.load_lane<u16>(at2 + row, v, 5)
    v = v128.load_lane<u16>(at3 + row, v, 7)
    v128.store(out, v)
  }
  if (levels != 0) placeLevels(f0, f1, f2, f3, n, BY_VALUE, 0)
  sortColumns(keys, n)
  const byte = i32x4.splat(0xff)
  const total = i32x4.splat(all)
  const whole = f32x4.splat(<f32>weight)
  let left = i32x4.splat(0)
  let acc = i32x4.splat(0)
  let best = f32x4.splat(-1)
  let bestAt = i32x4.splat(0)
  let key = v128.load(keys)
  let code = i32x4.shr_u(key, 16)
  for (let j: u32 = 0; j < n - minLeaf; j++) {
    const at = keys + (<usize>j << 4)
    const next = v128.load(at + 16)
    const nextCode = i32x4.shr_u(next, 16)
    let q = v128.load32_zero(values + (<usize>load<u8>(at) << 2))
    q = v128.load_lane<u32>(values + (<usize>load<u8>(at, 4) << 2), q, 1)
    q = v128.load_lane<u32>(values + (<usize>load<u8>(at, 8) << 2), q, 2)
    q = v128.load_lane<u32>(values + (<usize>load<u8>(at, 12) << 2), q, 3)
    acc = i32x4.add(acc, q)
    left = i32x4.add(left, v128.and(i32x4.shr_u(key, 8), byte))
    const d = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shl(acc, 1), total))
    const nl = f32x4.convert_i32x4_s(left)
    const s = f32x4.div(f32x4.mul(d, d), f32x4.mul(nl, f32x4.sub(whole, nl)))
    const better = v128.andnot(
      f32x4.gt(s, best),
      v128.or(i32x4.eq(code, nextCode), i32x4.splat(j + 1 < minLeaf ? -1 : 0)),
    )
    best = v128.bitselect(s, best, better)
    bestAt = v128.bitselect(i32x4.splat(j), bestAt, better)
    key = next
    code = nextCode
  }
  if (missing == 0) {
    keepBest(best, bestAt, f0, f1, f2, f3, first, n)
    return
  }
  v128.store(laneSums, best)
  v128.store(laneSums, bestAt, 16)
  for (let lane: u32 = 0; lane < 4; lane++) {
    const s = <f64>load<f32>(laneSums + (<usize>lane << 2))
    const f = pick4(lane, f0, f1, f2, f3)
    const column = keys + (<usize>lane << 2)
    const gone = hasMissing(f) && load<u32>(column + (<usize>(n - 1) << 4)) >> 16 == MISSING
    if (s > bestScore) {
      const place = load<u32>(laneSums + (<usize>lane << 2), 16)
      const at = column + (<usize>place << 4)
      const right = load<u32>(at, 16) >> 16
      setBest(s, f, load<u32>(at) >> 16, gone && right == MISSING ? NO_RIGHT : right)
      if (gone) setMissing(GO_RIGHT)
      if (levelCount(f) > 0) keepLane(lane, n)
      setLeftUpTo(column, place, 0, 0, first)
    }
    if (gone && (lane == 0 || f != pick4(lane - 1, f0, f1, f2, f3))) {
      scanSmallMissing(lane, f, first, n, weight, all)
    }
  }
}

/** The best of four lanes, the first of equal ones, without a branch a lane. */
function keepBest(best: v128, bestAt: v128, f0: u32, f1: u32, f2: u32, f3: u32, first: usize, n: u32): void {
  const pairs = f32x4.pmax(best, i32x4.shuffle(best, best, 2, 3, 0, 1))
  const top = f32x4.pmax(pairs, i32x4.shuffle(pairs, pairs, 1, 0, 3, 2))
  const s = <f64>f32x4.extract_lane(top, 0)
  if (s <= bestScore) return
  const lane = <u32>ctz(i32x4.bitmask(f32x4.eq(best, top)))
  v128.store(laneSums, bestAt)
  const place = load<u32>(laneSums + (<usize>lane << 2))
  const column = keyRows + (<usize>lane << 2)
  const at = column + (<usize>place << 4)
  const f = pick4(lane, f0, f1, f2, f3)
  setBest(s, f, load<u32>(at) >> 16, load<u32>(at, 16) >> 16)
  if (levelCount(f) > 0) keepLane(lane, n)
  setLeftUpTo(column, place, 0, 0, first)
}

/** The exact weight and sum of sorted samples 0..place, and of `n - held` more that lack a value. */
function setLeftUpTo(column: usize, place: u32, held: u32, n: u32, first: usize): void {
  let nl: u32 = 0
  let sl: f64 = 0
  for (let j: usize = 0; j <= place; j++) {
    const k = load<u32>(column + (j << 4))
    nl += (k >> 8) & 0xff
    sl += load<f64>(first + (<usize>(k & 0xff) << 4), 8)
  }
  for (let j: usize = held; j < n; j++) {
    const k = load<u32>(column + (j << 4))
    nl += (k >> 8) & 0xff
    sl += load<f64>(first + (<usize>(k & 0xff) << 4), 8)
  }
  setLeft(nl, sl, 0, place + 1 + n - held)
}

/** Tries the cuts of a sorted column with its missing values on the left. */
function scanSmallMissing(lane: u32, f: u32, first: usize, n: u32, weight: f64, all: i32): void {
  const column = keyRows + (<usize>lane << 2)
  let nl: u32 = 0
  let sl: i32 = 0
  let held = n
  for (; held > 0; held--) {
    const key = load<u32>(column + (<usize>(held - 1) << 4))
    if (key >> 16 != MISSING) break
    nl += (key >> 8) & 0xff
    sl += load<i32>(rowSums + (<usize>(key & 0xff) << 2))
  }
  for (let i: u32 = 0; i + 1 < held; i++) {
    const key = load<u32>(column + (<usize>i << 4))
    const next = load<u32>(column + (<usize>(i + 1) << 4)) >> 16
    nl += (key >> 8) & 0xff
    sl += load<i32>(rowSums + (<usize>(key & 0xff) << 2))
    const rows = n - held + i + 1
    if (next == key >> 16 || rows < minLeaf || n - rows < minLeaf) continue
    const twice: i32 = sl << 1
    const d = <f32>(twice - all)
    const s = <f64>((d * d) / (<f32>nl * <f32>(weight - nl)))
    if (s > bestScore) {
      setBest(s, f, key >> 16, next)
      setMissing(GO_LEFT)
      if (levelCount(f) > 0) keepLane(lane, n)
      setLeftUpTo(column, i, held, n, first)
    }
  }
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
