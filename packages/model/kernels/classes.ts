import { startSearch } from './best'
import { pause, paused, startBudget } from './budget'
import { startOrder } from './draw'
import { growMany, resumeMany } from './many'
import { startSubsets } from './levels'
import { startNear } from './near'
import { endTree, startTree } from './nodes'
import { startPath } from './path'
import { seedRandom } from './random'
import { drawSamples } from './sample'
import { classes, classFactor, drawn, features, importances, maxBins, randomCuts, rows, samples, stack, stride, target } from './state'
import { growTwo, resumeTwo } from './two'
import { resumeValues } from './values'

/** Grows a tree; answers the weight of its rows, or 0 when a row weighs too much. */
export function growClasses(state: u64, stream: u64, rowsAtOnce: i32): u32 {
  startBudget(rowsAtOnce)
  seedRandom(state, stream)
  startTree()
  startOrder()
  memory.fill(importances, 0, <usize>features << 3)
  if (!drawSamples()) return 0
  startPath()
  startNear()
  const weight = classes > 2 ? growManyClasses() : growTwoClasses()
  if (!paused) endTree()
  return weight
}

function growManyClasses(): u32 {
  let sum: u32 = 0
  let out = samples
  let whole: f64 = 0
  let offset: u32 = 0
  for (let row: usize = 0; row < rows; row++, offset += stride) {
    const weight = <u32>load<u8>(drawn + row)
    const label = <u32>load<u16>(target + (row << 1))
    const pay = (weight << 16) | label
    store<u64>(out, <u64>offset | (<u64>pay << 32))
    out += <usize>(weight != 0) << 3
    sum += weight
    whole += <f64>(weight * classFactor(label))
  }
  startSearch(whole, maxBins != 0 && !randomCuts)
  if (!growMany(samples, out, 0, stack)) pause()
  return sum
}

function growTwoClasses(): u32 {
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
  startSearch(whole, maxBins != 0 && !randomCuts)
  if (!growTwo(samples, out, c0, c1, 0, 1, 0, stack, stack)) pause()
  return c0 + c1
}

/** Goes on with a tree of either kind that was paused. */
export function resume(rowsAtOnce: i32): void {
  startBudget(rowsAtOnce)
  startSubsets()
  const done = classes == 0 ? resumeValues() : classes > 2 ? resumeMany() : resumeTwo()
  if (done) endTree()
  else pause()
}
