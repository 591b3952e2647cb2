import { sizeOf, Weighed } from './kinds'
import { centre, classes, drawn, fixedLowest, fixedStep, rows, rowWeights, samples, stride, target, targetValues } from './state'
import { setPlaces } from './values-refine'
import { setScale } from './values-score'

/*
 * Fractional and large weights. A tree's weights are brought to whole numbers that sum to less than 2^52, as finely as that
 * allows, and so are, for numbers, the products of weight and value; src/sample.ts does the same.
 */

export let weighedWeight: f64 = 0
export let weighedSum: f64 = 0

/** Writes the samples of the rows drawn; answers their end. Of classes the products are 0, but of two those of the second. */
export function drawWeighed(): usize {
  const unit = unitOf()
  let out = samples
  let offset: u32 = 0
  let weight: f64 = 0
  let sum: f64 = 0
  let size: f64 = 0
  let least = f64.MAX_VALUE
  for (let row: usize = 0; row < rows; row++, offset += stride) {
    const times = <f64>load<u8>(drawn + row)
    if (times == 0) continue
    const w = unit == 0 ? times * weightAt(row) : max(nearest(times * weightAt(row) * unit), 1)
    store<u32>(out, offset)
    store<f64>(out, w, 8)
    if (classes > 0) {
      const label = <u32>load<u16>(target + (row << 1))
      const product = classes == 2 && label == 1 ? w : 0
      store<u32>(out, label, 4)
      store<f64>(out, product, 16)
      sum += product
    } else {
      const value = load<f64>(targetValues + (row << 3)) - centre
      store<u32>(out, <u32>min((value - fixedLowest) / fixedStep, 4294967295), 4)
      store<f64>(out, w * value, 16)
      size += abs(w * value)
      least = min(least, w)
    }
    weight += w
    out += sizeOf<Weighed>()
  }
  weighedWeight = weight
  weighedSum = sum
  if (classes > 0) {
    setPlaces(0, 1, 0, 0)
    return out
  }
  const scale = size > 0 ? powerUpTo(50, size) : 1
  for (let p = samples; p < out; p += sizeOf<Weighed>()) {
    const product = nearest(load<f64>(p, 16) * scale)
    store<f64>(p, product, 16)
    sum += product
  }
  weighedSum = sum
  setScale(scale)
  // Rounding moves a sample's value by half a unit over its weight.
  setPlaces(fixedLowest * scale, fixedStep * scale, 1, 1 / least + abs(fixedLowest * scale) * 1e-15)
  return out
}

function weightAt(row: usize): f64 {
  return load<f64>(rowWeights + (row << 3))
}

/** What weights are multiplied by; 0 where they stay as they are. */
function unitOf(): f64 {
  let sum: f64 = 0
  let whole = true
  for (let row: usize = 0; row < rows; row++) {
    const times = <f64>load<u8>(drawn + row)
    if (times == 0) continue
    const w = times * weightAt(row)
    sum += w
    whole = whole && floor(w) == w
  }
  return whole && sum < 4503599627370496 ? 0 : powerUpTo(51, sum)
}

/** The power of two that brings a positive number to 2^bits or more, but below twice that. */
function powerUpTo(bits: i32, x: f64): f64 {
  const exponent = <i32>((reinterpret<u64>(x) >> 52) & 0x7ff) - 1023
  return reinterpret<f64>(<u64>(1023 + bits - exponent) << 52)
}
