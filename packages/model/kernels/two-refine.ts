import { NOT_KNOWN, binned } from './best'
import { GONE } from './gaps'
import { sortByCode } from './sort'
import { MISSING, bounds, codes, digits, hasMissing, histogram, laneSums, marks, minLeaf, sortKeys, spare } from './state'
import { gone0, gone1, laneBest } from './two-big'
import { scoreCut } from './two-cut'
import { factor0, factor1, scoreHeavy, sidesProduct } from './two-score'

const SLACK: f32 = 1.000002

/*
 * The score is convex in the two left weights, so no cut inside a bin beats the better of the bin's corners: all of one
 * class on the left, or all of the other. Marks the bins that could hold something better than `top`; answers the lanes.
 */
export function markLight(used: u32, c0: u32, c1: u32, top: f32, start: bool): u32 {
  const h = histogram
  const factors = i32x4.splat(factor0 | (factor1 << 16))
  const turned = i32x4.splat((-c1 & 0xffff) | (c0 << 16))
  const weight = i32x4.splat(factor0 * c0 + factor1 * c1)
  const low = i32x4.splat(0xffff)
  const floor = f32x4.splat(top / SLACK)
  const zero = i32x4.splat(0)
  let acc = start ? v128.load(h + (GONE << 4)) : zero
  let any: i32 = 0
  for (let b: u32 = 0; b < used; b++) {
    const cell = v128.load(h + (<usize>b << 4))
    const first = v128.and(cell, low)
    const second = v128.andnot(cell, low)
    const a = i32x4.add(acc, first)
    const c = i32x4.add(acc, second)
    acc = i32x4.add(acc, cell)
    const da = f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(a, turned))
    const na = i32x4.dot_i16x8_s(a, factors)
    const dc = f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(c, turned))
    const nc = i32x4.dot_i16x8_s(c, factors)
    const ba = f32x4.mul(sidesProduct(na, i32x4.sub(weight, na)), floor)
    const bc = f32x4.mul(sidesProduct(nc, i32x4.sub(weight, nc)), floor)
    const pure = v128.or(i32x4.eq(first, zero), i32x4.eq(second, zero))
    const mark = i32x4.bitmask(
      v128.andnot(v128.or(f32x4.ge(f32x4.mul(da, da), ba), f32x4.ge(f32x4.mul(dc, dc), bc)), pure),
    )
    store<u8>(marks + <usize>b, <u8>mark)
    any |= mark
  }
  return any
}

export function markHeavy(used: u32, c0: u32, c1: u32, top: f64, start: bool): u32 {
  const t0 = <f64>c0
  const t1 = <f64>c1
  const floor = top / SLACK
  let any: u32 = 0
  memory.fill(marks, 0, used)
  for (let lane: u32 = 0; lane < 4; lane++) {
    let l0: f64 = start ? gone0(lane, false) : 0
    let l1: f64 = start ? gone1(lane, false) : 0
    let cell = histogram + (<usize>lane << 3)
    for (let b: u32 = 0; b < used; b++, cell += 32) {
      const a0 = <f64>load<u32>(cell)
      const a1 = <f64>load<u32>(cell, 4)
      if (a0 != 0 && a1 != 0) {
        if (scoreHeavy(l0 + a0, l1, t0, t1) >= floor || scoreHeavy(l0, l1 + a1, t0, t1) >= floor) {
          const at = marks + <usize>b
          store<u8>(at, <u8>(<u32>load<u8>(at) | (1 << lane)))
          any |= 1 << lane
        }
      }
      l0 += a0
      l1 += a1
    }
  }
  return any
}

/** Tries the cuts inside the marked bins of a lane, in order, against the lane's best. */
export function refine<C>(lane: u32, f: u32, lo: u32, shift: u32, used: u32, first: usize, end: usize, c0: u32, c1: u32, light: bool, start: bool): void {
  const at = codes + (<usize>f << 1)
  const wanted: u32 = 1 << lane
  // Most rows lie outside the stretch that holds the marked bins: they are left behind before anything else is done.
  let firstBin: u32 = 0
  while ((<u32>load<u8>(marks + <usize>firstBin) & wanted) == 0) firstBin++
  let lastBin = used - 1
  while ((<u32>load<u8>(marks + <usize>lastBin) & wanted) == 0) lastBin--
  const from = lo + (firstBin << shift)
  let width = (lastBin - firstBin + 1) << shift
  if (hasMissing(f)) width = min(width, MISSING - from)
  let kept = spare
  for (let p = first; p < end; p += 8) {
    const sample = load<u64>(p)
    store<u64>(kept, sample)
    kept += <usize>(<u32>load<u16>(at + <usize>(<u32>sample)) - from < width) << 3
  }
  if (minLeaf == 1 && width <= MOST_COUNTED && (kept - spare) >> 3 > <usize>width) {
    refineByCounting<C>(lane, f, lo, shift, firstBin, width, kept, c0, c1, light, start)
    return
  }
  let out = sortKeys
  for (let p = spare; p < kept; p += 8) {
    const both = load<u32>(p, 4)
    const code = <u32>load<u16>(at + load<u32>(p)) - lo
    store<u32>(out, (code << 16) | ((both | (both >> 8)) & 0xffff))
    out += <usize>((<u32>load<u8>(marks + <usize>(code >> shift)) & wanted) != 0) << 2
  }
  const count = <u32>((out - sortKeys) >> 2)
  if (count < 2) return
  const bound = load<u32>(bounds + (<usize>f << 2))
  const keys = sortByCode(count, (bound >> 16) - (bound & 0xffff))
  const stop = keys + (<usize>count << 2)
  let best = laneBest(lane)
  let bestCode: u32 = best < 0 ? NOT_KNOWN : ((load<u32>(laneSums + 32 + (<usize>lane << 2)) + 1) << shift) - 1
  let bin: u32 = 0
  let before0: u32 = start ? gone0(lane, light) : 0
  let before1: u32 = start ? gone1(lane, light) : 0
  let l0: u32 = 0
  let l1: u32 = 0
  let current = NOT_KNOWN
  for (let p = keys; p < stop; p += 4) {
    const key = load<u32>(p)
    const code = key >> 16
    if (code >> shift != current) {
      current = code >> shift
      for (; bin < current; bin++) {
        if (light) {
          const cell = load<u32>(histogram + (<usize>bin << 4) + (<usize>lane << 2))
          before0 += cell & 0xffff
          before1 += cell >> 16
        } else {
          const cell = load<u64>(histogram + (<usize>bin << 5) + (<usize>lane << 3))
          before0 += <u32>cell
          before1 += <u32>(cell >> 32)
        }
      }
      l0 = before0
      l1 = before1
    }
    l0 += key & 0xff
    l1 += (key >> 8) & 0xff
    if (p + 4 == stop) break
    const next = load<u32>(p, 4) >> 16
    if (next == code) continue
    if (minLeaf > 1) {
      const left = <u32>((p - keys) >> 2) + 1
      if (left < minLeaf || count - left < minLeaf || (binned && next >> shift == current)) continue
    } else if (next >> shift != current) {
      continue
    }
    const score = scoreCut<C>(l0, l1, c0, c1, light)
    if (score > best || (score == best && code < bestCode)) {
      best = score
      bestCode = code
      const slot = laneSums + (<usize>lane << 2)
      store<u32>(slot, code + lo, 48)
      store<u32>(slot, next + lo, 64)
      store<u32>(slot, l0, 80)
      store<u32>(slot, l1, 96)
    }
  }
  store<f64>(laneSums + (<usize>lane << 3), best)
}

/** Most codes whose weights are counted one by one: as many as `digits` holds, and the second cache too. */
const MOST_COUNTED: u32 = 16384

/**
 * The same where rows are more than codes, as where one value is most of a column: the weights of the samples in `spare` are
 * summed up by code, u64 in `digits`, and nothing is sorted.
 */
function refineByCounting<C>(lane: u32, f: u32, lo: u32, shift: u32, firstBin: u32, width: u32, kept: usize, c0: u32, c1: u32, light: bool, start: bool): void {
  const at = codes + (<usize>f << 1)
  const offset = firstBin << shift
  const from = lo + offset
  memory.fill(digits, 0, <usize>width << 3)
  for (let p = spare; p < kept; p += 8) {
    const both = load<u32>(p, 4)
    const cell = digits + (<usize>(<u32>load<u16>(at + load<u32>(p)) - from) << 3)
    store<u64>(cell, load<u64>(cell) + (<u64>(both & 0xffff) | (<u64>(both >> 16) << 32)))
  }
  const slot = laneSums + (<usize>lane << 2)
  const wanted: u32 = 1 << lane
  let best = laneBest(lane)
  let bestCode: u32 = best < 0 ? NOT_KNOWN : ((load<u32>(slot, 32) + 1) << shift) - 1
  let l0: u32 = start ? gone0(lane, light) : 0
  let l1: u32 = start ? gone1(lane, light) : 0
  for (let bin: u32 = 0; bin < firstBin; bin++) {
    l0 += firstIn(bin, lane, light)
    l1 += secondIn(bin, lane, light)
  }
  const bins = (width + (1 << shift) - 1) >> shift
  for (let i: u32 = 0; i < bins; i++) {
    const bin = firstBin + i
    if ((<u32>load<u8>(marks + <usize>bin) & wanted) == 0) {
      l0 += firstIn(bin, lane, light)
      l1 += secondIn(bin, lane, light)
      continue
    }
    const end = min((i + 1) << shift, width)
    let last = NOT_KNOWN
    for (let c = i << shift; c < end; c++) {
      const cell = load<u64>(digits + (<usize>c << 3))
      if (cell == 0) continue
      const code = offset + c
      if (last != NOT_KNOWN) {
        const score = scoreCut<C>(l0, l1, c0, c1, light)
        if (score > best || (score == best && last < bestCode)) {
          best = score
          bestCode = last
          store<u32>(slot, last + lo, 48)
          store<u32>(slot, code + lo, 64)
          store<u32>(slot, l0, 80)
          store<u32>(slot, l1, 96)
        }
      }
      last = code
      l0 += <u32>cell
      l1 += <u32>(cell >> 32)
    }
  }
  store<f64>(laneSums + (<usize>lane << 3), best)
}

/** Weight of the first class in a bin of a lane, and of the second. */
function firstIn(bin: u32, lane: u32, light: bool): u32 {
  return light
    ? load<u16>(histogram + (<usize>bin << 4) + (<usize>lane << 2))
    : load<u32>(histogram + (<usize>bin << 5) + (<usize>lane << 3))
}

function secondIn(bin: u32, lane: u32, light: bool): u32 {
  return light
    ? load<u16>(histogram + (<usize>bin << 4) + (<usize>lane << 2), 2)
    : load<u32>(histogram + (<usize>bin << 5) + (<usize>lane << 3), 4)
}
