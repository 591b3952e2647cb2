import { startWeighted } from './class-weights'
import { EXACT_MANY, LIGHT_MANY } from './many-score'
import { writeEntry, writeLeaf } from './nodes'
import { classFactor, classFactors, classList, classLocal, classTotals, localFactors, localTotals } from './state'

// The node at hand.
export let present: u32 = 0
export let weight: u32 = 0
/** The same with the classes' weights, and the sum of its squares by class. */
export let whole: f64 = 0
export let squares: f64 = 0
/** Whether scores are taken in float32; if not, whether as one quotient or as two. */
export let light: bool = true
export let joint: bool = true

/** Counts the weights of the node's classes and numbers them in the order met. */
export function countClasses(first: usize, end: usize): void {
  let k: u32 = 0
  let sum: u32 = 0
  for (let p = first; p < end; p += 8) {
    const pay = load<u32>(p, 4)
    const label = pay & 0xffff
    const at = classTotals + (<usize>label << 2)
    const old = load<u32>(at)
    if (old == 0) {
      store<u16>(classLocal + (<usize>label << 1), <u16>k)
      store<u16>(classList + (<usize>k << 1), <u16>label)
      k++
    }
    store<u32>(at, old + (pay >> 16))
    sum += pay >> 16
  }
  present = k
  weight = sum
}

/** Sums up the node, whose classes are counted, for the scores of its cuts. */
export function measureNode(): void {
  squares = 0
  whole = 0
  for (let i: usize = 0; i < present; i++) {
    const label = load<u16>(classList + (i << 1))
    const factor = classFactor(label)
    const total = load<u32>(classTotals + (<usize>label << 2)) * factor
    store<u32>(localFactors + (i << 2), factor)
    store<u32>(localTotals + (i << 2), total)
    whole += <f64>total
    squares += <f64>total * <f64>total
  }
  if (classFactors != 0) startWeighted(present, whole, squares)
  light = classFactors == 0 && weight < LIGHT_MANY
  joint = classFactors == 0 && weight < EXACT_MANY
}

export function clearTotals(): void {
  for (let i: usize = 0; i < present; i++) {
    store<u32>(classTotals + (<usize>load<u16>(classList + (i << 1)) << 2), 0)
  }
}

export function onlyClass(first: usize, end: usize): bool {
  const label = load<u16>(first, 4)
  for (let p = first + 8; p < end; p += 8) if (load<u16>(p, 4) != label) return false
  return true
}

export function writePure(first: usize, end: usize): void {
  let sum: u32 = 0
  for (let p = first; p < end; p += 8) sum += load<u16>(p, 6)
  writeLeaf(<u32>((end - first) >> 3))
  writeEntry(load<u16>(first, 4), sum)
}

/** A leaf of the node's classes in ascending order. */
export function writeMixed(n: u32): void {
  for (let i: usize = 1; i < present; i++) {
    const label = load<u16>(classList + (i << 1))
    let j = i
    while (j > 0 && load<u16>(classList + ((j - 1) << 1)) > label) {
      store<u16>(classList + (j << 1), load<u16>(classList + ((j - 1) << 1)))
      j--
    }
    store<u16>(classList + (j << 1), label)
  }
  writeLeaf(n)
  for (let i: usize = 0; i < present; i++) {
    const label = load<u16>(classList + (i << 1))
    writeEntry(label, load<u32>(classTotals + (<usize>label << 2)))
  }
}
