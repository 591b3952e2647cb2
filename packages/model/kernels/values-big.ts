import { bestScore, binned, GO_LEFT, GO_RIGHT, NO_RIGHT, NOT_KNOWN, setBest, setLeft, setMissing } from './best'
import { wins } from './draw'
import { keepLane } from './level-lanes'
import { takeLane } from './level-values'
import { bounds, codes, hasMissing, histogram, laneSums, levelCount, levels, marks, maxBins, minLeaf, missing, randomCuts } from './state'
import { binsOf, shiftOf } from './bins'
import { cellOf, lastPlace, placeOf, sizeOf } from './kinds'
import { pick4 } from './lanes'
import { NETWORK_ROWS } from './network'
import { fillWithGaps } from './values-gaps'
import { CELL, EXTREMES, GONE, lacks, laneBest, LEFT, mark, MOST_BINS, refine } from './values-refine'
import { scan, scanLeft } from './values-scan'

/** Most levels of a category that is a lane of the histogram, where numbers are lanes too. */
export function mostLevelsOfLane(n: u32): u32 {
  return n <= <u32>NETWORK_ROWS || minLeaf > 1 || randomCuts ? 0 : min<u32>(MOST_BINS, n)
}

export function lookBig<T>(
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
  const b0 = load<u32>(bounds + (<usize>f0 << 2))
  const b1 = load<u32>(bounds + (<usize>f1 << 2))
  const b2 = load<u32>(bounds + (<usize>f2 << 2))
  const b3 = load<u32>(bounds + (<usize>f3 << 2))
  const bins = binned ? min(binsOf(n), maxBins) : binsOf(n)
  const whole = binned ? 0 : min<u32>(MOST_BINS, n << 1)
  const s0 = levelCount(f0) > 0 ? 0 : shiftWithin(b0, bins, whole)
  const s1 = levelCount(f1) > 0 ? 0 : shiftWithin(b1, bins, whole)
  const s2 = levelCount(f2) > 0 ? 0 : shiftWithin(b2, bins, whole)
  const s3 = levelCount(f3) > 0 ? 0 : shiftWithin(b3, bins, whole)
  const lo0 = b0 & 0xffff
  const lo1 = b1 & 0xffff
  const lo2 = b2 & 0xffff
  const lo3 = b3 & 0xffff
  let used = max(
    max(((b0 >> 16) - lo0) >> s0, ((b1 >> 16) - lo1) >> s1),
    max(((b2 >> 16) - lo2) >> s2, ((b3 >> 16) - lo3) >> s3),
  ) + 1
  const at0 = codes + (<usize>f0 << 1)
  const at1 = codes + (<usize>f1 << 1)
  const at2 = codes + (<usize>f2 << 1)
  const at3 = codes + (<usize>f3 << 1)
  const h = histogram
  memory.fill(h, 0, <usize>used << CELL)
  // Without a fourth feature its lane stays empty, and 0/0 beats nothing.
  const full = f3 != f2
  const refined = !binned && (s0 | s1 | s2 | s3) != 0
  const extremes = h + EXTREMES
  const gaps = missing != 0 && (hasMissing(f0) || hasMissing(f1) || hasMissing(f2) || hasMissing(f3))
  if (gaps) {
    fillWithGaps<T>(f0, f1, f2, f3, s0, s1, s2, s3, used, first, end, refined)
  } else if (refined) {
    memory.fill(extremes, 0, <usize>used << 5)
    for (let p = first; p < end; p += sizeOf<T>()) {
      const row = load<u32>(p)
      const cell = cellOf<T>(p)
      const place = placeOf<T>(p)
      const ends = i32x4.replace_lane(i32x4.splat(place), 1, lastPlace<T>() - place)
      const i0 = <usize>((<u32>load<u16>(at0 + row) - lo0) >> s0)
      const i1 = <usize>((<u32>load<u16>(at1 + row) - lo1) >> s1)
      const i2 = <usize>((<u32>load<u16>(at2 + row) - lo2) >> s2)
      const a = h + (i0 << CELL)
      const b = h + (i1 << CELL)
      const c = h + (i2 << CELL)
      v128.store(a, f64x2.add(v128.load(a), cell))
      v128.store(b, f64x2.add(v128.load(b, 16), cell), 16)
      v128.store(c, f64x2.add(v128.load(c, 32), cell), 32)
      const ea = extremes + (i0 << 5)
      const eb = extremes + (i1 << 5)
      const ec = extremes + (i2 << 5)
      v128.store_lane<u64>(ea, i32x4.max_u(v128.load64_zero(ea), ends), 0)
      v128.store_lane<u64>(eb, i32x4.max_u(v128.load64_zero(eb, 8), ends), 0, 8)
      v128.store_lane<u64>(ec, i32x4.max_u(v128.load64_zero(ec, 16), ends), 0, 16)
      if (full) {
        const i3 = <usize>((<u32>load<u16>(at3 + row) - lo3) >> s3)
        const d = h + (i3 << CELL)
        const ed = extremes + (i3 << 5)
        v128.store(d, f64x2.add(v128.load(d, 48), cell), 48)
        v128.store_lane<u64>(ed, i32x4.max_u(v128.load64_zero(ed, 24), ends), 0, 24)
      }
    }
  } else {
    for (let p = first; p < end; p += sizeOf<T>()) {
      const row = load<u32>(p)
      const cell = cellOf<T>(p)
      const a = h + (<usize>((<u32>load<u16>(at0 + row) - lo0) >> s0) << CELL)
      const b = h + (<usize>((<u32>load<u16>(at1 + row) - lo1) >> s1) << CELL)
      const c = h + (<usize>((<u32>load<u16>(at2 + row) - lo2) >> s2) << CELL)
      v128.store(a, f64x2.add(v128.load(a), cell))
      v128.store(b, f64x2.add(v128.load(b, 16), cell), 16)
      v128.store(c, f64x2.add(v128.load(c, 32), cell), 32)
      if (full) {
        const d = h + (<usize>((<u32>load<u16>(at3 + row) - lo3) >> s3) << CELL)
        v128.store(d, f64x2.add(v128.load(d, 48), cell), 48)
      }
    }
  }
  if (levels != 0) {
    const bins = max(max(usedBins(f0, b0, s0), usedBins(f1, b1, s1)), max(usedBins(f2, b2, s2), usedBins(f3, b3, s3)))
    used = bins
    for (let lane: u32 = 0; lane < 4; lane++) {
      const f = pick4(lane, f0, f1, f2, f3)
      if (levelCount(f) == 0) continue
      used = max(used, takeLane(f, lane, lane > 0 && f == pick4(lane - 1, f0, f1, f2, f3), gaps, n, weight, sum, bins))
    }
    if (used == 0) return
  }
  tryBins<T>(gaps, f0, f1, f2, f3, s0, s1, s2, s3, used, first, end, weight, sum)
}

/** Bins of a number. */
function usedBins(f: u32, bound: u32, shift: u32): u32 {
  return levelCount(f) > 0 ? 0 : (((bound >> 16) - (bound & 0xffff)) >> shift) + 1
}

/** Tries the cuts of a filled histogram, with missing values on either side; `gaps` tells whether there may be any. */
function tryBins<T>(
  gaps: bool,
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
  weight: f64,
  sum: f64,
): void {
  const refined = !binned && (s0 | s1 | s2 | s3) != 0
  const plain = minLeaf == 1
  if (plain) scan(used, weight, sum)
  else {
    for (let lane: usize = 0; lane < 4; lane++) store<f64>(laneSums + (lane << 3), -1)
  }
  v128.store(laneSums, i32x4.splat(-1), 64)
  let top = topOf(bestScore, 0)
  const some = gaps && (lacks(0) || lacks(1) || lacks(2) || lacks(3))
  if (some) {
    scanLeft(used, weight, sum, top)
    top = topOf(top, LEFT)
  }
  if (refined || !plain) {
    for (let lane: u32 = 0; lane < 4; lane++) {
      const s = pick4(lane, s0, s1, s2, s3)
      const f = pick4(lane, f0, f1, f2, f3)
      if (lane > 0 && f == pick4(lane - 1, f0, f1, f2, f3)) break
      let sides = GO_RIGHT
      if (!plain) memory.fill(marks, 1, MOST_BINS)
      else {
        if (s == 0) continue
        sides = mark<T>(lane, used, weight, sum, top, some && lacks(lane))
        if (sides == 0) continue
      }
      refine<T>(lane, f, <u32>load<u16>(bounds + (<usize>f << 2)), s, first, end, weight, sum, sides)
    }
  }
  keepBins(GO_RIGHT, some, f0, f1, f2, f3, s0, s1, s2, s3, used)
  if (some) keepBins(GO_LEFT, true, f0, f1, f2, f3, s0, s1, s2, s3, used)
}

/** The highest of a score and the four lanes' best ones of a side. */
function topOf(least: f64, side: usize): f64 {
  return max(least, max(max(laneBest(0, side), laneBest(1, side)), max(laneBest(2, side), laneBest(3, side))))
}

/** Keeps the best of the four lanes' best cuts if it beats what there is. */
function keepBins(
  side: u32,
  gaps: bool,
  f0: u32,
  f1: u32,
  f2: u32,
  f3: u32,
  s0: u32,
  s1: u32,
  s2: u32,
  s3: u32,
  used: u32,
): void {
  const start = side == GO_LEFT
  const sums = laneSums + (start ? LEFT : 0)
  for (let lane: u32 = 0; lane < 4; lane++) {
    const s = load<f64>(sums + (<usize>lane << 3))
    const f = pick4(lane, f0, f1, f2, f3)
    const gone = gaps && lacks(lane)
    if (start ? gone && wins(s, f) : s > bestScore || (levels != 0 && s >= 0 && wins(s, f))) {
      const shift = pick4(lane, s0, s1, s2, s3)
      const lo = <u32>load<u16>(bounds + (<usize>f << 2))
      const slot = sums + (<usize>lane << 2)
      const inside = load<u32>(slot, 64)
      if (inside != NOT_KNOWN) {
        setBest(s, f, load<u32>(slot, 48), inside)
        setLeft(load<f64>(sums + (<usize>lane << 3), 80), load<f64>(sums + (<usize>lane << 3), 112), 0, 0)
      } else {
        const bin = load<u32>(slot, 32)
        const column = histogram + (<usize>lane << 4)
        let right = levelCount(f) > 0 ? NO_RIGHT : NOT_KNOWN
        if (shift == 0 && levelCount(f) == 0) {
          right = bin + 1
          while (right < used && load<f64>(column + (<usize>right << CELL)) == 0) right++
          right = right < used ? right + lo : NO_RIGHT
        }
        setBest(s, f, lo + ((bin + 1) << shift) - 1, right)
        let nl: f64 = start ? load<f64>(column + (GONE << CELL)) : 0
        let sl: f64 = start ? load<f64>(column + (GONE << CELL), 8) : 0
        for (let b: usize = 0; b <= bin; b++) {
          nl += load<f64>(column + (b << CELL))
          sl += load<f64>(column + (b << CELL), 8)
        }
        setLeft(nl, sl, 0, 0)
      }
      if (gone) setMissing(side)
      if (levelCount(f) > 0) keepLane(lane)
    }
  }
}

/** None for a column whose codes on this path are fewer than `whole`. */
function shiftWithin(bound: u32, bins: u32, whole: u32): u32 {
  return (bound >> 16) - (bound & 0xffff) < whole ? 0 : shiftOf(bound, bins)
}
