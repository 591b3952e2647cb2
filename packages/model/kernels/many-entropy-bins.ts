import { entropyOfSides, termsOfSides } from './entropy'
import { sumColumns, upper } from './lanes'
import { sideTerms } from './many-entropy'
import { present, weight, whole } from './many-node'
import { classFactors, classSums, histogram, laneSums, shortFactors, termScale, termStarts } from './state'
import { two } from './two-entropy-small'

/**
 * The best cut of each lane of the histogram u16 [bin][lane][class]: laneSums gets f64[4] score and u32[4] bin (at 32). classSums holds what
 * is on the left of all bins. Terms are fetched for all classes, since skipping those that a bin lacks is as good as chance.
 */
export function scanEntropyBins(used: u32, width: usize, line: u32, groups: usize): void {
  const sums = classSums
  const one = i16x8.splat(1)
  const zero = i32x4.splat(0)
  const count = i32x4.splat(weight)
  const weighted = classFactors != 0
  const full = i32x4.splat(<u32>whole)
  const unit = f64x2.splat(whole * termScale)
  const ends = termStarts + (<usize>present << 2)
  let best01 = f64x2.splat(-1)
  let best23 = best01
  let bestAt = zero
  for (let b: u32 = 0; b < used; b++) {
    const bin = histogram + (<usize>b << line)
    let w0 = zero
    let w1 = zero
    let w2 = zero
    let w3 = zero
    let any = zero
    for (let g: usize = 0; g < groups; g += 16) {
      const factors = weighted ? v128.load(shortFactors + g) : one
      const c0 = v128.load(bin + g)
      const c1 = v128.load(bin + width + g)
      const c2 = v128.load(bin + 2 * width + g)
      const c3 = v128.load(bin + 3 * width + g)
      any = v128.or(any, v128.or(v128.or(c0, c1), v128.or(c2, c3)))
      const l0 = i16x8.add(v128.load(sums + g), c0)
      const l1 = i16x8.add(v128.load(sums + width + g), c1)
      const l2 = i16x8.add(v128.load(sums + 2 * width + g), c2)
      const l3 = i16x8.add(v128.load(sums + 3 * width + g), c3)
      v128.store(sums + g, l0)
      v128.store(sums + width + g, l1)
      v128.store(sums + 2 * width + g, l2)
      v128.store(sums + 3 * width + g, l3)
      w0 = i32x4.add(w0, i32x4.dot_i16x8_s(l0, factors))
      w1 = i32x4.add(w1, i32x4.dot_i16x8_s(l1, factors))
      w2 = i32x4.add(w2, i32x4.dot_i16x8_s(l2, factors))
      w3 = i32x4.add(w3, i32x4.dot_i16x8_s(l3, factors))
    }
    if (!v128.any_true(any)) continue
    const nl = sumColumns(w0, w1, w2, w3)
    let score01: v128
    let score23: v128
    if (weighted) {
      const sides = entropyOfSides(nl, full)
      score01 = termsOfSides(sides, unit)
      score23 = termsOfSides(upper(sides), unit)
    } else {
      const side = i32x4.shl(i32x4.min_s(nl, i32x4.sub(count, nl)), 3)
      score01 = two(sideTerms + <usize>i32x4.extract_lane(side, 0), sideTerms + <usize>i32x4.extract_lane(side, 1))
      score23 = two(sideTerms + <usize>i32x4.extract_lane(side, 2), sideTerms + <usize>i32x4.extract_lane(side, 3))
    }
    let l = sums
    for (let start = termStarts; start < ends; start += 4, l += 2) {
      const table = load<u32>(start)
      score01 = f64x2.add(score01, two(table + (<usize>load<u16>(l) << 3), table + (<usize>load<u16>(l + width) << 3)))
      score23 = f64x2.add(score23, two(table + (<usize>load<u16>(l + 2 * width) << 3), table + (<usize>load<u16>(l + 3 * width) << 3)))
    }
    const better01 = f64x2.gt(score01, best01)
    const better23 = f64x2.gt(score23, best23)
    best01 = v128.bitselect(score01, best01, better01)
    best23 = v128.bitselect(score23, best23, better23)
    bestAt = v128.bitselect(i32x4.splat(b), bestAt, i32x4.shuffle(better01, better23, 0, 2, 4, 6))
  }
  v128.store(laneSums, best01)
  v128.store(laneSums, best23, 16)
  v128.store(laneSums, bestAt, 32)
}
