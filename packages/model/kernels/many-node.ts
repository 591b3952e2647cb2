import { GO_LEFT, bestCut, bestFeature, bestMissing, bestSubset, bestThreshold } from './best'
import { clearBytes } from './bytes'
import { startWeighted } from './class-weights'
import { goneCode } from './gaps'
import { Weighed, sizeOf, weightOf } from './kinds'
import { startTerms } from './many-entropy'
import { goesLeft, isLeft } from './subsets'
import { EXACT_MANY, LIGHT_MANY } from './many-score'
import { writeEntry, writeLeaf, writeMass } from './nodes'
import {
  classFactor,
  classFactors,
  classes,
  classList,
  classLocal,
  classStride,
  classTotals,
  codes,
  levels,
  localCounts,
  localFactors,
  localTotals,
  randomCuts,
  shortTotals,
  terms,
  unitCells,
  valueRows,
} from './state'

// The node at hand.
export let present: u32 = 0
export let weight: u32 = 0
/** The same with the classes' weights, and the sum of its squares by class. */
export let whole: f64 = 0
export let squares: f64 = 0
/** Whether scores are taken in float32; if not, whether as one quotient or as two. */
export let light: bool = true
export let joint: bool = true

/** The node's weight where samples are Weighed. */
export let mass: f64 = 0

export function setPresent(classes: u32, sum: u32): void {
  present = classes
  weight = sum
}

/** Counts the weights of the node's classes (u32, of Weighed samples f64) and numbers them in the order met, or in their own where there are categories and no fractional weights. */
export function countClasses<T>(first: usize, end: usize): void {
  if (sizeOf<T>() == 24) {
    countMasses(first, end)
  } else {
    countWeights(first, end)
    // Of equal classes the lowest is the heaviest one, see direction.ts.
    if (levels != 0) sortClasses()
  }
}

function countWeights(first: usize, end: usize): void {
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

function countMasses(first: usize, end: usize): void {
  let k: u32 = 0
  let sum: f64 = 0
  for (let p = first; p < end; p += sizeOf<Weighed>()) {
    const label = load<u32>(p, 4)
    const w = weightOf<Weighed>(p)
    const at = classTotals + (<usize>label << 3)
    const old = load<f64>(at)
    if (old == 0) {
      store<u16>(classLocal + (<usize>label << 1), <u16>k)
      store<u16>(classList + (<usize>k << 1), <u16>label)
      k++
    }
    store<f64>(at, old + w)
    sum += w
  }
  present = k
  mass = sum
}

/** Where classes weigh 1 no node says so again. */
export function startFactors(): void {
  if (classFactors == 0) for (let i: usize = 0; i < classes; i++) store<u32>(localFactors + (i << 2), 1)
}

/** Brings the weights of a node to units and sums them up by class. */
function bringToUnits(first: usize, end: usize, weight: f64): void {
  const exponent = <i32>((reinterpret<u64>(weight) >> 52) & 0x7ff) - 1023
  const unit = reinterpret<f64>(<u64>(1023 + 24 - exponent) << 52)
  clearBytes(localTotals, <usize>present << 2)
  let out = unitCells
  for (let p = first; p < end; p += sizeOf<Weighed>(), out += 8) {
    const w = <u32>max(nearest(weightOf<Weighed>(p) * unit), 1)
    const label = <u32>load<u16>(classLocal + (<usize>load<u32>(p, 4) << 1))
    store<u32>(out, w)
    store<u32>(out, label, 4)
    const at = localTotals + (<usize>label << 2)
    store<u32>(at, load<u32>(at) + w)
  }
}

/** Decrease of impurity times weight by the best cut, from the weights as they are. */
export function decreaseOfMasses(first: usize, end: usize): f64 {
  const masses = localCounts
  clearBytes(masses, <usize>present << 3)
  const at = randomCuts ? valueRows + (<usize>bestFeature << 2) : codes + (<usize>bestFeature << 1)
  const gone = goneCode(bestFeature)
  const goneLeft = bestMissing == GO_LEFT
  let nl: f64 = 0
  for (let p = first; p < end; p += sizeOf<Weighed>()) {
    const row = <usize>load<u32>(p)
    let left: bool
    if (randomCuts) {
      const value = load<f32>(at + (row << 1))
      left = value != value ? goneLeft : bestSubset ? goesLeft(value) : value <= bestThreshold
    } else {
      const code = <u32>load<u16>(at + row)
      left = code == gone ? goneLeft : bestSubset ? isLeft(code) : code <= bestCut
    }
    if (!left) continue
    const w = weightOf<Weighed>(p)
    const to = masses + (<usize>load<u16>(classLocal + (<usize>load<u32>(p, 4) << 1)) << 3)
    store<f64>(to, load<f64>(to) + w)
    nl += w
  }
  let all: f64 = 0
  let lsq: f64 = 0
  let rsq: f64 = 0
  for (let i: usize = 0; i < present; i++) {
    const total = load<f64>(classTotals + (<usize>load<u16>(classList + (i << 1)) << 3))
    const l = load<f64>(masses + (i << 3))
    all += total * total
    lsq += l * l
    rsq += (total - l) * (total - l)
  }
  return lsq / nl + rsq / (mass - nl) - all / mass
}

/** Sums up the node, whose classes are counted, for the scores of its cuts. */
export function measureNode<T>(first: usize, end: usize): void {
  hasShortTotals = false
  if (sizeOf<T>() == 24) {
    bringToUnits(first, end, mass)
    squares = 0
    whole = 0
    for (let i: usize = 0; i < present; i++) {
      const total = <f64>load<u32>(localTotals + (i << 2))
      store<u32>(localFactors + (i << 2), 1)
      whole += total
      squares += total * total
    }
    startWeighted(present, whole, squares)
    light = false
    joint = false
    return
  }
  if (classFactors == 0) {
    let sum: u64 = 0
    for (let i: usize = 0; i < present; i++) {
      const total = load<u32>(classTotals + (<usize>load<u16>(classList + (i << 1)) << 2))
      store<u32>(localTotals + (i << 2), total)
      sum += <u64>total * <u64>total
    }
    squares = <f64>sum
    whole = <f64>weight
    if (terms != 0) startTerms(!randomCuts)
    light = weight < LIGHT_MANY
    joint = weight < EXACT_MANY
    return
  }
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
  startWeighted(present, whole, squares)
  if (terms != 0) startTerms(!randomCuts)
  light = false
  joint = false
}

let hasShortTotals: bool = false

/** The weights by class as u16, for whole vectors. */
export function fillShortTotals(): void {
  if (hasShortTotals) return
  hasShortTotals = true
  const end = <usize>classStride(present)
  for (let i: usize = 0; i < end; i++) {
    store<u16>(shortTotals + (i << 1), i < present ? <u16>load<u32>(classTotals + (<usize>load<u16>(classList + (i << 1)) << 2)) : 0)
  }
}

export function clearTotals<T>(): void {
  const size: usize = sizeOf<T>() == 24 ? 3 : 2
  for (let i: usize = 0; i < present; i++) {
    const at = classTotals + (<usize>load<u16>(classList + (i << 1)) << size)
    if (sizeOf<T>() == 24) store<f64>(at, 0)
    else store<u32>(at, 0)
  }
}

export function onlyClass<T>(first: usize, end: usize): bool {
  const label = load<u16>(first, 4)
  for (let p = first + sizeOf<T>(); p < end; p += sizeOf<T>()) if (load<u16>(p, 4) != label) return false
  return true
}

export function writePure<T>(first: usize, end: usize): void {
  writeLeaf(<u32>((end - first) / sizeOf<T>()))
  const label = <u32>load<u16>(first, 4)
  if (sizeOf<T>() == 24) {
    let sum: f64 = 0
    for (let p = first; p < end; p += sizeOf<T>()) sum += weightOf<T>(p)
    writeMass(label, sum)
  } else {
    let sum: u32 = 0
    for (let p = first; p < end; p += sizeOf<T>()) sum += load<u16>(p, 6)
    writeEntry(label, sum)
  }
}

/** Numbers the node's classes in their order. */
function sortClasses(): void {
  for (let i: usize = 1; i < present; i++) {
    const label = load<u16>(classList + (i << 1))
    let j = i
    while (j > 0 && load<u16>(classList + ((j - 1) << 1)) > label) {
      store<u16>(classList + (j << 1), load<u16>(classList + ((j - 1) << 1)))
      j--
    }
    store<u16>(classList + (j << 1), label)
  }
  for (let i: usize = 0; i < present; i++) store<u16>(classLocal + (<usize>load<u16>(classList + (i << 1)) << 1), <u16>i)
}

/** A leaf of the node's classes in ascending order. */
export function writeMixed<T>(n: u32): void {
  sortClasses()
  writeLeaf(n)
  for (let i: usize = 0; i < present; i++) {
    const label = load<u16>(classList + (i << 1))
    if (sizeOf<T>() == 24) writeMass(label, load<f64>(classTotals + (<usize>label << 3)))
    else writeEntry(label, load<u32>(classTotals + (<usize>label << 2)))
  }
}
