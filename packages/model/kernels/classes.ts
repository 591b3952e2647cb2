import { startSearch } from './best'
import { pause, paused, startBudget } from './budget'
import { startOrder } from './draw'
import { Labelled, Weighed } from './kinds'
import { growLeaves, startLeaves } from './leaves'
import { growMany, resumeMany, startMany } from './many'
import { startNear } from './near'
import { endTree, startTree } from './nodes'
import { startPath } from './path'
import { seedRandom } from './random'
import { drawSamples } from './sample'
import { classes, classFactor, drawn, features, importances, maxLeaves, rows, rowWeights, samples, stack, stride, target, usesBins } from './state'
import { resumeSubsets } from './write-subsets'
import { growTwo, resumeTwo } from './two'
import { growValues, resumeValues } from './values'
import { drawWeighed, weighedWeight } from './weighed'

/** Grows a tree, or a part of it; false when a row weighs too much. */
export function growClasses(state: u64, stream: u64, rowsAtOnce: i32): bool {
  if (rowWeights != 0 && classes == 2) return growValues(state, stream, rowsAtOnce)
  startBudget(rowsAtOnce)
  seedRandom(state, stream)
  startTree()
  startOrder()
  memory.fill(importances, 0, <usize>features << 3)
  if (!drawSamples()) return false
  startPath()
  startNear()
  if (classes > 2) growManyClasses()
  else growTwoClasses()
  if (!paused) endTree()
  return true
}

function growManyClasses(): void {
  startMany()
  if (rowWeights != 0) {
    const end = drawWeighed()
    startSearch(weighedWeight, usesBins())
    if (!(maxLeaves != 0 ? startLeaves(samples, end, 0, 0) : growMany<Weighed>(samples, end, 0, stack))) pause()
    return
  }
  let out = samples
  let whole: f64 = 0
  let offset: u32 = 0
  for (let row: usize = 0; row < rows; row++, offset += stride) {
    const weight = <u32>load<u8>(drawn + row)
    const label = <u32>load<u16>(target + (row << 1))
    const pay = (weight << 16) | label
    store<u64>(out, <u64>offset | (<u64>pay << 32))
    out += <usize>(weight != 0) << 3
    whole += <f64>(weight * classFactor(label))
  }
  startSearch(whole, usesBins())
  if (!(maxLeaves != 0 ? startLeaves(samples, out, 0, 0) : growMany<Labelled>(samples, out, 0, stack))) pause()
}

function growTwoClasses(): void {
  let out = samples
  let c0: u32 = 0
  let c1: u32 = 0
  let offset: u32 = 0
  for (let row: usize = 0; row < rows; row++, offset += stride) {
    const weight = <u32>load<u8>(drawn + row)
    const second = <u32>load<u16>(target + (row << 1))
    const pay = weight << (second << 4)
    store<u64>(out, <u64>offset | (<u64>pay << 32))
    out += <usize>(weight != 0) << 3
    c0 += pay & 0xffff
    c1 += pay >> 16
  }
  const whole = <f64>c0 * <f64>classFactor(0) + <f64>c1 * <f64>classFactor(1)
  startSearch(whole, usesBins())
  if (!(maxLeaves != 0 ? startLeaves(samples, out, c0, c1) : growTwo(samples, out, c0, c1, 0, 1, 0, stack, stack))) pause()
}

/** Goes on with a tree of either kind that was paused. */
export function resume(rowsAtOnce: i32): void {
  startBudget(rowsAtOnce)
  resumeSubsets()
  const values = classes == 0 || (rowWeights != 0 && classes == 2)
  const done = maxLeaves != 0 ? growLeaves() : values ? resumeValues() : classes > 2 ? resumeMany() : resumeTwo()
  if (done) endTree()
  else pause()
}
