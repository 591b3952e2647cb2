import { leafCount, writeLeaf, writeValue } from './nodes'
import { leafSource, leafValue, stride, targetValues } from './state'

/** Whether all samples have one value. */
export function onlyValue(first: usize, end: usize): bool {
  const pay = load<u32>(first, 4)
  const place = pay & 0xffffff
  for (let p = first + 16; p < end; p += 16) if ((load<u32>(p, 4) & 0xffffff) != place) return false
  const weight = <f64>(pay >> 24)
  const product = load<f64>(first, 8)
  for (let p = first + 16; p < end; p += 16) {
    if (load<f64>(p, 8) * weight != product * <f64>(load<u32>(p, 4) >> 24)) return false
  }
  return true
}

/** Writes a leaf of rows of one value. Which one is fetched at the end of the tree, when no branch waits for it. */
export function writePureLeaf(first: usize, n: u32): void {
  store<u32>(leafSource + (<usize>leafCount << 2), load<u32>(first) + 1)
  writeLeaf(n)
}

/** Writes a leaf of rows of several values: their mean, summed in row order. */
export function writeMeanLeaf(first: usize, end: usize): void {
  store<u32>(leafSource + (<usize>leafCount << 2), 0)
  let sum: f64 = 0
  let weight: u32 = 0
  for (let p = first; p < end; p += 16) {
    const w = load<u32>(p, 4) >> 24
    sum += <f64>w * valueAt(load<u32>(p))
    weight += w
  }
  writeLeaf(<u32>((end - first) >> 4))
  writeValue(sum / <f64>weight)
}

/** Fetches the values of the pure leaves of a tree that is done. */
export function fetchValues(): void {
  for (let leaf: usize = 0; leaf < leafCount; leaf++) {
    const source = load<u32>(leafSource + (leaf << 2))
    if (source != 0) store<f64>(leafValue + (leaf << 3), valueAt(source - 1))
  }
}

function valueAt(offset: u32): f64 {
  return load<f64>(targetValues + (<usize>(offset / stride) << 3))
}
