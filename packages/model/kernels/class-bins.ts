import { AT, PRODUCTS, SQUARES, WEIGHT, present, scorePair, squares, whole } from './class-weights'
import { sizeOf } from './kinds'
import { upper } from './lanes'
import { classSums, histogram, laneSums, localCounts, localTotals, shortFactors } from './state'

/**
 * The best cut of each lane of the histogram [bin][lane][class], u16 counts or u32 units; classSums holds what is on the left of
 * all bins. A class with l samples of weight f on the left adds l l f f to the squares and l f T to the products.
 */
export function scanHistogram<T>(used: u32, width: usize, line: u32, groups: usize): void {
  fillFactors<T>()
  v128.store(laneSums, f64x2.splat(-1))
  v128.store(laneSums, f64x2.splat(-1), 16)
  v128.store(laneSums, i32x4.splat(0), AT)
  for (let b: u32 = 0; b < used; b++) {
    const bin = histogram + (<usize>b << line)
    let evenQ = f64x2.splat(0)
    let evenM = evenQ
    let evenW = evenQ
    for (let lane: usize = 0; lane < 4; lane++) {
      const sums = classSums + lane * width
      const cells = bin + lane * width
      let q = f64x2.splat(0)
      let m = q
      let w = q
      let factors = localCounts
      if (sizeOf<T>() == 24) {
        for (let g: usize = 0; g < groups; g += 16, factors += 32) {
          const l = i32x4.add(v128.load(sums + g), v128.load(cells + g))
          v128.store(sums + g, l)
          w = i32x4.add(w, l)
          const x0 = f64x2.convert_low_i32x4_s(l)
          const x1 = f64x2.convert_low_i32x4_s(upper(l))
          q = f64x2.add(q, f64x2.add(f64x2.mul(x0, x0), f64x2.mul(x1, x1)))
          m = f64x2.add(m, f64x2.mul(x0, v128.load(factors)))
          m = f64x2.add(m, f64x2.mul(x1, v128.load(factors, 16)))
        }
      } else {
        for (let g: usize = 0; g < groups; g += 16, factors += 128) {
          const l = i16x8.add(v128.load(sums + g), v128.load(cells + g))
          v128.store(sums + g, l)
          w = i32x4.add(w, i32x4.dot_i16x8_s(l, v128.load(shortFactors + g)))
          const low = i32x4.extend_low_i16x8_s(l)
          const high = i32x4.extend_high_i16x8_s(l)
          const x0 = f64x2.convert_low_i32x4_s(low)
          const x1 = f64x2.convert_low_i32x4_s(upper(low))
          const x2 = f64x2.convert_low_i32x4_s(high)
          const x3 = f64x2.convert_low_i32x4_s(upper(high))
          q = f64x2.add(q, f64x2.mul(x0, f64x2.mul(x0, v128.load(factors))))
          m = f64x2.add(m, f64x2.mul(x0, v128.load(factors, 16)))
          q = f64x2.add(q, f64x2.mul(x1, f64x2.mul(x1, v128.load(factors, 32))))
          m = f64x2.add(m, f64x2.mul(x1, v128.load(factors, 48)))
          q = f64x2.add(q, f64x2.mul(x2, f64x2.mul(x2, v128.load(factors, 64))))
          m = f64x2.add(m, f64x2.mul(x2, v128.load(factors, 80)))
          q = f64x2.add(q, f64x2.mul(x3, f64x2.mul(x3, v128.load(factors, 96))))
          m = f64x2.add(m, f64x2.mul(x3, v128.load(factors, 112)))
        }
      }
      if ((lane & 1) != 0) keepPair(lane >> 1, b, sumOf(evenQ, q), sumOf(evenM, m), weightsOf(evenW, w))
      evenQ = q
      evenM = m
      evenW = w
    }
  }
}

/** In localCounts while a histogram is scanned: of each two classes f64[2] squares of their weights and f64[2] products with totals; of units totals alone. */
function fillFactors<T>(): void {
  const end = <usize>((present + 7) & ~7)
  for (let i: usize = 0; i < end; i++) {
    const total = <f64>load<u32>(localTotals + (i << 2))
    if (sizeOf<T>() == 24) {
      store<f64>(localCounts + (i << 3), total)
    } else {
      const factor = <f64>load<u16>(shortFactors + (i << 1))
      const to = localCounts + ((i >> 1) << 5) + ((i & 1) << 3)
      store<f64>(to, factor * factor)
      store<f64>(to, factor * total, 16)
    }
  }
}

/** Keeps the cuts of two lanes after bin b where they are the best. */
function keepPair(pair: usize, b: u32, lsq: v128, m: v128, nl: v128): void {
  const slot = laneSums + (pair << 4)
  const best = v128.load(slot)
  const score = scorePair(lsq, m, nl, f64x2.splat(whole), f64x2.splat(squares))
  // An empty side gives 0/0, which beats nothing.
  const better = f64x2.gt(score, best)
  if (!v128.any_true(better)) return
  v128.store(slot, v128.bitselect(score, best, better))
  v128.store(slot, v128.bitselect(lsq, v128.load(slot, SQUARES), better), SQUARES)
  v128.store(slot, v128.bitselect(m, v128.load(slot, PRODUCTS), better), PRODUCTS)
  v128.store(slot, v128.bitselect(nl, v128.load(slot, WEIGHT), better), WEIGHT)
  const at = laneSums + AT + (pair << 3)
  const halves = i32x4.shuffle(better, better, 0, 2, 4, 6)
  v128.store_lane<u64>(at, v128.bitselect(i32x4.splat(b), v128.load64_zero(at), halves), 0)
}

/** The sums of two vectors f64, as a vector. */
function sumOf(a: v128, b: v128): v128 {
  return f64x2.add(i64x2.shuffle(a, b, 0, 2), i64x2.shuffle(a, b, 1, 3))
}

/** The sums of two vectors i32, as f64. */
function weightsOf(a: v128, b: v128): v128 {
  const halves = i32x4.add(i32x4.shuffle(a, b, 0, 2, 4, 6), i32x4.shuffle(a, b, 1, 3, 5, 7))
  return f64x2.convert_low_i32x4_s(i32x4.add(i32x4.shuffle(halves, halves, 0, 2, 0, 2), i32x4.shuffle(halves, halves, 1, 3, 1, 3)))
}
