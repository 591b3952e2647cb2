import { GO_LEFT, GO_RIGHT, NO_RIGHT, NONE, bestScore, binned, setBest, setLeft, setMissing } from './best'
import { binsOf, shiftOf } from './bins'
import { clearBytes } from './bytes'
import { scanSmall } from './class-small'
import { setLeftOf } from './class-weights'
import { wins } from './draw'
import { GONE, binsOfCodes, gatherCodes, goneCodes, lowCodes, scalesOf } from './gaps'
import { Weighed, sizeOf } from './kinds'
import { pick4 } from './lanes'
import { scanBins } from './many-bins'
import { present } from './many-node'
import { scoreHeavy } from './many-score'
import { sortColumns } from './network'
import { sortWideByCode } from './sort'
import {
  MISSING,
  bounds,
  classStride,
  codes,
  hasMissing,
  histogram,
  keyRows,
  laneSums,
  localCounts,
  localTotals,
  maxBins,
  minLeaf,
  missing,
  sortWide,
  unitCells,
} from './state'

/*
 * Three and more classes with fractional weights. The weights of a node are rounded to whole units, so fine that it weighs
 * less than 2^26 of them: sums of squares are exact then, as they are for weighted classes. `unitCells` holds, by place of
 * the sample in the node, u32 its weight and u32 the number of its class.
 */

export function lookSmallUnits(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32): void {
  const keys = keyRows
  const at0 = codes + (<usize>f0 << 1)
  const at1 = codes + (<usize>f1 << 1)
  const at2 = codes + (<usize>f2 << 1)
  const at3 = codes + (<usize>f3 << 1)
  let out = keys
  let place: u32 = 0
  for (let p = first; p < end; p += sizeOf<Weighed>(), out += 16, place += 8) {
    const row = load<u32>(p)
    let v = i32x4.splat(place)
    v = v128.load_lane<u16>(at0 + row, v, 1)
    v = v128.load_lane<u16>(at1 + row, v, 3)
    v = v128.load_lane<u16>(at2 + row, v, 5)
    v = v128.load_lane<u16>(at3 + row, v, 7)
    v128.store(out, v)
  }
  sortColumns(keys, n)
  scanSmall<Weighed>(keys, n)
  for (let lane: u32 = 0; lane < 4; lane++) {
    const f = pick4(lane, f0, f1, f2, f3)
    if (lane > 0 && f == pick4(lane - 1, f0, f1, f2, f3)) break
    const score = load<f64>(laneSums + (<usize>lane << 3))
    const column = keys + (<usize>lane << 2)
    const gone = hasMissing(f) && load<u16>(column + (<usize>(n - 1) << 4), 2) == MISSING
    if (score > bestScore) {
      const place = load<u32>(laneSums + (<usize>lane << 2), 32)
      const right = <u32>load<u16>(column + (<usize>place << 4), 18)
      setBest(score, f, load<u16>(column + (<usize>place << 4), 2), gone && right == MISSING ? NO_RIGHT : right)
      if (gone) setMissing(GO_RIGHT)
      setLeftOf(lane, place + 1)
    }
    if (!gone) continue
    for (let i: usize = 0; i < n; i++) {
      const key = load<u32>(column + (i << 4))
      store<u32>(sortWide + (i << 3), key & 0xffff)
      store<u32>(sortWide + (i << 3), key >> 16, 4)
    }
    scanUnits(f, sortWide, 0, 0, n, GO_LEFT)
  }
}

export function lookBigUnits(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32): void {
  const b0 = load<u32>(bounds + (<usize>f0 << 2))
  const b1 = load<u32>(bounds + (<usize>f1 << 2))
  const b2 = load<u32>(bounds + (<usize>f2 << 2))
  const b3 = load<u32>(bounds + (<usize>f3 << 2))
  const bins = binned ? min(binsOf(n), maxBins) : 256
  const s0 = shiftOf(b0, bins)
  const s1 = shiftOf(b1, bins)
  const s2 = shiftOf(b2, bins)
  const s3 = shiftOf(b3, bins)
  const used = max(
    max(((b0 >> 16) - (b0 & 0xffff)) >> s0, ((b1 >> 16) - (b1 & 0xffff)) >> s1),
    max(((b2 >> 16) - (b2 & 0xffff)) >> s2, ((b3 >> 16) - (b3 & 0xffff)) >> s3),
  ) + 1
  const exact = binned || (s0 | s1 | s2 | s3) == 0
  if (exact && minLeaf == 1 && used * (8 + 6 * ((present + 3) >> 2)) < 15 * n) {
    lookHistogram(f0, f1, f2, f3, s0, s1, s2, s3, used, first, end)
    return
  }
  for (let lane: u32 = 0; lane < 4; lane++) {
    const f = pick4(lane, f0, f1, f2, f3)
    if (lane > 0 && f == pick4(lane - 1, f0, f1, f2, f3)) break
    lookSorted(f, binned ? pick4(lane, s0, s1, s2, s3) : 0, first, end, n)
  }
}

/** u32 [bin][lane][class]: one row of a bin holds the four lanes. */
function lookHistogram(
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
): void {
  const width = <usize>classStride(present) << 2
  const line = ctz(<u32>width) + 2
  const h = histogram
  clearBytes(h, <usize>used << line)
  const at0 = codes + (<usize>f0 << 1)
  const at1 = codes + (<usize>f1 << 1)
  const at2 = codes + (<usize>f2 << 1)
  const at3 = codes + (<usize>f3 << 1)
  const lows = lowCodes(f0, f1, f2, f3)
  const scales = scalesOf(s0, s1, s2, s3)
  const lacking = goneCodes(f0, f1, f2, f3)
  const gone = i32x4.splat(GONE)
  const lanes = i32x4(<u32>h, <u32>(h + width), <u32>(h + 2 * width), <u32>(h + 3 * width))
  const gaps = missing != 0 && (hasMissing(f0) || hasMissing(f1) || hasMissing(f2) || hasMissing(f3))
  if (gaps) memory.fill(h + (GONE << line), 0, <usize>1 << line)
  let cell = unitCells
  for (let p = first; p < end; p += sizeOf<Weighed>(), cell += 8) {
    const w = load<u32>(cell)
    const bins = binsOfCodes(gatherCodes(at0, at1, at2, at3, load<u32>(p)), lows, scales, lacking, gone)
    const to = i32x4.add(i32x4.add(i32x4.shl(bins, line), lanes), i32x4.splat(load<u32>(cell, 4) << 2))
    const a = <usize>i32x4.extract_lane(to, 0)
    const b = <usize>i32x4.extract_lane(to, 1)
    const c = <usize>i32x4.extract_lane(to, 2)
    const d = <usize>i32x4.extract_lane(to, 3)
    store<u32>(a, load<u32>(a) + w)
    store<u32>(b, load<u32>(b) + w)
    store<u32>(c, load<u32>(c) + w)
    store<u32>(d, load<u32>(d) + w)
  }
  scanBins(gaps, f0, f1, f2, f3, s0, s1, s2, s3, used, width, line)
}

/** Sorts the node by one feature and tries each cut between codes (between bins of 2^shift codes when shift > 0). */
function lookSorted(f: u32, shift: u32, first: usize, end: usize, n: u32): void {
  const bound = load<u32>(bounds + (<usize>f << 2))
  const at = codes + (<usize>f << 1)
  let out = sortWide
  let place: u32 = 0
  for (let p = first; p < end; p += sizeOf<Weighed>(), out += 8, place += 8) {
    store<u32>(out, place)
    store<u32>(out, load<u16>(at + load<u32>(p)), 4)
  }
  scanUnits(f, sortWideByCode(n, 0xffff), bound & 0xffff, shift, n, GO_RIGHT)
}

/**
 * Tries the cuts between sorted codes (u32 place of the sample's cell, u32 code), missing values, which stand last, on
 * `firstSide`, and on the left.
 */
export function scanUnits(f: u32, keys: usize, lo: u32, shift: u32, n: u32, firstSide: u32): void {
  let held = n
  if (hasMissing(f)) while (held > 0 && load<u32>(keys + (<usize>(held - 1) << 3), 4) == MISSING) held--
  const gone = n - held
  for (let side = firstSide; side <= GO_LEFT; side++) {
    if (gone == 0 && side == GO_LEFT) break
    clearBytes(localCounts, <usize>present << 2)
    let lsq: f64 = 0
    let m: f64 = 0
    let nl: f64 = 0
    // With missing values on the left they come first, then the others.
    const before = side == GO_LEFT ? gone : 0
    for (let i: u32 = 0; i < held + before; i++) {
      const place = i < before ? held + i : i - before
      const key = keys + (<usize>place << 3)
      const cell = unitCells + <usize>load<u32>(key)
      const w = load<u32>(cell)
      const label = <usize>load<u32>(cell, 4) << 2
      const l = load<u32>(localCounts + label)
      store<u32>(localCounts + label, l + w)
      lsq += <f64>w * <f64>(2 * l + w)
      m += <f64>w * <f64>load<u32>(localTotals + label)
      nl += <f64>w
      if (i < before) continue
      const code = load<u32>(key, 4)
      let right = NO_RIGHT
      if (place + 1 < held) {
        right = load<u32>(key, 12)
        if (right == code || (right - lo) >> shift == (code - lo) >> shift) continue
      } else if (gone == 0 || side == GO_LEFT) {
        break
      }
      const rows = i + 1
      if (rows < minLeaf || n - rows < minLeaf) continue
      const score = scoreHeavy(lsq, m, nl)
      if (wins(score, f)) {
        setBest(score, f, code, right)
        setMissing(gone > 0 ? side : NONE)
        setLeft(nl, lsq, m, rows)
      }
    }
  }
}
