import { binned, GO_LEFT, GO_RIGHT, NO_RIGHT, NONE, setBest, setLeft, setMissing } from './best'
import { wins } from './draw'
import { findWhole, whole0, whole1, whole2, whole3 } from './gaps'
import { productOf, sizeOf, weightOf } from './kinds'
import { sortWideByCode } from './sort'
import { bounds, codes, hasMissing, maxBins, minLeaf, MISSING, sortWide } from './state'
import { binsOf, shiftOf } from './bins'
import { pick4 } from './lanes'
import { lookBig } from './values-big'
import { score } from './values-score'

/** A large node where columns lack values: columns that do not go first, together, then the others one by one. */
export function lookMixed<T>(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32, weight: f64, sum: f64): void {
  if (findWhole(f0, f1, f2, f3)) lookBig<T>(whole0, whole1, whole2, whole3, first, end, n, weight, sum)
  for (let lane: u32 = 0; lane < 4; lane++) {
    const f = pick4(lane, f0, f1, f2, f3)
    if (hasMissing(f) && (lane == 0 || f != pick4(lane - 1, f0, f1, f2, f3))) lookMissing<T>(f, first, end, n, weight, sum)
  }
}

/** Sorts the node by a feature that lacks values: missing values stand last, then are tried on the left too. */
function lookMissing<T>(f: u32, first: usize, end: usize, n: u32, weight: f64, sum: f64): void {
  const bound = load<u32>(bounds + (<usize>f << 2))
  const lo = bound & 0xffff
  const shift = binned ? shiftOf(bound, min(binsOf(n), maxBins)) : 0
  const at = codes + (<usize>f << 1)
  let out = sortWide
  for (let p = first; p < end; p += sizeOf<T>(), out += 8) {
    store<u32>(out, <u32>(p - first))
    store<u32>(out, load<u16>(at + load<u32>(p)), 4)
  }
  const keys = sortWideByCode(n, 0xffff)
  let missingWeight: f64 = 0
  let missingSum: f64 = 0
  let held = n
  for (; held > 0; held--) {
    const key = keys + (<usize>(held - 1) << 3)
    if (load<u32>(key, 4) != MISSING) break
    const sample = first + load<u32>(key)
    missingWeight += weightOf<T>(sample)
    missingSum += productOf<T>(sample)
  }
  const gone = n - held
  for (let side = GO_RIGHT; side <= GO_LEFT; side++) {
    if (gone == 0 && side == GO_LEFT) break
    let nl = side == GO_LEFT ? missingWeight : 0
    let sl = side == GO_LEFT ? missingSum : 0
    const before = side == GO_LEFT ? gone : 0
    for (let i: u32 = 0; i < held; i++) {
      const key = keys + (<usize>i << 3)
      const sample = first + load<u32>(key)
      nl += weightOf<T>(sample)
      sl += productOf<T>(sample)
      const code = load<u32>(key, 4)
      let right = NO_RIGHT
      if (i + 1 < held) {
        right = load<u32>(key, 12)
        if (right == code || (right - lo) >> shift == (code - lo) >> shift) continue
      } else if (gone == 0 || side == GO_LEFT) {
        break
      }
      const rows = i + 1 + before
      if (rows < minLeaf || n - rows < minLeaf) continue
      const s = score(nl, sl, weight, sum)
      if (wins(s, f)) {
        setBest(s, f, code, right)
        setMissing(gone > 0 ? side : NONE)
        setLeft(nl, sl, 0, rows)
      }
    }
  }
}
