import { GO_LEFT, GO_RIGHT, NONE, NO_RIGHT, binned, setBest, setLeft, setMissing } from './best'
import { clearBytes } from './bytes'
import { Entropy, Gini, TabledEntropy, isEntropy } from './criteria'
import { wins } from './draw'
import { moveLeft, sideTerm, startPass, tabled, wholeTerms } from './many-entropy'
import { light, present } from './many-node'
import { scoreHeavy, scoreLight } from './many-score'
import { sortWideByCode } from './sort'
import {
  MISSING,
  bounds,
  classLocal,
  codes,
  localCounts,
  localFactors,
  localTotals,
  maxBins,
  minLeaf,
  sortWide,
  terms,
} from './state'
import { binsOf, shiftOf } from './bins'

/** Sorts the node by a feature that lacks values: missing values stand last, then are tried on the left too. */
export function lookMissing(f: u32, first: usize, end: usize, n: u32): void {
  const bound = load<u32>(bounds + (<usize>f << 2))
  const lo = bound & 0xffff
  const shift = binned ? shiftOf(bound, min(binsOf(n), maxBins)) : 0
  const at = codes + (<usize>f << 1)
  const local = classLocal
  let out = sortWide
  for (let p = first; p < end; p += 8, out += 8) {
    const pay = load<u32>(p, 4)
    store<u32>(out, (pay & 0xffff0000) | load<u16>(local + (<usize>(pay & 0xffff) << 1)))
    store<u32>(out, load<u16>(at + load<u32>(p)), 4)
  }
  scanMissing(f, sortWideByCode(n, 0xffff), lo, shift, n, GO_RIGHT)
}

/** Tries the cuts between sorted codes, missing values, which stand last, on `firstSide`, and on the left. */
export function scanMissing(f: u32, keys: usize, lo: u32, shift: u32, n: u32, firstSide: u32): void {
  if (terms == 0) trySides<Gini>(f, keys, lo, shift, n, firstSide)
  else if (tabled) trySides<TabledEntropy>(f, keys, lo, shift, n, firstSide)
  else trySides<Entropy>(f, keys, lo, shift, n, firstSide)
}

function trySides<C>(f: u32, keys: usize, lo: u32, shift: u32, n: u32, firstSide: u32): void {
  const totals = localTotals
  const counts = localCounts
  const factors = localFactors
  let held = n
  while (held > 0 && load<u32>(keys + (<usize>(held - 1) << 3), 4) == MISSING) held--
  const gone = n - held
  for (let side = firstSide; side <= GO_LEFT; side++) {
    if (gone == 0 && side == GO_LEFT) break
    if (isEntropy<C>()) startPass<C>()
    else clearBytes(counts, <usize>present << 2)
    // By entropy the sum of the classes' terms.
    let lsq: f64 = isEntropy<C>() ? wholeTerms : 0
    let m: f64 = 0
    let nl: f64 = 0
    let entropyLeft: u32 = 0
    // With missing values on the left they come first, then the others.
    const before = side == GO_LEFT ? gone : 0
    for (let i: u32 = 0; i < held + before; i++) {
      const place = i < before ? held + i : i - before
      const key = keys + (<usize>place << 3)
      const pay = load<u32>(key)
      const label = <usize>(pay & 0xffff) << 2
      if (isEntropy<C>()) {
        lsq += moveLeft<C>(label, pay >> 16)
        entropyLeft += (pay >> 16) * load<u32>(factors + label)
      } else {
        const w = (pay >> 16) * load<u32>(factors + label)
        const l = load<u32>(counts + label)
        store<u32>(counts + label, l + w)
        lsq += <f64>w * <f64>(2 * l + w)
        m += <f64>w * <f64>load<u32>(totals + label)
        nl += <f64>w
      }
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
      const score = isEntropy<C>() ? lsq + sideTerm<C>(entropyLeft) : light ? <f64>scoreLight(lsq, m, nl) : scoreHeavy(lsq, m, nl)
      if (wins(score, f)) {
        setBest(score, f, code, right)
        setMissing(gone > 0 ? side : NONE)
        setLeft(nl, lsq, m, rows)
      }
    }
  }
}
