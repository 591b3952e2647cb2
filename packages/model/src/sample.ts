import { exponentOf, powerOfTwo } from './logarithm.ts'
import { nearest } from './nearest.ts'
import type { Plan } from './plan.ts'
import type { Random } from './random.ts'
import type { Workspace } from './workspace.ts'

/**
 * Draws the rows of a tree into the workspace, each row once and ascending, weighing as often as it was drawn. Weights are
 * whole numbers that sum to less than 2^53, so that every sum of them is exact whatever its order: counts as they are,
 * fractional weights in units of a power of two as small as that bound allows (a weight above 0 is at least one unit).
 * Class weights that are apart come as whole numbers.
 *
 * Pauses after each pass over the rows.
 *
 * @returns the number of samples.
 */
export function* drawSamples(plan: Plan, random: Random, workspace: Workspace): Generator<void, number> {
  yield* drawRows(plan, random, workspace.drawn)
  yield
  const { drawn, rows, weight, label } = workspace
  const { weights, classWeights, target } = plan
  let count = 0
  for (let row = 0; row < drawn.length; row++) {
    if (drawn[row] === 0) continue
    rows[count] = row
    label[count] = target[row]
    weight[count] = weights === undefined ? drawn[row] : drawn[row] * weights[row]
    if (classWeights !== undefined) weight[count] *= classWeights.whole[target[row]]
    count++
  }
  if (plan.weighed) {
    yield
    toUnits(weight, count)
  }
  if (plan.range !== undefined) {
    yield
    let size = 0
    for (let i = 0; i < count; i++) size += Math.abs(weight[i] * (label[i] - plan.range.centre))
    workspace.productScale[0] = size > 0 ? powerOfTwo(50 - exponentOf(size)) : 1
  }
  return count
}

function* drawRows(plan: Plan, random: Random, drawn: Uint32Array): Generator<void, void> {
  const { present, draws } = plan
  const available = present?.length ?? plan.rows
  if (draws > 0) {
    drawn.fill(0)
    for (let i = 0; i < draws; i++) {
      const row = random.below(available)
      drawn[present === undefined ? row : present[row]]++
      if (i % DRAWS_AT_ONCE === DRAWS_AT_ONCE - 1) yield
    }
  } else if (present === undefined) {
    drawn.fill(1)
  } else {
    drawn.fill(0)
    for (const row of present) drawn[row] = 1
  }
}

const DRAWS_AT_ONCE = 1 << 18

function toUnits(weight: Float64Array, count: number): void {
  let sum = 0
  let whole = true
  for (let i = 0; i < count; i++) {
    sum += weight[i]
    if (!Number.isInteger(weight[i])) whole = false
  }
  if (whole && sum < 2 ** 52) return
  const scale = powerOfTwo(51 - exponentOf(sum))
  for (let i = 0; i < count; i++) weight[i] = Math.max(1, nearest(weight[i] * scale))
}
