import { binned, GO_LEFT, GO_RIGHT, NOT_KNOWN } from './best'
import { lastPlace, productOf, sizeOf, weightOf } from './kinds'
import { sortWideByCode } from './sort'
import { bounds, codes, hasMissing, histogram, laneSums, marks, minLeaf, MISSING, sortWide } from './state'
import { score } from './values-score'

/** Bytes of a bin are 1 << CELL: f64 weight and sum of four lanes. */
export const CELL: u32 = 6

/** Most bins of a node; the bin of missing values stands behind them. */
export const MOST_BINS: u32 = 1024
export const GONE: usize = 1024

/** Where u32 pairs of four lanes tell, of each bin, the largest place and the largest distance from the end of places. */
export const EXTREMES: usize = 1028 << CELL

/** From what laneSums holds of cuts with missing values on the right to the same with them on the left. */
export const LEFT: usize = 256

/** What a bound may fall short by, in rounding. */
export const SLACK: f64 = 1.000000001

/** Where places lie: values of place p are from bottom + p * rise - slack to bottom + (p + width) * rise + slack. */
let bottom: f64 = 0
let rise: f64 = 1
let width: f64 = 1
let slack: f64 = 0

export function setPlaces(lowest: f64, step: f64, wide: f64, off: f64): void {
  bottom = lowest
  rise = step
  width = wide
  slack = off
}

/* laneSums as in two.ts; the left weight and sum of a cut inside a bin stand at 80 and 112 as f64[4]. */
export function laneBest(lane: u32, side: usize): f64 {
  return load<f64>(laneSums + side + (<usize>lane << 3))
}

/** Whether a row of the node lacks the lane's value. */
export function lacks(lane: u32): bool {
  return load<f64>(histogram + (GONE << CELL) + (<usize>lane << 4)) != 0
}

/*
 * A cut inside a bin adds to the left a weight u <= A of the bin's samples and a sum that lies between u times the bin's
 * smallest value and u times its largest, and so does what stays on the right. The score is convex, so it is highest at
 * a corner of this parallelogram: with all of the smallest values on the left, or all of the largest. Marks the bins that could
 * hold something as good as `top`, with missing values on the right or, if `gaps`, on the left; answers the sides as bits,
 * GO_RIGHT and GO_LEFT.
 */
export function mark<T>(lane: u32, used: u32, whole: f64, sum: f64, top: f64, gaps: bool): u32 {
  const floor = top / SLACK
  let cell = histogram + (<usize>lane << 4)
  let ends = histogram + EXTREMES + (<usize>lane << 3)
  const goneWeight = load<f64>(cell + (GONE << CELL))
  const goneSum = load<f64>(cell + (GONE << CELL), 8)
  let nl: f64 = 0
  let sl: f64 = 0
  let any: u32 = 0
  const size: usize = 1 << CELL
  for (let b: usize = 0; b < used; b++, cell += size, ends += 32) {
    const a = load<f64>(cell)
    const s = load<f64>(cell, 8)
    let marked: u32 = 0
    const last = load<u32>(ends)
    const first: u32 = lastPlace<T>() - load<u32>(ends, 4)
    const low = bottom + <f64>first * rise - slack
    const high = bottom + (<f64>last + width) * rise + slack
    if (a > 1 && last >= first && high > low) {
      const u = (a * high - s) / (high - low)
      const v = a - u
      const nu = nl + u
      const su = sl + u * low
      const nv = nl + v
      const sv = sl + v * high
      marked = <u32>(atLeast(nu, su, whole, sum, floor) || atLeast(nv, sv, whole, sum, floor))
      if (gaps && (atLeast(nu + goneWeight, su + goneSum, whole, sum, floor) || atLeast(nv + goneWeight, sv + goneSum, whole, sum, floor))) {
        marked |= GO_LEFT
      }
    }
    store<u8>(marks + b, <u8>marked)
    any |= marked
    nl += a
    sl += s
  }
  return any
}

function atLeast(nl: f64, sl: f64, weight: f64, sum: f64, floor: f64): bool {
  const d = sl * weight - sum * nl
  return d * d >= floor * (nl * (weight - nl))
}

/** Tries the cuts inside the marked bins of a lane, in order, against the lane's best, with missing values on `sides`. */
export function refine<T>(lane: u32, f: u32, lo: u32, shift: u32, first: usize, end: usize, whole: f64, sum: f64, sides: u32): void {
  const at = codes + (<usize>f << 1)
  let out = sortWide
  if (hasMissing(f)) {
    for (let p = first; p < end; p += sizeOf<T>()) {
      const value = <u32>load<u16>(at + load<u32>(p))
      const code = value - lo
      store<u32>(out, <u32>(p - first))
      store<u32>(out, code, 4)
      out += <usize>(value != MISSING && load<u8>(marks + <usize>(code >> shift)) != 0) << 3
    }
  } else for (let p = first; p < end; p += sizeOf<T>()) {
    const code = <u32>load<u16>(at + load<u32>(p)) - lo
    store<u32>(out, <u32>(p - first))
    store<u32>(out, code, 4)
    out += <usize>(load<u8>(marks + <usize>(code >> shift)) != 0) << 3
  }
  const count = <u32>((out - sortWide) >> 3)
  if (count < 2) return
  const bound = load<u32>(bounds + (<usize>f << 2))
  const keys = sortWideByCode(count, (bound >> 16) - (bound & 0xffff))
  if (sides & GO_RIGHT) tryMarked<T>(0, keys, count, lane, lo, shift, first, whole, sum)
  if (sides & GO_LEFT) tryMarked<T>(LEFT, keys, count, lane, lo, shift, first, whole, sum)
}

/** Tries the cuts between sorted rows of marked bins, with missing values on the right (side 0) or on the left (LEFT). */
function tryMarked<T>(side: usize, keys: usize, count: u32, lane: u32, lo: u32, shift: u32, first: usize, whole: f64, sum: f64): void {
  const plain = minLeaf == 1
  const slot = laneSums + side + (<usize>lane << 2)
  const wide = laneSums + side + (<usize>lane << 3)
  let best = laneBest(lane, side)
  let bestCode: u32 = best < 0 ? NOT_KNOWN : ((load<u32>(slot, 32) + 1) << shift) - 1
  let bin: u32 = 0
  const gone = histogram + (GONE << CELL) + (<usize>lane << 4)
  let before: f64 = side == LEFT ? load<f64>(gone) : 0
  let beforeSum: f64 = side == LEFT ? load<f64>(gone, 8) : 0
  let nl: f64 = 0
  let sl: f64 = 0
  let current = NOT_KNOWN
  for (let i: u32 = 0; i + 1 < count; i++) {
    const key = keys + (<usize>i << 3)
    const code = load<u32>(key, 4)
    if (code >> shift != current) {
      current = code >> shift
      for (; bin < current; bin++) {
        const cell = histogram + (<usize>bin << CELL) + (<usize>lane << 4)
        before += load<f64>(cell)
        beforeSum += load<f64>(cell, 8)
      }
      nl = before
      sl = beforeSum
    }
    const sample = first + load<u32>(key)
    nl += weightOf<T>(sample)
    sl += productOf<T>(sample)
    const next = load<u32>(key, 12)
    if (next == code) continue
    if (plain) {
      if (next >> shift != current) continue
    } else if (i + 1 < minLeaf || count - i - 1 < minLeaf || (binned && next >> shift == current)) {
      continue
    }
    const s = score(nl, sl, whole, sum)
    if (s > best || (s == best && code < bestCode)) {
      best = s
      bestCode = code
      store<u32>(slot, code + lo, 48)
      store<u32>(slot, next + lo, 64)
      store<f64>(wide, nl, 80)
      store<f64>(wide, sl, 112)
    }
  }
  store<f64>(wide, best)
}
