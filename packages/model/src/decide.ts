import type { Ties } from './check-description.ts'
import { firstMaximum } from './metrics/argmax.ts'
import { descend, predictBlock, type Walk } from './predict.ts'

/**
 * Writes the class of each of `count` <= blockRows rows from `classStart` on. `shares` is room for [count * outputs];
 * `values` is row-major float32 from `valueStart` on.
 */
export function decideBlock(
  walk: Walk,
  ties: Ties,
  values: Float32Array,
  valueStart: number,
  count: number,
  shares: Float64Array,
  classes: Uint16Array,
  classStart: number,
): void {
  const { outputs, features } = walk
  predictBlock(walk, values, valueStart, count, shares, 0)
  for (let row = 0; row < count; row++) {
    const best = firstMaximum(shares, row * outputs, outputs)
    const open = ties === 'first-reached' && isTied(shares, row * outputs, outputs, best)
    classes[classStart + row] = open ? firstReached(walk, values, valueStart + row * features) : best
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
