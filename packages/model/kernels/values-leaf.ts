import { placeOf, productOf, sizeOf, weightOf } from './kinds'
import { leafCount, writeLeaf, writeMass, writeValue } from './nodes'
import { classes, leafSource, leafValue, stride, targetValues } from './state'

/** The two classes of a tree of Weighed samples, ascending. */
let label0: u32 = 0
let label1: u32 = 1

export function setLabels(first: u32, second: u32): void {
  label0 = first
  label1 = second
}

/** Whether all samples have one value. */
export function onlyValue<T>(first: usize, end: usize): bool {
  const place = placeOf<T>(first)
  for (let p = first + sizeOf<T>(); p < end; p += sizeOf<T>()) if (placeOf<T>(p) != place) return false
  if (sizeOf<T>() == 24) {
    if (classes > 0) return true
    const value = valueAt(load<u32>(first))
    for (let p = first + sizeOf<T>(); p < end; p += sizeOf<T>()) if (valueAt(load<u32>(p)) != value) return false
    return true
  }
  const weight = weightOf<T>(first)
  const product = productOf<T>(first)
  for (let p = first + sizeOf<T>(); p < end; p += sizeOf<T>()) {
    if (productOf<T>(p) * weight != product * weightOf<T>(p)) return false
  }
  return true
}

/** Writes a leaf of rows of one value. Which one is fetched at the end of the tree, when no branch waits for it. */
export function writePureLeaf<T>(first: usize, end: usize): void {
  const n = <u32>((end - first) / sizeOf<T>())
  if (sizeOf<T>() == 24 && classes > 0) {
    let weight: f64 = 0
    for (let p = first; p < end; p += sizeOf<T>()) weight += weightOf<T>(p)
    writeLeaf(n)
    writeMass(placeOf<T>(first) == 0 ? label0 : label1, weight)
    return
  }
  store<u32>(leafSource + (<usize>leafCount << 2), load<u32>(first) + 1)
  writeLeaf(n)
}

/** Writes a leaf of rows of several values: their mean, summed in row order; or the weights of both classes. */
export function writeMeanLeaf<T>(first: usize, end: usize): void {
  const n = <u32>((end - first) / sizeOf<T>())
  let sum: f64 = 0
  let weight: f64 = 0
  if (sizeOf<T>() == 24 && classes > 0) {
    for (let p = first; p < end; p += sizeOf<T>()) {
      weight += weightOf<T>(p)
      sum += productOf<T>(p)
    }
    writeLeaf(n)
    writeMass(label0, weight - sum)
    writeMass(label1, sum)
    return
  }
  store<u32>(leafSource + (<usize>leafCount << 2), 0)
  for (let p = first; p < end; p += sizeOf<T>()) {
    const w = weightOf<T>(p)
    sum += w * valueAt(load<u32>(p))
    weight += w
  }
  writeLeaf(n)
  writeValue(sum / weight)
}

/** The same of a node that was parted at `middle`, still in row order. */
export function writeMergedLeaf<T>(first: usize, middle: usize, end: usize): void {
  if (sizeOf<T>() == 24 && classes > 0) {
    writeMeanLeaf<T>(first, end)
    return
  }
  const n = <u32>((end - first) / sizeOf<T>())
  let sum: f64 = 0
  let weight: f64 = 0
  store<u32>(leafSource + (<usize>leafCount << 2), 0)
  let left = first
  let right = middle
  while (left < middle || right < end) {
    const isLeft = right == end || (left < middle && load<u32>(left) < load<u32>(right))
    const p = isLeft ? left : right
    left += <usize>isLeft * sizeOf<T>()
    right += <usize>!isLeft * sizeOf<T>()
    const w = weightOf<T>(p)
    sum += w * valueAt(load<u32>(p))
    weight += w
  }
  writeLeaf(n)
  writeValue(sum / weight)
}

/** Fetches the values of the pure leaves of a tree that is done. */
export function fetchValues(): void {
  if (classes > 0) return
  for (let leaf: usize = 0; leaf < leafCount; leaf++) {
    const source = load<u32>(leafSource + (leaf << 2))
    if (source != 0) store<f64>(leafValue + (leaf << 3), valueAt(source - 1))
  }
}

function valueAt(offset: u32): f64 {
  return load<f64>(targetValues + (<usize>(offset / stride) << 3))
}
