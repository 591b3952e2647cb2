import fc from 'fast-check'
import t from 'tap'
import { decideBlock } from '../src/decide.ts'
import { PlainWalk } from '../src/plain-walk.ts'
import { planWalk, predictBlock, type Walk } from '../src/predict.ts'
import { forestParts, forestShapes, randomRows } from './forests.ts'

const rows = 6

t.test('the class is the first maximum of the shares', async () => {
  fc.assert(
    fc.property(forestShapes, fc.nat(), (shape, seed) => {
      const { trees, signature, aggregation } = forestParts({ ...shape, classes: shape.classes || 2 })
      const walk = planWalk(trees, signature, aggregation)
      const values = randomRows(signature, rows, seed)
      const classes = new Uint16Array(rows + 1)
      decideBlock(walkerOf(walk, values), undefined, rows, classes, 1)
      const out = new Float64Array(rows * walk.outputs)
      predictBlock(walk, values, 0, rows, out, 0)
      return Array.from({ length: rows }, (_, row) => row).every((row) => {
        const answer = [...out.subarray(row * walk.outputs, (row + 1) * walk.outputs)]
        return classes[row + 1] === answer.indexOf(Math.max(...answer))
      })
    }),
  )
})

t.test('the votes of the trees in their order, as ml-array-mode counts them', async () => {
  fc.assert(
    fc.property(forestShapes, fc.nat(), fc.integer({ min: 1, max: 9 }), (shape, seed, count) => {
      const { trees, signature } = forestParts({ ...shape, classes: shape.classes || 2, trees: count })
      const walk = planWalk(trees, signature, 'vote')
      const values = randomRows(signature, rows, seed)
      const classes = new Uint16Array(rows)
      decideBlock(walkerOf(walk, values), walk, rows, classes, 0)
      const single = Array.from({ length: count }, (_, tree) => votesOf(tree))
      return classes.every((k, row) => k === mode(single.map((votes) => votes[row])))

      function votesOf(tree: number): Uint16Array {
        const alone = { ...trees, treeStart: trees.treeStart.slice(tree, tree + 2) }
        const votes = new Uint16Array(rows)
        decideBlock(walkerOf(planWalk(alone, signature, 'vote'), values), undefined, rows, votes, 0)
        return votes
      }
    }),
    { numRuns: 200 },
  )
})

function walkerOf(walk: Walk, values: Float32Array): PlainWalk {
  const walker = new PlainWalk(walk)
  walker.rows(rows).set(values)
  return walker
}

function mode(votes: number[]): number {
  const counts = new Map<number, number>()
  let most = 0
  let winner = 0
  for (const vote of votes) {
    counts.set(vote, (counts.get(vote) ?? 0) + 1)
    if (counts.get(vote)! > most) {
      most = counts.get(vote)!
      winner = vote
    }
  }
  return winner
}
