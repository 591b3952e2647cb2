import { firstMaximum } from './metrics/argmax.ts'
import { descend, type Walk } from './predict.ts'
import type { Walker } from './walker.ts'

/**
 * Writes the class of each of the `count` rows that stand in `walker`, from `classStart` on. `ordered` is given when a
 * tie goes to the class that was reached first.
 */
export function decideBlock(
  walker: Walker,
  ordered: Walk | undefined,
  count: number,
  classes: Uint16Array,
  classStart: number,
): void {
  const { outputs } = walker
  const shares = walker.answer(count)
  for (let row = 0; row < count; row++) {
    const best = firstMaximum(shares, row * outputs, outputs)
    const open = ordered !== undefined && isTied(shares, row * outputs, outputs, best)
    classes[classStart + row] = open ? firstReached(ordered, walker.rows(count), row * ordered.features) : best
  }
}

function isTied(shares: Float64Array, start: number, count: number, best: number): boolean {
  for (let k = best + 1; k < count; k++) if (shares[start + k] === shares[start + best]) return true
  return false
}

/**
 * The class that got its last vote at the earliest tree, among those with the most votes: when trees vote in order, the
 * first class to reach the count that wins.
 */
function firstReached(walk: Walk, values: Float32Array, valueStart: number): number {
  const { treeStart } = walk.trees
  const votes = new Uint32Array(walk.outputs)
  let winner = 0
  for (let tree = 0; tree < treeStart.length - 1; tree++) {
    descend(walk, treeStart[tree], values, valueStart, 1)
    const voted = walk.leafVote[walk.leaf[0]]
    votes[voted]++
    if (votes[voted] > votes[winner]) winner = voted
  }
  return winner
}
