import { GO_LEFT, GO_RIGHT, NONE, NO_RIGHT, binned, setBest, setLeft, setMissing } from './best'
import { binsOf, shiftOf } from './bins'
import { Entropy, Gini } from './criteria'
import { wins } from './draw'
import { findWhole, whole0, whole1, whole2, whole3 } from './gaps'
import { pick4 } from './lanes'
import { sortByCode } from './sort'
import { MISSING, bounds, codes, hasMissing, maxBins, minLeaf, sortKeys, terms } from './state'
import { lookBig } from './two-big'
import { scoreCut } from './two-cut'
import { LIGHT } from './two-score'

/** A large node where columns lack values: columns that do not go first, together, then the others one by one. */
export function lookMixed(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32, c0: u32, c1: u32): void {
  if (findWhole(f0, f1, f2, f3)) lookBig(whole0, whole1, whole2, whole3, first, end, n, c0, c1)
  for (let lane: u32 = 0; lane < 4; lane++) {
    const f = pick4(lane, f0, f1, f2, f3)
    if (hasMissing(f) && (lane == 0 || f != pick4(lane - 1, f0, f1, f2, f3))) {
      if (terms != 0) lookMissing<Entropy>(f, first, end, n, c0, c1)
      else lookMissing<Gini>(f, first, end, n, c0, c1)
    }
  }
}

/** Sorts the node by a feature that lacks values: missing values stand last, then are tried on the left too. */
function lookMissing<C>(f: u32, first: usize, end: usize, n: u32, c0: u32, c1: u32): void {
  const bound = load<u32>(bounds + (<usize>f << 2))
  const lo = bound & 0xffff
  const shift = binned ? shiftOf(bound, min(binsOf(n), maxBins)) : 0
  const at = codes + (<usize>f << 1)
  let out = sortKeys
  for (let p = first; p < end; p += 8, out += 4) {
    const both = load<u32>(p, 4)
    store<u32>(out, (<u32>load<u16>(at + load<u32>(p)) << 16) | ((both | (both >> 8)) & 0xffff))
  }
  const keys = sortByCode(n, 0xffff)
  let m0: u32 = 0
  let m1: u32 = 0
  let present = n
  for (; present > 0; present--) {
    const key = load<u32>(keys + (<usize>(present - 1) << 2))
    if (key >> 16 != MISSING) break
    m0 += key & 0xff
    m1 += (key >> 8) & 0xff
  }
  const gone = n - present
  const light = c0 + c1 < LIGHT
  for (let side = GO_RIGHT; side <= GO_LEFT; side++) {
    if (gone == 0 && side == GO_LEFT) break
    let l0 = side == GO_LEFT ? m0 : 0
    let l1 = side == GO_LEFT ? m1 : 0
    const before = side == GO_LEFT ? gone : 0
    for (let i: u32 = 0; i < present; i++) {
      const key = load<u32>(keys + (<usize>i << 2))
      l0 += key & 0xff
      l1 += (key >> 8) & 0xff
      const code = key >> 16
      let right = NO_RIGHT
      if (i + 1 < present) {
        right = load<u32>(keys + (<usize>(i + 1) << 2)) >> 16
        if (right == code || (right - lo) >> shift == (code - lo) >> shift) continue
      } else if (gone == 0 || side == GO_LEFT) {
        break
      }
      const rows = i + 1 + before
      if (rows < minLeaf || n - rows < minLeaf) continue
      const score = scoreCut<C>(l0, l1, c0, c1, light)
      if (wins(score, f)) {
        setBest(score, f, code, right)
        setMissing(gone > 0 ? side : NONE)
        setLeft(l0, l1, 0, rows)
      }
    }
  }
}
