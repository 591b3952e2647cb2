import fc from 'fast-check'
import t from 'tap'
import { Forest, type ForestParts } from '../src/forest.ts'
import { readForest, writeForest } from '../src/format-forest.ts'
import { KernelWalk } from '../src/kernel-walk.ts'
import { PlainWalk } from '../src/plain-walk.ts'
import { planWalk } from '../src/predict.ts'
import { unpackTrees } from '../src/unpack-trees.ts'
import { forestParts, forestShapes, randomRows, withFewThresholds } from './forests.ts'

const SHAPE = { seed: 3, classes: 3, trees: 11, depth: 7, pure: false, vote: false }

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
  for (const features of [127, 128, 129, 255, 256, 257, 300]) {
    for (const plain of [false, true]) t.ok(answersMatch(forestParts({ ...SHAPE, features, plain }), 21, features))
  }
})

t.test('a shape is refused where the plain reader refuses it', async (t) => {
  const file = readForest(Forest.fromTrees(forestParts({ ...SHAPE, features: 5, plain: true })).data)
  const { description, sections } = file
  const shape = sections.shape as Uint8Array
  const nodes = file.counts.nodes
  let accepted = 0
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(nodes - 1), fc.nat(nodes - 1)), { minLength: 1, maxLength: 3 }), (swaps) => {
      const swapped = shape.slice()
      for (const [a, b] of swaps) swapBits(swapped, a, b)
      const changed = { ...sections, shape: swapped }
      const isRefused = KernelWalk.read({ ...file, sections: changed }) === 'refused'
      if (!isRefused) accepted++
      return isRefused === throws(() => unpackTrees(changed, description.signature))
    }),
    { numRuns: 3000 },
  )
  t.ok(accepted > 100 && accepted < 2900, `${accepted} of 3000 are trees`)
})

t.test('one that is all splits, or all leaves, is refused', async (t) => {
  for (const features of [5, 300]) {
    const file = readForest(Forest.fromTrees(forestParts({ ...SHAPE, features, plain: true })).data)
    for (const bits of [0, 0xff]) {
      const shape = (file.sections.shape as Uint8Array).map(() => bits)
      t.equal(KernelWalk.read({ ...file, sections: { ...file.sections, shape } }), 'refused')
    }
  }
})

function swapBits(bits: Uint8Array, a: number, b: number): void {
  if (isSet(bits, a) === isSet(bits, b)) return
  for (const i of [a, b]) bits[i >> 3] ^= 1 << (i & 7)
}

function isSet(bits: Uint8Array, i: number): boolean {
  return ((bits[i >> 3] >> (i & 7)) & 1) === 1
}

function throws(work: () => void): boolean {
  try {
    work()
    return false
  } catch {
    return true
  }
}

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
