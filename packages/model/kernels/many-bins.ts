import { GO_LEFT, GO_RIGHT, NOT_KNOWN, NO_RIGHT, bestScore, setBest, setMissing } from './best'
import { clearBytes } from './bytes'
import { scanHistogram } from './class-bins'
import { setLeftOf } from './class-weights'
import { wins } from './draw'
import { GONE } from './gaps'
import { Labelled, Weighed } from './kinds'
import { pick4 } from './lanes'
import { isBinned } from './level-bins'
import { keepBinnedLane } from './level-lanes'
import { countBins, sumLeft } from './many-children'
import { LEFT_SUMS, scanCounts } from './many-counts'
import { scanEntropyBins } from './many-entropy-bins'
import { present } from './many-node'
import { keepLevelBins } from './subsets'
import { bounds, classFactors, classSums, histogram, laneSums, levelCount, levels, rowWeights, terms } from './state'

/** Tries the cuts of a filled histogram with missing values on either side; `gaps` tells whether there may be any. */
export function scanBins(
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
  width: usize,
  line: u32,
): void {
  const weighted = classFactors != 0
  const vector: u32 = rowWeights != 0 ? 3 : 7
  const groups = <usize>((present + vector) / (vector + 1)) << 4
  const gone = histogram + (GONE << line)
  clearBytes(classSums, width << 2)
  let lacking: u32 = 0
  if (gaps) for (let lane: u32 = 0; lane < 4; lane++) lacking |= <u32>!emptyBin(gone + lane * width, groups) << lane
  if (rowWeights == 0 && !weighted && terms == 0) {
    scanCounts(lacking != 0, used, width, line, groups)
    keepBins(GO_RIGHT, lacking, f0, f1, f2, f3, s0, s1, s2, s3, used, width, line, groups)
    if (lacking == 0) return
    memory.copy(laneSums, laneSums + LEFT_SUMS, LEFT_SUMS)
    keepBins(GO_LEFT, lacking, f0, f1, f2, f3, s0, s1, s2, s3, used, width, line, groups)
    return
  }
  scanSide(used, width, line, groups)
  keepBins(GO_RIGHT, lacking, f0, f1, f2, f3, s0, s1, s2, s3, used, width, line, groups)
  if (lacking == 0) return
  memory.copy(classSums, gone, width << 2)
  scanSide(used, width, line, groups)
  keepBins(GO_LEFT, lacking, f0, f1, f2, f3, s0, s1, s2, s3, used, width, line, groups)
}

/** The best cut of each lane, with what classSums holds on the left of all bins. */
function scanSide(used: u32, width: usize, line: u32, groups: usize): void {
  if (terms != 0) scanEntropyBins(used, width, line, groups)
  else if (rowWeights != 0) scanHistogram<Weighed>(used, width, line, groups)
  else scanHistogram<Labelled>(used, width, line, groups)
}

/** Keeps the best of the four lanes' best cuts if it beats what there is; `lacking` has a bit of each lane that lacks values. */
function keepBins(
  side: u32,
  lacking: u32,
  f0: u32,
  f1: u32,
  f2: u32,
  f3: u32,
  s0: u32,
  s1: u32,
  s2: u32,
  s3: u32,
  used: u32,
  width: usize,
  line: u32,
  groups: usize,
): void {
  const h = histogram
  let kept: i32 = -1
  let last: u32 = 0
  for (let lane: u32 = 0; lane < 4; lane++) {
    const score = load<f64>(laneSums + (<usize>lane << 3))
    const f = pick4(lane, f0, f1, f2, f3)
    const gone = ((lacking >> lane) & 1) != 0
    if (side == GO_LEFT ? gone && wins(score, f) : score > bestScore || (levels != 0 && score >= 0 && wins(score, f))) {
      const shift = pick4(lane, s0, s1, s2, s3)
      const lo = <u32>load<u16>(bounds + (<usize>f << 2))
      const slot = laneSums + (<usize>lane << 2)
      const bin = load<u32>(slot, 32)
      let right = levelCount(f) > 0 ? NO_RIGHT : NOT_KNOWN
      if (shift == 0 && levelCount(f) == 0) {
        right = bin + 1
        while (right < used && emptyBin(h + (<usize>right << line) + <usize>lane * width, groups)) right++
        right = right < used ? right + lo : NO_RIGHT
      }
      setBest(score, f, lo + ((bin + 1) << shift) - 1, right)
      if (classFactors != 0 || rowWeights != 0) setLeftOf(lane, 0)
      if (gone) setMissing(side)
      if (levelCount(f) > 0) {
        if (isBinned(lane)) keepLevelBins(f, lane)
        else keepBinnedLane(lane)
      }
      kept = lane
      last = bin
    }
  }
  if (kept < 0 || rowWeights != 0) return
  const at = h + <usize>kept * width
  countBins(at, last, line, groups, side == GO_LEFT ? at + (GONE << line) : 0)
  if (classFactors == 0) sumLeft()
}

function emptyBin(at: usize, bytes: usize): bool {
  for (let g: usize = 0; g < bytes; g += 16) if (v128.any_true(v128.load(at + g))) return false
  return true
}
