import { GO_LEFT, GO_RIGHT, NO_RIGHT, bestScore, setBest, setLeft, setMissing } from './best'
import { goneCode } from './gaps'
import { pick4 } from './lanes'
import { BY_FIRST, BY_SECOND, keepLane, placeLevels } from './level-places'
import { sortColumns } from './network'
import { MISSING, codes, hasMissing, keyRows, laneSums, levelCount, levels, minLeaf, missing } from './state'
import { factor0, factor1, sidesProduct } from './two-score'

export function lookSmall(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32, c0: u32, c1: u32, upper: bool): void {
  const keys = keyRows
  const at0 = codes + (<usize>f0 << 1)
  const at1 = codes + (<usize>f1 << 1)
  const at2 = codes + (<usize>f2 << 1)
  const at3 = codes + (<usize>f3 << 1)
  let out = keys
  for (let p = first; p < end; p += 8, out += 16) {
    const row = load<u32>(p)
    const both = load<u32>(p, 4)
    let v = i32x4.splat((both | (both >> 8)) & 0xffff)
    v = v128.load_lane<u16>(at0 + row, v, 1)
    v = v128.load_lane<u16>(at1 + row, v, 3)
    v = v128.load_lane<u16>(at2 + row, v, 5)
    v = v128.load_lane<u16>(at3 + row, v, 7)
    v128.store(out, v)
  }
  if (levels != 0) placeLevels(f0, f1, f2, f3, n, upper ? BY_SECOND : BY_FIRST, 2)
  sortColumns(keys, n)
  let acc = i32x4.splat(0)
  const factors = i32x4.splat(factor0 | (factor1 << 16))
  const turned = i32x4.splat((-c1 & 0xffff) | (c0 << 16))
  const weight = i32x4.splat(factor0 * c0 + factor1 * c1)
  const low8 = i32x4.splat(0xff)
  const high8 = i32x4.splat(0xff00)
  let best = f32x4.splat(-1)
  let bestAt = i32x4.splat(0)
  let key = v128.load(keys)
  let i: u32 = 0
  for (; i < minLeaf - 1; i++) {
    acc = i32x4.add(acc, v128.or(v128.and(key, low8), i32x4.shl(v128.and(key, high8), 8)))
    key = v128.load(keys + (<usize>(i + 1) << 4))
  }
  let code = i32x4.shr_u(key, 16)
  for (; i < n - minLeaf; i++) {
    const next = v128.load(keys + (<usize>(i + 1) << 4))
    const nextCode = i32x4.shr_u(next, 16)
    acc = i32x4.add(acc, v128.or(v128.and(key, low8), i32x4.shl(v128.and(key, high8), 8)))
    const d = f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(acc, turned))
    const nl = i32x4.dot_i16x8_s(acc, factors)
    const score = f32x4.div(f32x4.mul(d, d), sidesProduct(nl, i32x4.sub(weight, nl)))
    const better = v128.andnot(f32x4.gt(score, best), i32x4.eq(code, nextCode))
    best = v128.bitselect(score, best, better)
    bestAt = v128.bitselect(i32x4.splat(i), bestAt, better)
    key = next
    code = nextCode
  }
  v128.store(laneSums, best)
  v128.store(laneSums, bestAt, 16)
  if (missing != 0) scanSmallGaps(keys, n, c0, c1, i32x4(goneCode(f0), goneCode(f1), goneCode(f2), goneCode(f3)))
  for (let lane: u32 = 0; lane < 4; lane++) {
    const score = <f64>load<f32>(laneSums + (<usize>lane << 2))
    const f = pick4(lane, f0, f1, f2, f3)
    const column = keys + (<usize>lane << 2)
    const gone = hasMissing(f) && load<u32>(column + (<usize>(n - 1) << 4)) >> 16 == MISSING
    if (score > bestScore) {
      const place = load<u32>(laneSums + (<usize>lane << 2), 16)
      let sum: u32 = 0
      for (let k: usize = 0; k <= place; k++) {
        const pay = load<u32>(column + (k << 4))
        sum += (pay & 0xff) | ((pay & 0xff00) << 8)
      }
      const right = load<u32>(column + (<usize>(place + 1) << 4)) >> 16
      setBest(score, f, load<u32>(column + (<usize>place << 4)) >> 16, gone && right == MISSING ? NO_RIGHT : right)
      if (gone) setMissing(GO_RIGHT)
      if (levelCount(f) > 0) keepLane(lane, n)
      setLeft(sum & 0xffff, sum >> 16, 0, place + 1)
    }
    if (gone) keepSmallGaps(lane, f, n)
  }
}

/**
 * Tries the cuts of four sorted columns with their missing values on the left: laneSums gets f32[4] best score (at 32; -1 where
 * nothing is missing) and u32[4] place (48).
 */
function scanSmallGaps(keys: usize, n: u32, c0: u32, c1: u32, lacking: v128): void {
  const factors = i32x4.splat(factor0 | (factor1 << 16))
  const turned = i32x4.splat((-c1 & 0xffff) | (c0 << 16))
  const weight = i32x4.splat(factor0 * c0 + factor1 * c1)
  let acc = i32x4.splat(0)
  let held = i32x4.splat(n)
  for (let i = n - 1; ; i--) {
    const key = v128.load(keys + (<usize>i << 4))
    const gone = i32x4.eq(i32x4.shr_u(key, 16), lacking)
    if (!v128.any_true(gone)) break
    acc = i32x4.add(acc, v128.and(gone, spread(key)))
    held = i32x4.add(held, gone)
    if (i == 0) break
  }
  const some = i32x4.lt_s(held, i32x4.splat(n))
  // Rows on the left of place i are n - held + i + 1.
  const from = i32x4.sub(i32x4.add(held, i32x4.splat(minLeaf)), i32x4.splat(n + 1))
  const to = i32x4.sub(held, i32x4.splat(minLeaf))
  let best = f32x4.splat(-1)
  let bestAt = i32x4.splat(0)
  let key = v128.load(keys)
  let code = i32x4.shr_u(key, 16)
  for (let i: u32 = 0; i + 1 < n; i++) {
    const next = v128.load(keys + (<usize>(i + 1) << 4))
    const nextCode = i32x4.shr_u(next, 16)
    acc = i32x4.add(acc, spread(key))
    const d = f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(acc, turned))
    const nl = i32x4.dot_i16x8_s(acc, factors)
    const score = f32x4.div(f32x4.mul(d, d), sidesProduct(nl, i32x4.sub(weight, nl)))
    const place = i32x4.splat(i)
    const inside = v128.and(i32x4.ge_s(place, from), i32x4.lt_s(place, to))
    const better = v128.and(v128.andnot(f32x4.gt(score, best), i32x4.eq(code, nextCode)), v128.and(inside, some))
    best = v128.bitselect(score, best, better)
    bestAt = v128.bitselect(place, bestAt, better)
    key = next
    code = nextCode
  }
  v128.store(laneSums, best, 32)
  v128.store(laneSums, bestAt, 48)
}

/** The weights of both classes in a key of a small node, as in a sample's payload. */
function spread(key: v128): v128 {
  return v128.or(v128.and(key, i32x4.splat(0xff)), i32x4.shl(v128.and(key, i32x4.splat(0xff00)), 8))
}

function spreadOf(key: u32): u32 {
  return (key & 0xff) | ((key & 0xff00) << 8)
}

/** Keeps a lane's best cut with missing values on the left if it beats what there is. */
function keepSmallGaps(lane: u32, f: u32, n: u32): void {
  const slot = laneSums + (<usize>lane << 2)
  const score = <f64>load<f32>(slot, 32)
  if (score <= bestScore) return
  const place = load<u32>(slot, 48)
  const column = keyRows + (<usize>lane << 2)
  let sum: u32 = 0
  for (let k: usize = 0; k <= place; k++) sum += spreadOf(load<u32>(column + (k << 4)))
  let held = n
  for (; load<u32>(column + (<usize>(held - 1) << 4)) >> 16 == MISSING; held--) {
    sum += spreadOf(load<u32>(column + (<usize>(held - 1) << 4)))
  }
  const at = column + (<usize>place << 4)
  setBest(score, f, load<u32>(at) >> 16, load<u32>(at, 16) >> 16)
  setMissing(GO_LEFT)
  if (levelCount(f) > 0) keepLane(lane, n)
  setLeft(sum & 0xffff, sum >> 16, 0, n - held + place + 1)
}
