import fc from 'fast-check'
import t from 'tap'
import type { ForestParts } from '../src/forest.ts'
import { readForest, writeForest } from '../src/format-forest.ts'
import { KernelWalk } from '../src/kernel-walk.ts'
import { PlainWalk } from '../src/plain-walk.ts'
import { planWalk } from '../src/predict.ts'
import { forestParts, forestShapes, randomRows, withFewThresholds } from './forests.ts'

t.test('every kind of forest answers as the plain walk does, to the last bit', async () => {
  const rowCounts = fc.constantFrom(1, 2, 7, 8, 9, 40)
  fc.assert(
    fc.property(forestShapes, rowCounts, fc.nat(), (shape, count, seed) => {
      return answersMatch((seed % 2 === 0 ? withFewThresholds : identity)(forestParts(shape)), count, seed)
    }),
    { numRuns: 300 },
  )
})

t.test('so does one with too many columns, or missing values on both sides, for narrow nodes', async (t) => {
  const shape = { seed: 3, classes: 3, trees: 11, depth: 7, pure: false, vote: false }
  for (const features of [127, 128, 129, 255, 256, 257, 300]) {
    for (const plain of [false, true]) t.ok(answersMatch(forestParts({ ...shape, features, plain }), 21, features))
  }
})

function answersMatch(parts: ForestParts, count: number, seed: number): boolean {
  const { trees: grown, ties = 'first-class', ...description } = parts
  const { signature, aggregation } = parts
  const kernel = KernelWalk.read(readForest(writeForest({ ...description, ties }, grown)))
  if (kernel === undefined || kernel === 'refused') throw new Error(`The kernel read ${kernel}.`)
  const plain = new PlainWalk(planWalk(grown, signature, aggregation))
  const values = randomRows(signature, count, seed)
  for (const walk of [kernel, plain]) walk.rows(count).set(values)
  const answers = [kernel, plain].map((walk) => walk.answer(count).slice(0, count * walk.outputs))
  const signals = [kernel, plain].map((walk) => walk.signal(count, 1 + (seed % 40)))
  const trees = parts.trees.treeStart.length - 1
  const leafIds = [kernel, plain].map((walk) => {
    const out = new Uint32Array(count * trees + 2)
    walk.apply(count, out, 1)
    return out
  })
  return (
    areSame(answers[0], answers[1]) &&
    areSame(leafIds[0], leafIds[1]) &&
    areSame(signals[0].answers.slice(0, count * plain.outputs), answers[1]) &&
    areSame(signals[0].disagreement.slice(0, count), signals[1].disagreement) &&
    (signals[1].rareShare === undefined
      ? signals[0].rareShare === undefined
      : areSame(signals[0].rareShare!.slice(0, count), signals[1].rareShare))
  )
}

function areSame(a: ArrayBufferView, b: ArrayBufferView): boolean {
  return Buffer.compare(new Uint8Array(a.buffer), new Uint8Array(b.buffer)) === 0
}

function identity(parts: ForestParts): ForestParts {
  return parts
}
