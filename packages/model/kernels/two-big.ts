import { GO_LEFT, GO_RIGHT, NOT_KNOWN, NO_RIGHT, bestScore, binned, setBest, setLeft, setMissing } from './best'
import { binsOf, shiftOf } from './bins'
import { clearBytes } from './bytes'
import { Entropy, Gini, isEntropy } from './criteria'
import { wins } from './draw'
import { GONE, fillWithGaps } from './gaps'
import { pick4 } from './lanes'
import { bounds, classFactors, codes, hasMissing, histogram, laneSums, marks, maxBins, minLeaf, missing, terms } from './state'
import { markEntropy, scanEntropyHeavy } from './two-entropy-big'
import { scanEntropyBins, Unweighted, Weighted } from './two-entropy-bins'
import { markHeavy, markLight, refine } from './two-refine'
import { LIGHT, factor0, factor1, scoreHeavy, sidesProduct } from './two-score'

/*
 * laneSums while a big node is looked at: f64[4] best score, u32[4] its bin (at 32), and for a cut inside a bin u32[4]
 * cut (48), right code (64; NOT_KNOWN marks a cut at the end of a bin), left weights of both classes (80, 96).
 */

export function lookBig(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32, c0: u32, c1: u32): void {
  const b0 = load<u32>(bounds + (<usize>f0 << 2))
  const b1 = load<u32>(bounds + (<usize>f1 << 2))
  const b2 = load<u32>(bounds + (<usize>f2 << 2))
  const b3 = load<u32>(bounds + (<usize>f3 << 2))
  let bins = binsOf(n)
  if (binned) bins = min(bins, maxBins)
  const s0 = shiftOf(b0, bins)
  const s1 = shiftOf(b1, bins)
  const s2 = shiftOf(b2, bins)
  const s3 = shiftOf(b3, bins)
  const lo0 = b0 & 0xffff
  const lo1 = b1 & 0xffff
  const lo2 = b2 & 0xffff
  const lo3 = b3 & 0xffff
  const used = max(
    max(((b0 >> 16) - lo0) >> s0, ((b1 >> 16) - lo1) >> s1),
    max(((b2 >> 16) - lo2) >> s2, ((b3 >> 16) - lo3) >> s3),
  ) + 1
  const at0 = codes + (<usize>f0 << 1)
  const at1 = codes + (<usize>f1 << 1)
  const at2 = codes + (<usize>f2 << 1)
  const at3 = codes + (<usize>f3 << 1)
  const h = histogram
  const gaps = missing != 0 && (hasMissing(f0) || hasMissing(f1) || hasMissing(f2) || hasMissing(f3))
  if (gaps) {
    fillWithGaps(f0, f1, f2, f3, s0, s1, s2, s3, used, first, end, c0 + c1 < LIGHT)
  } else if (c0 + c1 < LIGHT) {
    clearBytes(h, <usize>used << 4)
    for (let p = first; p < end; p += 8) {
      const row = load<u32>(p)
      const pay = load<u32>(p, 4)
      const a = h + (<usize>((<u32>load<u16>(at0 + row) - lo0) >> s0) << 4)
      const b = h + (<usize>((<u32>load<u16>(at1 + row) - lo1) >> s1) << 4)
      const c = h + (<usize>((<u32>load<u16>(at2 + row) - lo2) >> s2) << 4)
      const d = h + (<usize>((<u32>load<u16>(at3 + row) - lo3) >> s3) << 4)
      store<u32>(a, load<u32>(a) + pay)
      store<u32>(b, load<u32>(b, 4) + pay, 4)
      store<u32>(c, load<u32>(c, 8) + pay, 8)
      store<u32>(d, load<u32>(d, 12) + pay, 12)
    }
  } else {
    memory.fill(h, 0, <usize>used << 5)
    for (let p = first; p < end; p += 8) {
      const row = load<u32>(p)
      const both = load<u32>(p, 4)
      const pay = <u64>(both & 0xffff) | (<u64>(both >> 16) << 32)
      const a = h + (<usize>((<u32>load<u16>(at0 + row) - lo0) >> s0) << 5)
      const b = h + (<usize>((<u32>load<u16>(at1 + row) - lo1) >> s1) << 5)
      const c = h + (<usize>((<u32>load<u16>(at2 + row) - lo2) >> s2) << 5)
      const d = h + (<usize>((<u32>load<u16>(at3 + row) - lo3) >> s3) << 5)
      store<u64>(a, load<u64>(a) + pay)
      store<u64>(b, load<u64>(b, 8) + pay, 8)
      store<u64>(c, load<u64>(c, 16) + pay, 16)
      store<u64>(d, load<u64>(d, 24) + pay, 24)
    }
  }
  if (terms != 0) {
    tryBins<Entropy>(GO_RIGHT, gaps, f0, f1, f2, f3, s0, s1, s2, s3, used, first, end, n, c0, c1)
    if (gaps) tryBins<Entropy>(GO_LEFT, gaps, f0, f1, f2, f3, s0, s1, s2, s3, used, first, end, n, c0, c1)
    return
  }
  tryBins<Gini>(GO_RIGHT, gaps, f0, f1, f2, f3, s0, s1, s2, s3, used, first, end, n, c0, c1)
  if (gaps) tryBins<Gini>(GO_LEFT, gaps, f0, f1, f2, f3, s0, s1, s2, s3, used, first, end, n, c0, c1)
}

/** Tries the cuts of a filled histogram with missing values on one side; `gaps` tells whether there may be any. */
function tryBins<C>(
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
  first: usize,
  end: usize,
  n: u32,
  c0: u32,
  c1: u32,
): void {
  const h = histogram
  const lo0 = load<u16>(bounds + (<usize>f0 << 2))
  const lo1 = load<u16>(bounds + (<usize>f1 << 2))
  const lo2 = load<u16>(bounds + (<usize>f2 << 2))
  const lo3 = load<u16>(bounds + (<usize>f3 << 2))
  const light = c0 + c1 < LIGHT
  const start = side == GO_LEFT
  const exact = minLeaf == 1 && !binned && (s0 | s1 | s2 | s3) != 0
  if (isEntropy<C>()) {
    if (light && classFactors != 0) scanEntropyBins<Weighted>(used, c0, c1, start, exact)
    else if (light) scanEntropyBins<Unweighted>(used, c0, c1, start, exact)
    else scanEntropyHeavy(used, c0, c1, start, exact)
  } else if (light) {
    scanLight(used, c0, c1, start)
  } else {
    scanHeavy(used, c0, c1, start)
  }
  if (minLeaf > 1) {
    // The histogram has no counts of rows: every cut is tried in sorted order instead.
    v128.store(laneSums, f64x2.splat(-1))
    v128.store(laneSums, f64x2.splat(-1), 16)
    memory.fill(marks, 15, 256)
    for (let lane: u32 = 0; lane < 4; lane++) {
      const f = pick4(lane, f0, f1, f2, f3)
      if (lane > 0 && f == pick4(lane - 1, f0, f1, f2, f3)) break
      refine<C>(lane, f, pick4(lane, lo0, lo1, lo2, lo3), pick4(lane, s0, s1, s2, s3), used, first, end, c0, c1, light, start)
    }
  } else if (exact) {
    const top = max(bestScore, max(max(laneBest(0), laneBest(1)), max(laneBest(2), laneBest(3))))
    const marked = isEntropy<C>()
      ? markEntropy(used, c0, c1, top, start, light)
      : light
        ? markLight(used, c0, c1, <f32>top, start)
        : markHeavy(used, c0, c1, top, start)
    for (let lane: u32 = 0; lane < 4; lane++) {
      const s = pick4(lane, s0, s1, s2, s3)
      const f = pick4(lane, f0, f1, f2, f3)
      if (s == 0 || (marked & (1 << lane)) == 0 || (start && !lacks(lane, light))) continue
      refine<C>(lane, f, pick4(lane, lo0, lo1, lo2, lo3), s, used, first, end, c0, c1, light, start)
    }
  }
  for (let lane: u32 = 0; lane < 4; lane++) {
    const score = laneBest(lane)
    const f = pick4(lane, f0, f1, f2, f3)
    const gone = gaps && lacks(lane, light)
    if (start ? gone && wins(score, f) : score > bestScore) {
      const s = pick4(lane, s0, s1, s2, s3)
      const lo = pick4(lane, lo0, lo1, lo2, lo3)
      const inside = load<u32>(laneSums + 64 + (<usize>lane << 2))
      if (inside != NOT_KNOWN) {
        setBest(score, f, load<u32>(laneSums + 48 + (<usize>lane << 2)), inside)
        setLeft(load<u32>(laneSums + 80 + (<usize>lane << 2)), load<u32>(laneSums + 96 + (<usize>lane << 2)), 0, 0)
      } else {
        const bin = load<u32>(laneSums + 32 + (<usize>lane << 2))
        let right: u32 = NOT_KNOWN
        if (s == 0) {
          right = bin + 1
          while (right < used && isEmpty(right, lane, light)) right++
          right = right < used ? right + lo : NO_RIGHT
        }
        setBest(score, f, lo + ((bin + 1) << s) - 1, right)
        let l0 = start ? gone0(lane, light) : 0
        let l1 = start ? gone1(lane, light) : 0
        if (c0 + c1 < LIGHT) {
          for (let b: u32 = 0; b <= bin; b++) {
            const cell = load<u32>(h + (<usize>b << 4) + (<usize>lane << 2))
            l0 += cell & 0xffff
            l1 += cell >> 16
          }
        } else {
          for (let b: u32 = 0; b <= bin; b++) {
            const cell = load<u64>(h + (<usize>b << 5) + (<usize>lane << 3))
            l0 += <u32>cell
            l1 += <u32>(cell >> 32)
          }
        }
        setLeft(l0, l1, 0, 0)
      }
      if (gone) setMissing(side)
    }
  }
}

export function laneBest(lane: u32): f64 {
  return load<f64>(laneSums + (<usize>lane << 3))
}

function isEmpty(bin: u32, lane: u32, light: bool): bool {
  return light
    ? load<u32>(histogram + (<usize>bin << 4) + (<usize>lane << 2)) == 0
    : load<u64>(histogram + (<usize>bin << 5) + (<usize>lane << 3)) == 0
}

/** Weights of both classes that lack a value. */
export function gone0(lane: u32, light: bool): u32 {
  return light ? load<u16>(histogram + (GONE << 4) + (<usize>lane << 2)) : load<u32>(histogram + (GONE << 5) + (<usize>lane << 3))
}

export function gone1(lane: u32, light: bool): u32 {
  return light
    ? load<u16>(histogram + (GONE << 4) + (<usize>lane << 2), 2)
    : load<u32>(histogram + (GONE << 5) + (<usize>lane << 3), 4)
}

function lacks(lane: u32, light: bool): bool {
  return !isEmpty(<u32>GONE, lane, light)
}

function scanLight(used: u32, c0: u32, c1: u32, start: bool): void {
  const h = histogram
  const factors = i32x4.splat(factor0 | (factor1 << 16))
  const turned = i32x4.splat((-c1 & 0xffff) | (c0 << 16))
  const weight = i32x4.splat(factor0 * c0 + factor1 * c1)
  let acc = start ? v128.load(h + (GONE << 4)) : i32x4.splat(0)
  let best = f32x4.splat(-1)
  let bestAt = i32x4.splat(0)
  for (let b: u32 = 0; b < used; b++) {
    acc = i32x4.add(acc, v128.load(h + (<usize>b << 4)))
    const d = f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(acc, turned))
    const nl = i32x4.dot_i16x8_s(acc, factors)
    const score = f32x4.div(f32x4.mul(d, d), sidesProduct(nl, i32x4.sub(weight, nl)))
    // An empty side gives 0/0, which beats nothing.
    const better = f32x4.gt(score, best)
    best = v128.bitselect(score, best, better)
    bestAt = v128.bitselect(i32x4.splat(b), bestAt, better)
  }
  v128.store(laneSums, f64x2.promote_low_f32x4(best))
  v128.store(laneSums, f64x2.promote_low_f32x4(i8x16.shuffle(best, best, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)), 16)
  v128.store(laneSums, bestAt, 32)
  v128.store(laneSums, i32x4.splat(-1), 64)
}

function scanHeavy(used: u32, c0: u32, c1: u32, start: bool): void {
  for (let lane: u32 = 0; lane < 4; lane++) {
    let best: f64 = -1
    let bestAt: u32 = 0
    let l0: f64 = start ? gone0(lane, false) : 0
    let l1: f64 = start ? gone1(lane, false) : 0
    const t0 = <f64>c0
    const t1 = <f64>c1
    let cell = histogram + (<usize>lane << 3)
    for (let b: u32 = 0; b < used; b++, cell += 32) {
      l0 += <f64>load<u32>(cell)
      l1 += <f64>load<u32>(cell, 4)
      const score = scoreHeavy(l0, l1, t0, t1)
      if (score > best) {
        best = score
        bestAt = b
      }
    }
    store<f64>(laneSums + (<usize>lane << 3), best)
    store<u32>(laneSums + 32 + (<usize>lane << 2), bestAt)
  }
  v128.store(laneSums, i32x4.splat(-1), 64)
}
