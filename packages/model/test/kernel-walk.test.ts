import fc from 'fast-check'
import t from 'tap'
import type { ForestParts } from '../src/forest.ts'
import { readForest, writeForest } from '../src/format-forest.ts'
import { KernelWalk } from '../src/kernel-walk.ts'
import { PlainWalk, planWalk } from '../src/predict.ts'
import { forestParts, forestShapes, randomRows } from './forests.ts'

t.test('every kind of forest answers as the plain walk does, to the last bit', async () => {
  const rowCounts = fc.constantFrom(1, 2, 7, 8, 9, 40)
  fc.assert(
    fc.property(forestShapes, rowCounts, fc.nat(), (shape, count, seed) => {
      return answersMatch(forestParts(shape), count, seed)
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
  const { trees, ties = 'first-class', ...description } = parts
  const { signature, aggregation } = parts
  const kernel = KernelWalk.read(readForest(writeForest({ ...description, ties }, trees)))
  if (kernel === undefined || kernel === 'refused') throw new Error(`The kernel read ${kernel}.`)
  const plain = new PlainWalk(planWalk(trees, signature, aggregation))
  const values = randomRows(signature, count, seed)
  for (const walk of [kernel, plain]) walk.rows(count).set(values)
  const found = kernel.answer(count).slice(0, count * plain.outputs)
  const expected = plain.answer(count).slice(0, count * plain.outputs)
  return Buffer.compare(new Uint8Array(found.buffer), new Uint8Array(expected.buffer)) === 0
}
