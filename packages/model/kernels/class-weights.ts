import { setLeft } from './best'
import { laneSums, localFactors, localTotals, shortFactors } from './state'

/*
 * Three and more classes that have weights. Counts stay what they are in samples and histograms; the scans multiply them by
 * the whole weight of their class. A tree weighs less than 2^26 then, so that sums of squares are exact in float64, and
 * each score is the sum of two quotients in float64.
 */

export let present: u32 = 0
export let whole: f64 = 0
export let squares: f64 = 0

/** Says what the node holds; the tables by number in the node are filled in for whole vectors. */
export function startWeighted(classes: u32, weight: f64, sum: f64): void {
  present = classes
  whole = weight
  squares = sum
  const end = <usize>((classes + 7) & ~7)
  for (let i: usize = 0; i < end; i++) {
    if (i >= classes) store<u32>(localTotals + (i << 2), 0)
    store<u16>(shortFactors + (i << 1), i < classes ? load<u16>(localFactors + (i << 2)) : 0)
  }
}

// laneSums after a scan: f64[4] score, u32[4] place or bin, f64[4] squares, products and weight on the left.
export const AT: usize = 32
export const SQUARES: usize = 96
export const PRODUCTS: usize = 128
export const WEIGHT: usize = 160

/** Says what is on the left of a lane's best cut, of how many samples it is. */
export function setLeftOf(lane: u32, samples: u32): void {
  const slot = laneSums + (<usize>lane << 3)
  setLeft(load<f64>(slot, WEIGHT), load<f64>(slot, SQUARES), load<f64>(slot, PRODUCTS), samples)
}

/** Scores of two cuts. */
export function scorePair(lsq: v128, m: v128, nl: v128, all: v128, sum: v128): v128 {
  const rsq = f64x2.add(f64x2.sub(sum, f64x2.add(m, m)), lsq)
  return f64x2.add(f64x2.div(lsq, nl), f64x2.div(rsq, f64x2.sub(all, nl)))
}
