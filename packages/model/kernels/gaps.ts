import { clearBytes } from './bytes'
import { pick4 } from './lanes'
import { bounds, codes, hasMissing, histogram, laneSums, minLeaf, MISSING } from './state'

/*
 * Columns that lack values. The histogram of a large node has one more bin for what lacks a value; cuts are tried with it on the
 * right and on the left. A small node's sorted columns have it last.
 */

/** The bin of missing values, behind the others. */
export const GONE: usize = 256

/** Fills the histogram of two classes as lookBig in two-big.ts does. */
export function fillWithGaps(
  f0: u32,
  f1: u32,
  f2: u32,
  f3: u32,
  s0: u32,
  s1: u32,
  s2: u32,
  s3: u32,
  used: u32,
  first: usize,
  end: usize,
  light: bool,
): void {
  const at0 = codes + (<usize>f0 << 1)
  const at1 = codes + (<usize>f1 << 1)
  const at2 = codes + (<usize>f2 << 1)
  const at3 = codes + (<usize>f3 << 1)
  const lows = lowCodes(f0, f1, f2, f3)
  const scales = scalesOf(s0, s1, s2, s3)
  const lacking = goneCodes(f0, f1, f2, f3)
  const gone = i32x4.splat(GONE)
  const h = histogram
  if (light) {
    const lanes = i32x4(<u32>h, <u32>h + 4, <u32>h + 8, <u32>h + 12)
    clearBytes(h, <usize>used << 4)
    v128.store(h + (GONE << 4), i32x4.splat(0))
    for (let p = first; p < end; p += 8) {
      const pay = load<u32>(p, 4)
      const bins = binsOfCodes(gatherCodes(at0, at1, at2, at3, load<u32>(p)), lows, scales, lacking, gone)
      const to = i32x4.add(i32x4.shl(bins, 4), lanes)
      const a = <usize>i32x4.extract_lane(to, 0)
      const b = <usize>i32x4.extract_lane(to, 1)
      const c = <usize>i32x4.extract_lane(to, 2)
      const d = <usize>i32x4.extract_lane(to, 3)
      store<u32>(a, load<u32>(a) + pay)
      store<u32>(b, load<u32>(b) + pay)
      store<u32>(c, load<u32>(c) + pay)
      store<u32>(d, load<u32>(d) + pay)
    }
    return
  }
  const lanes = i32x4(<u32>h, <u32>h + 8, <u32>h + 16, <u32>h + 24)
  memory.fill(h, 0, <usize>used << 5)
  memory.fill(h + (GONE << 5), 0, 32)
  for (let p = first; p < end; p += 8) {
    const both = load<u32>(p, 4)
    const pay = <u64>(both & 0xffff) | (<u64>(both >> 16) << 32)
    const bins = binsOfCodes(gatherCodes(at0, at1, at2, at3, load<u32>(p)), lows, scales, lacking, gone)
    const to = i32x4.add(i32x4.shl(bins, 5), lanes)
    const a = <usize>i32x4.extract_lane(to, 0)
    const b = <usize>i32x4.extract_lane(to, 1)
    const c = <usize>i32x4.extract_lane(to, 2)
    const d = <usize>i32x4.extract_lane(to, 3)
    store<u64>(a, load<u64>(a) + pay)
    store<u64>(b, load<u64>(b) + pay)
    store<u64>(c, load<u64>(c) + pay)
    store<u64>(d, load<u64>(d) + pay)
  }
}

/** The codes of four features in one row. */
export function gatherCodes(at0: usize, at1: usize, at2: usize, at3: usize, row: u32): v128 {
  let v = v128.load_lane<u16>(at0 + row, i32x4.splat(0), 0)
  v = v128.load_lane<u16>(at1 + row, v, 2)
  v = v128.load_lane<u16>(at2 + row, v, 4)
  return v128.load_lane<u16>(at3 + row, v, 6)
}

/** Sort keys of four features in one row: the codes, and the same payload below each. */
export function keysOf(payload: u32, at0: usize, at1: usize, at2: usize, at3: usize, row: u32): v128 {
  let v = v128.load_lane<u16>(at0 + row, i32x4.splat(payload), 1)
  v = v128.load_lane<u16>(at1 + row, v, 3)
  v = v128.load_lane<u16>(at2 + row, v, 5)
  return v128.load_lane<u16>(at3 + row, v, 7)
}

/** Their bins, `gone` where a value is missing. Vectors have no shift by lane, so that codes are scaled up and shifted back. */
export function binsOfCodes(four: v128, lows: v128, scales: v128, lacking: v128, gone: v128): v128 {
  const bins = i32x4.shr_u(i32x4.mul(i32x4.sub(four, lows), scales), 16)
  return v128.bitselect(gone, bins, i32x4.eq(four, lacking))
}

/** The lowest codes of four features on this path. */
export function lowCodes(f0: u32, f1: u32, f2: u32, f3: u32): v128 {
  return i32x4(
    load<u16>(bounds + (<usize>f0 << 2)),
    load<u16>(bounds + (<usize>f1 << 2)),
    load<u16>(bounds + (<usize>f2 << 2)),
    load<u16>(bounds + (<usize>f3 << 2)),
  )
}

export function scalesOf(s0: u32, s1: u32, s2: u32, s3: u32): v128 {
  return i32x4(0x10000 >> s0, 0x10000 >> s1, 0x10000 >> s2, 0x10000 >> s3)
}

/** The codes of missing values of four features. */
export function goneCodes(f0: u32, f1: u32, f2: u32, f3: u32): v128 {
  return i32x4(goneCode(f0), goneCode(f1), goneCode(f2), goneCode(f3))
}

/** The code of a missing value, or one that no value has. */
export function goneCode(feature: u32): u32 {
  return hasMissing(feature) ? MISSING : 0x10000
}

// Of four sorted columns, behind the sums in laneSums: i32[4] rows that have a value, and the first place and the end of those
// behind which a column is cut with its missing values on the left.
const HELD: usize = 512
const FROM: usize = 528
const TO: usize = 544
/** And what is summed up of the missing ones, two vectors. */
export const GONE_SUMS: usize = 560

/** From what laneSums holds of cuts with missing values on the right to the same with them on the left. */
export const LEFT_SIDE: usize = 128

/** Keeps how many of n rows have a value, a lane a column; false when all have. */
export function setHeld(held: v128, n: u32): bool {
  const leaf = i32x4.splat(minLeaf)
  const some = i32x4.lt_s(held, i32x4.splat(n))
  v128.store(laneSums, held, HELD)
  // Rows on the left of place i are n - held + i + 1.
  v128.store(laneSums, i32x4.sub(i32x4.add(held, leaf), i32x4.splat(n + 1)), FROM)
  v128.store(laneSums, v128.and(i32x4.sub(held, leaf), some), TO)
  return v128.any_true(some)
}

/** The first row of the sorted columns that lacks a value in any of them. */
export function firstGone(): u32 {
  return min(min(heldIn(0), heldIn(1)), min(heldIn(2), heldIn(3)))
}

/** Rows of a column that have a value. */
export function heldIn(lane: u32): u32 {
  return load<u32>(laneSums + (<usize>lane << 2), HELD)
}

/** The columns that lack a value in sorted row i. */
export function goneAt(i: u32): v128 {
  return i32x4.ge_s(i32x4.splat(i), v128.load(laneSums, HELD))
}

/** The columns that lack values and may be cut behind sorted row i, with missing values on the left. */
export function isInside(i: u32): v128 {
  const place = i32x4.splat(i)
  return v128.and(i32x4.ge_s(place, v128.load(laneSums, FROM)), i32x4.lt_s(place, v128.load(laneSums, TO)))
}

/** Of four features those that lack no value, the last of them repeated. */
export let whole0: u32 = 0
export let whole1: u32 = 0
export let whole2: u32 = 0
export let whole3: u32 = 0

/** Finds `whole0` to `whole3` among four features, a short group of which repeats its last; false when there is none. */
export function findWhole(f0: u32, f1: u32, f2: u32, f3: u32): bool {
  let count: u32 = 0
  for (let lane: u32 = 0; lane < 4; lane++) {
    const f = pick4(lane, f0, f1, f2, f3)
    if (hasMissing(f) || (lane > 0 && f == pick4(lane - 1, f0, f1, f2, f3))) continue
    if (count == 0) whole0 = f
    if (count <= 1) whole1 = f
    if (count <= 2) whole2 = f
    whole3 = f
    count++
  }
  return count > 0
}
