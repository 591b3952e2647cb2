import { binned } from './best'
import { binsOf, shiftOf } from './bins'
import { clearBytes } from './bytes'
import { GONE, binsOfCodes, gatherCodes, goneCodes, lowCodes, scalesOf } from './gaps'
import { Labelled } from './kinds'
import { pick4 } from './lanes'
import { isByShare, LEVEL_ROWS, SHARE_ROWS } from './direction'
import { fillBins, findBins, isBinned, isEmptyLane, repeatLane, startLanes } from './level-bins'
import { lookLevelsOfMany, lookSortedLevels } from './level-direction'
import { takeLane } from './level-table'
import { scanBins } from './many-bins'
import { lookMissing } from './many-missing'
import { present, weight } from './many-node'
import { lookSorted } from './many-sorted'
import { NETWORK_ROWS } from './network'
import {
  bounds,
  classFactors,
  classLocal,
  classStride,
  codes,
  digits,
  hasMissing,
  histogram,
  levelCount,
  levels,
  maxBins,
  minLeaf,
  missing,
  randomCuts,
  rowWeights,
} from './state'
import { LIGHT } from './two-score'

/** A category may have any number of levels. */
export const ANY_LEVELS: u32 = 0xffff

/** Most levels of a category that is a lane of the histogram, where numbers are lanes too. */
export function mostLevelsOfLane(n: u32): u32 {
  if (n <= <u32>NETWORK_ROWS || minLeaf > 1 || classFactors != 0 || rowWeights != 0 || randomCuts) return 0
  return n <= SHARE_ROWS ? ANY_LEVELS : fewLevels(n)
}

/** Least levels of a category whose bins follow from shares. */
export function leastLevelsOfLane(n: u32): u32 {
  return mostLevelsOfLane(n) == 0 ? 0xffffffff : (n + LEVEL_ROWS - 1) / LEVEL_ROWS
}

/** Most levels of a category that are bins as they are. */
function fewLevels(n: u32): u32 {
  return min<u32>(256, n >> 1)
}

/** Whether the bins of a category of a node of n samples follow from its levels' shares, see level-bins.ts. */
function hasShares(f: u32, n: u32): bool {
  return isByShare(f, n) && levelCount(f) > fewLevels(n)
}

export function lookBig(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32): void {
  const b0 = load<u32>(bounds + (<usize>f0 << 2))
  const b1 = load<u32>(bounds + (<usize>f1 << 2))
  const b2 = load<u32>(bounds + (<usize>f2 << 2))
  const b3 = load<u32>(bounds + (<usize>f3 << 2))
  let bins = binsOf(n)
  if (binned) bins = min(bins, maxBins)
  else bins = 256
  const s0 = levelCount(f0) > 0 ? 0 : shiftOf(b0, bins)
  const s1 = levelCount(f1) > 0 ? 0 : shiftOf(b1, bins)
  const s2 = levelCount(f2) > 0 ? 0 : shiftOf(b2, bins)
  const s3 = levelCount(f3) > 0 ? 0 : shiftOf(b3, bins)
  const used = max(max(usedBins(f0, b0, s0), usedBins(f1, b1, s1)), max(usedBins(f2, b2, s2), usedBins(f3, b3, s3)))
  const exact = binned || (s0 | s1 | s2 | s3) == 0
  if (exact && weight < LIGHT && minLeaf == 1 && used * (8 + 3 * ((present + 7) >> 3)) < 15 * n) {
    lookHistogram(f0, f1, f2, f3, s0, s1, s2, s3, used, first, end, n)
  } else {
    lookAlone(f0, !binned ? 0 : s0, first, end, n)
    if (f1 == f0) return
    lookAlone(f1, !binned ? 0 : s1, first, end, n)
    if (f2 == f1) return
    lookAlone(f2, !binned ? 0 : s2, first, end, n)
    if (f3 == f2) return
    lookAlone(f3, !binned ? 0 : s3, first, end, n)
  }
}

/** Bins of a number. */
function usedBins(f: u32, bound: u32, shift: u32): u32 {
  return levelCount(f) > 0 ? 0 : (((bound >> 16) - (bound & 0xffff)) >> shift) + 1
}

function lookAlone(f: u32, shift: u32, first: usize, end: usize, n: u32): void {
  if (levelCount(f) > 0) {
    if (hasShares(f, n) && weight < LIGHT && minLeaf == 1 && classFactors == 0) lookHistogram(f, f, f, f, 0, 0, 0, 0, 0, first, end, n)
    else lookLevelsOfMany<Labelled>(f, first, end, n, present)
  }
  else if (hasMissing(f)) lookMissing(f, first, end, n)
  else lookSorted(f, shift, first, end, n)
}

/** u16 [bin][lane][class]: one row of a bin holds the four lanes. */
function lookHistogram(
  f0: u32,
  f1: u32,
  f2: u32,
  f3: u32,
  s0: u32,
  s1: u32,
  s2: u32,
  s3: u32,
  bins: u32,
  first: usize,
  end: usize,
  n: u32,
): void {
  const width = <usize>classStride(present) << 1
  const line = ctz(<u32>width) + 2
  let used = bins
  let h0 = histogram
  let h1 = h0 + width
  let h2 = h1 + width
  let h3 = h2 + width
  let g0 = f0
  let g1 = f1
  let g2 = f2
  let g3 = f3
  let t0 = s0
  let t1 = s1
  let t2 = s2
  let t3 = s3
  let filled = true
  if (levels != 0) {
    startLanes()
    let other: i32 = -1
    for (let lane: u32 = 0; lane < 4; lane++) {
      const f = pick4(lane, f0, f1, f2, f3)
      if (!hasShares(f, n)) other = lane
      else if (lane > 0 && f == pick4(lane - 1, f0, f1, f2, f3)) repeatLane(lane)
      else {
        const bins = findBins(f, lane, first, end, n, present)
        if (bins == 0) lookSortedLevels<Labelled>(f, first, end, n, present)
        used = max(used, bins)
      }
    }
    filled = other >= 0
    if (filled) {
      // A lane of such bins is filled apart; meanwhile it takes another one's feature, whose weights end where nobody reads.
      const g = pick4(other, f0, f1, f2, f3)
      const t = pick4(other, s0, s1, s2, s3)
      if (isBinned(0)) { g0 = g; t0 = t; h0 = digits }
      if (isBinned(1)) { g1 = g; t1 = t; h1 = digits }
      if (isBinned(2)) { g2 = g; t2 = t; h2 = digits }
      if (isBinned(3)) { g3 = g; t3 = t; h3 = digits }
    }
  }
  const few = max(max(levelCount(g0), levelCount(g1)), max(levelCount(g2), levelCount(g3)))
  clearBytes(histogram, <usize>(filled ? max(used, few) : used) << line)
  const gaps = missing != 0 && (hasMissing(f0) || hasMissing(f1) || hasMissing(f2) || hasMissing(f3))
  if (gaps) memory.fill(histogram + (GONE << line), 0, <usize>1 << line)
  if (filled) fillLanes(gaps, line, h0, h1, h2, h3, g0, g1, g2, g3, t0, t1, t2, t3, first, end)
  if (levels != 0) {
    for (let lane: u32 = 0; lane < 4; lane++) {
      const f = pick4(lane, f0, f1, f2, f3)
      if (levelCount(f) == 0) continue
      if (isBinned(lane)) {
        if (!isEmptyLane(lane)) fillBins(lane, line, first, end)
        continue
      }
      used = max(used, takeLane(f, lane, lane > 0 && f == pick4(lane - 1, f0, f1, f2, f3), gaps, line, n, present, bins))
    }
    if (used == 0) return
  }
  scanBins(gaps, f0, f1, f2, f3, s0, s1, s2, s3, used, width, line)
}

/** Adds the weights of samples to the lanes of a histogram, which start at h0 to h3. */
function fillLanes(
  gaps: bool,
  line: u32,
  h0: usize,
  h1: usize,
  h2: usize,
  h3: usize,
  g0: u32,
  g1: u32,
  g2: u32,
  g3: u32,
  t0: u32,
  t1: u32,
  t2: u32,
  t3: u32,
  first: usize,
  end: usize,
): void {
  const local = classLocal
  const lo0 = load<u16>(bounds + (<usize>g0 << 2))
  const lo1 = load<u16>(bounds + (<usize>g1 << 2))
  const lo2 = load<u16>(bounds + (<usize>g2 << 2))
  const lo3 = load<u16>(bounds + (<usize>g3 << 2))
  const at0 = codes + (<usize>g0 << 1)
  const at1 = codes + (<usize>g1 << 1)
  const at2 = codes + (<usize>g2 << 1)
  const at3 = codes + (<usize>g3 << 1)
  if (gaps) {
    const lows = lowCodes(g0, g1, g2, g3)
    const scales = scalesOf(t0, t1, t2, t3)
    const lacking = goneCodes(g0, g1, g2, g3)
    const lanes = i32x4(<u32>h0, <u32>h1, <u32>h2, <u32>h3)
    const aside = i32x4.splat(<u32>digits)
    const gone = v128.andnot(i32x4.splat(GONE), i32x4.eq(lanes, aside))
    for (let p = first; p < end; p += 8) {
      const pay = load<u32>(p, 4)
      const w = pay >> 16
      const label = <u32>load<u16>(local + (<usize>(pay & 0xffff) << 1)) << 1
      const bins = binsOfCodes(gatherCodes(at0, at1, at2, at3, load<u32>(p)), lows, scales, lacking, gone)
      const to = i32x4.add(i32x4.add(i32x4.shl(bins, line), lanes), i32x4.splat(label))
      const a = <usize>i32x4.extract_lane(to, 0)
      const b = <usize>i32x4.extract_lane(to, 1)
      const c = <usize>i32x4.extract_lane(to, 2)
      const d = <usize>i32x4.extract_lane(to, 3)
      store<u16>(a, <u16>(<u32>load<u16>(a) + w))
      store<u16>(b, <u16>(<u32>load<u16>(b) + w))
      store<u16>(c, <u16>(<u32>load<u16>(c) + w))
      store<u16>(d, <u16>(<u32>load<u16>(d) + w))
    }
  } else if ((t0 | t1 | t2 | t3) == 0) {
    if (line == 6) fill(6, h0, h1, h2, h3, at0, at1, at2, at3, lo0, lo1, lo2, lo3, first, end)
    else if (line == 7) fill(7, h0, h1, h2, h3, at0, at1, at2, at3, lo0, lo1, lo2, lo3, first, end)
    else if (line == 8) fill(8, h0, h1, h2, h3, at0, at1, at2, at3, lo0, lo1, lo2, lo3, first, end)
    else fill(line, h0, h1, h2, h3, at0, at1, at2, at3, lo0, lo1, lo2, lo3, first, end)
  } else for (let p = first; p < end; p += 8) {
    const row = load<u32>(p)
    const pay = load<u32>(p, 4)
    const w = <u16>(pay >> 16)
    const label = <usize>load<u16>(local + (<usize>(pay & 0xffff) << 1)) << 1
    const a = h0 + label + (<usize>((<u32>load<u16>(at0 + row) - lo0) >> t0) << line)
    const b = h1 + label + (<usize>((<u32>load<u16>(at1 + row) - lo1) >> t1) << line)
    const c = h2 + label + (<usize>((<u32>load<u16>(at2 + row) - lo2) >> t2) << line)
    const d = h3 + label + (<usize>((<u32>load<u16>(at3 + row) - lo3) >> t3) << line)
    store<u16>(a, load<u16>(a) + w)
    store<u16>(b, load<u16>(b) + w)
    store<u16>(c, load<u16>(c) + w)
    store<u16>(d, load<u16>(d) + w)
  }
}

/** Adds the weights of samples to bins of one code each. Compiled for the lines of up to 32 classes: shifts by a constant need no register. */
@inline
function fill(line: u32, h0: usize, h1: usize, h2: usize, h3: usize, at0: usize, at1: usize, at2: usize, at3: usize, lo0: u32, lo1: u32, lo2: u32, lo3: u32, first: usize, end: usize): void {
  const local = classLocal
  const base0 = h0 - (<usize>lo0 << line)
  const base1 = h1 - (<usize>lo1 << line)
  const base2 = h2 - (<usize>lo2 << line)
  const base3 = h3 - (<usize>lo3 << line)
  for (let p = first; p < end; p += 8) {
    const row = load<u32>(p)
    const pay = load<u32>(p, 4)
    const w = pay >> 16
    const label = <usize>load<u16>(local + (<usize>(pay & 0xffff) << 1)) << 1
    const a = base0 + label + (<usize>load<u16>(at0 + row) << line)
    const b = base1 + label + (<usize>load<u16>(at1 + row) << line)
    const c = base2 + label + (<usize>load<u16>(at2 + row) << line)
    const d = base3 + label + (<usize>load<u16>(at3 + row) << line)
    store<u16>(a, <u16>(<u32>load<u16>(a) + w))
    store<u16>(b, <u16>(<u32>load<u16>(b) + w))
    store<u16>(c, <u16>(<u32>load<u16>(c) + w))
    store<u16>(d, <u16>(<u32>load<u16>(d) + w))
  }
}
