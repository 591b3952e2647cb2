import { NOT_KNOWN, bestScore, setBest, setLeft } from './best'
import { clearBytes } from './bytes'
import { Entropy, Gini, TabledEntropy, isEntropy } from './criteria'
import { countSorted } from './many-children'
import { moveLeft, sideTerm, startPass, tabled, wholeTerms } from './many-entropy'
import { light, present } from './many-node'
import { scoreHeavy, scoreLight } from './many-score'
import { sortWideByCode } from './sort'
import { bounds, classLocal, codes, localCounts, localFactors, localTotals, minLeaf, sortWide, terms } from './state'

/** Sorts the node by one feature and tries each cut between codes (between bins of 2^shift codes when shift > 0). */
export function lookSorted(f: u32, shift: u32, first: usize, end: usize, n: u32): void {
  if (terms == 0) tryCuts<Gini>(f, shift, first, end, n)
  else if (tabled) tryCuts<TabledEntropy>(f, shift, first, end, n)
  else tryCuts<Entropy>(f, shift, first, end, n)
}

function tryCuts<C>(f: u32, shift: u32, first: usize, end: usize, n: u32): void {
  const bound = load<u32>(bounds + (<usize>f << 2))
  const lo = bound & 0xffff
  const at = codes + (<usize>f << 1)
  const local = classLocal
  let out = sortWide
  for (let p = first; p < end; p += 8, out += 8) {
    const pay = load<u32>(p, 4)
    const label = <u32>load<u16>(local + (<usize>(pay & 0xffff) << 1))
    store<u32>(out, (pay & 0xffff0000) | label)
    store<u32>(out, <u32>load<u16>(at + load<u32>(p)) - lo, 4)
  }
  const keys = sortWideByCode(n, (bound >> 16) - lo)
  const totals = localTotals
  const counts = localCounts
  const factors = localFactors
  if (isEntropy<C>()) startPass<C>()
  else clearBytes(counts, <usize>present << 2)
  let best = bestScore
  let place: u32 = NOT_KNOWN
  let lsqAt: f64 = 0
  let mAt: f64 = 0
  let nlAt: f64 = 0
  // By entropy the sum of the classes' terms.
  let lsq: f64 = isEntropy<C>() ? wholeTerms : 0
  let m: f64 = 0
  let nl: f64 = 0
  let entropyLeft: u32 = 0
  let p = keys
  let code = load<u32>(p, 4)
  for (let i: u32 = 1; i < n; i++, p += 8) {
    const pay = load<u32>(p)
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
    const next = load<u32>(p, 12)
    if (next >> shift != code >> shift && i >= minLeaf && n - i >= minLeaf) {
      const s = isEntropy<C>() ? lsq + sideTerm<C>(entropyLeft) : light ? <f64>scoreLight(lsq, m, nl) : scoreHeavy(lsq, m, nl)
      if (s > best) {
        best = s
        place = i
        lsqAt = lsq
        mAt = m
        nlAt = nl
      }
    }
    code = next
  }
  if (place != NOT_KNOWN) {
    const key = keys + (<usize>place << 3)
    setBest(best, f, load<u32>(key - 4) + lo, load<u32>(key, 4) + lo)
    setLeft(nlAt, lsqAt, mAt, place)
    countSorted(keys, place)
  }
}
