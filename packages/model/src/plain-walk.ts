import { firstMaximum } from './metrics/argmax.ts'
import { descend, predictBlock, type Walk } from './predict.ts'
import { votedClass } from './vote.ts'
import type { Signals, Walker } from './walker.ts'

/** The walker that needs nothing but TypeScript. */
export class PlainWalk implements Walker {
  readonly blockRows: number
  readonly outputs: number
  readonly #walk: Walk
  #rows = new Float32Array(0)
  #sums = new Float64Array(0)

  constructor(walk: Walk) {
    this.#walk = walk
    this.blockRows = walk.blockRows
    this.outputs = walk.outputs
  }

  rows(count: number): Float32Array {
    if (this.#rows.length < count * this.#walk.features) {
      this.#rows = new Float32Array(count * this.#walk.features)
      this.#sums = new Float64Array(count * this.outputs)
    }
    return this.#rows
  }

  answer(count: number): Float64Array {
    predictBlock(this.#walk, this.#rows, 0, count, this.#sums, 0)
    return this.#sums
  }

  apply(count: number, leafIds: Uint32Array, start: number): void {
    const { treeStart } = this.#walk.trees
    const trees = treeStart.length - 1
    for (let tree = 0; tree < trees; tree++) {
      descend(this.#walk, treeStart[tree], this.#rows, 0, count)
      for (let row = 0; row < count; row++) leafIds[start + row * trees + tree] = this.#walk.leaf[row]
    }
  }

  signal(count: number, rareBelow: number): Signals {
    const { trees } = this.#walk
    const answers = this.answer(count).slice()
    const treeCount = trees.treeStart.length - 1
    const leafIds = new Uint32Array(count * treeCount)
    this.apply(count, leafIds, 0)
    const disagreement = new Float64Array(count)
    const rareShare = trees.leafRows && new Float64Array(count)
    for (let row = 0; row < count; row++) {
      const leaves = leafIds.subarray(row * treeCount, (row + 1) * treeCount)
      if (trees.leafStart.length === 0) disagreement[row] = spread(leaves, trees.leafShare)
      else {
        const best = firstMaximum(answers, row * this.outputs, this.outputs)
        const others = leaves.filter((leaf) => votedClass(trees, leaf) !== best)
        disagreement[row] = others.length / treeCount
      }
      if (rareShare) rareShare[row] = leaves.filter((leaf) => trees.leafRows![leaf] < rareBelow).length / treeCount
    }
    return { answers, disagreement, rareShare }
  }
}

/** Standard deviation, by differences from the first value, so that nothing cancels. */
function spread(leaves: Uint32Array, value: Float64Array): number {
  let sum = 0
  let squares = 0
  for (const leaf of leaves) {
    const difference = value[leaf] - value[leaves[0]]
    sum += difference
    squares += difference * difference
  }
  return Math.sqrt(Math.max(0, (squares - (sum * sum) / leaves.length) / leaves.length))
}
