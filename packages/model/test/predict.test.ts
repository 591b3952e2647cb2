import fc from 'fast-check'
import t from 'tap'
import { planWalk, predictBlock } from '../src/predict.ts'
import type { Signature } from '../src/table.ts'
import { LEAF, MISSING_LEFT, SUBSET, type Trees } from '../src/trees.ts'
import { forestParts, forestShapes, randomRows } from './forests.ts'

t.test('every kind of forest answers every kind of row as the slow walk does, to the last bit', async () => {
  fc.assert(
    fc.property(forestShapes, fc.nat(), (shape, seed) => {
      const { trees, signature, aggregation } = forestParts(shape)
      const walk = planWalk(trees, signature, aggregation)
      const rows = 12
      const values = randomRows(signature, rows, seed)
      const out = new Float64Array(rows * walk.outputs + 2).fill(7)
      predictBlock(walk, values, 0, rows, out, 1)
      const expected = [7]
      for (let row = 0; row < rows; row++) {
        expected.push(...slowAnswer(trees, signature, aggregation, slice(values, row, signature.features.length)))
      }
      expected.push(7)
      return out.every((value, i) => value === expected[i])
    }),
    { numRuns: 400 },
  )
})

t.test('at the edges: a value on the threshold, minus zero, levels that are none', async (t) => {
  const signature: Signature = {
    features: [
      { name: 'a', type: 'number', missing: true, min: 0, max: 1 },
      { name: 'c', type: 'category', missing: true, levels: Array.from({ length: 40 }, (_, i) => `${i}`) },
    ],
    target: { name: 't', type: 'number' },
  }
  const stump = (feature: number, flags: number): Trees => ({
    treeStart: Uint32Array.of(0, 3),
    feature: Uint16Array.of(feature, LEAF, LEAF),
    threshold: Float32Array.of(0, 0, 0),
    right: Uint32Array.of(2, 0, 1),
    flags: Uint8Array.of(flags, 0, 0),
    subsetNode: Uint32Array.from(flags & SUBSET ? [0] : []),
    subsetStart: Uint32Array.from(flags & SUBSET ? [0, 2] : [0]),
    subsets: Uint32Array.from(flags & SUBSET ? [0x80000001, 1] : []),
    leafStart: new Uint32Array(0),
    leafClass: new Uint16Array(0),
    leafShare: Float64Array.of(1, 2),
  })
  const side = (feature: number, flags: number, value: number): string => {
    const out = new Float64Array(1)
    predictBlock(planWalk(stump(feature, flags), signature, 'mean'), Float32Array.of(value, value), 0, 1, out, 0)
    return out[0] === 1 ? 'left' : 'right'
  }
  t.equal(side(0, 0, 0), 'left')
  t.equal(side(0, 0, -0), 'left')
  t.equal(side(0, 0, 2 ** -149), 'right')
  t.equal(side(0, 0, Number.NaN), 'right')
  t.equal(side(0, MISSING_LEFT, Number.NaN), 'left')
  t.equal(side(0, MISSING_LEFT, 0), 'left')
  t.equal(side(0, MISSING_LEFT, 1), 'right')
  for (const level of [0, -0, 31, 32]) t.equal(side(1, SUBSET, level), 'left', `level ${level}`)
  for (const level of [1, 30, 33, 39]) t.equal(side(1, SUBSET | MISSING_LEFT, level), 'right', `level ${level}`)
  for (const none of [Number.NaN, -1, 0.5, 40, 64, 2 ** 32, 3e38, Number.POSITIVE_INFINITY]) {
    t.equal(side(1, SUBSET, none), 'right', `${none} follows the missing values to the right`)
    t.equal(side(1, SUBSET | MISSING_LEFT, none), 'left', `${none} follows the missing values to the left`)
  }
})

function slowAnswer(trees: Trees, signature: Signature, aggregation: string, row: Float32Array): number[] {
  const { target } = signature
  const answer: number[] = new Array(target.type === 'class' ? target.classes.length : 1).fill(0)
  const count = trees.treeStart.length - 1
  for (let tree = 0; tree < count; tree++) {
    const leaf = slowLeaf(trees, signature, tree, row)
    if (target.type === 'number') answer[0] += trees.leafShare[leaf]
    else if (aggregation === 'vote') answer[slowVote(trees, leaf)] += 1
    else {
      for (let entry = trees.leafStart[leaf]; entry < trees.leafStart[leaf + 1]; entry++) {
        answer[trees.leafClass[entry]] += trees.leafShare[entry]
      }
    }
  }
  return answer.map((sum) => sum / count)
}

function slowLeaf(trees: Trees, signature: Signature, tree: number, row: Float32Array): number {
  let node = trees.treeStart[tree]
  while (trees.feature[node] !== LEAF) {
    const feature = signature.features[trees.feature[node]]
    const value = row[trees.feature[node]]
    const missingLeft = (trees.flags[node] & MISSING_LEFT) !== 0
    let left: boolean
    if (feature.type === 'category') {
      const word = trees.subsetStart[trees.subsetNode.indexOf(node)] + Math.floor(value / 32)
      const bit = 2 ** (value % 32)
      const known = Number.isInteger(value) && value >= 0 && value < feature.levels.length
      left = known ? Math.floor(trees.subsets[word] / bit) % 2 === 1 : missingLeft
    } else left = Number.isNaN(value) ? missingLeft : value <= trees.threshold[node]
    node = left ? node + 1 : node + trees.right[node]
  }
  return trees.right[node]
}

function slowVote(trees: Trees, leaf: number): number {
  const shares = trees.leafShare.slice(trees.leafStart[leaf], trees.leafStart[leaf + 1])
  return trees.leafClass[trees.leafStart[leaf] + shares.indexOf(Math.max(...shares))]
}

function slice(values: Float32Array, row: number, features: number): Float32Array {
  return values.subarray(row * features, (row + 1) * features)
}
