import fc from 'fast-check'
import t from 'tap'
import type { Sections } from '../src/format.ts'
import type { Signature } from '../src/table.ts'
import { LEAF, MISSING_LEFT, SUBSET } from '../src/trees.ts'
import { unpackSplits } from '../src/unpack-splits.ts'
import { same } from './same.ts'
import { randomNumbers } from './tables.ts'

/** A number, a category of 40 levels, hence two words a subset, and one of none, which was missing in every row. */
const signature: Signature = {
  features: [
    { name: 'a', type: 'number', missing: true, min: 0, max: 1 },
    { name: 'c', type: 'category', missing: true, levels: Array.from({ length: 40 }, (_, level) => `${level}`) },
    { name: 'd', type: 'category', missing: true, levels: [] },
  ],
  target: { name: 't', type: 'number' },
}
const refused = (sentence: string) => ({
  name: 'ModelError',
  code: 'MODEL_ERR_FILE_STRUCTURE',
  message: `In the forest file, ${sentence}.`,
})

/** The nodes of a tree in pre-order: what a split looks at, and how far its right child is. */
type Sketch = { feature: number; missingLeft: boolean; right: number }[]

t.test('children are where the shape says, and each split has its own threshold or subset', async () => {
  const trees = fc.array(fc.record({ seed: fc.nat(), depth: fc.integer({ min: 0, max: 7 }) }), {
    minLength: 1,
    maxLength: 4,
  })
  fc.assert(
    fc.property(trees, fc.boolean(), fc.boolean(), (seeds, indexed, anyLeft) => {
      const sketches = seeds.map(({ seed, depth }) => sketchOf(randomNumbers(seed), depth))
      const nodes = sketches.flat()
      const splits = nodes.filter(({ feature }) => feature !== LEAF)
      const numbers = splits.filter(({ feature }) => feature === 0)
      // Coarse where they are indices, so that some are shared.
      const thresholds = numbers.map((_, i) => (indexed ? (i * 7) % 3 : i / 8))
      const subsets = splits.filter(({ feature }) => feature === 1).flatMap((_, i) => [i * 77, i & 0xff])
      const found = unpack(sketches, {
        ...(indexed
          ? {
              threshold: Float32Array.of(0, 1, 2),
              thresholdIndex: Uint8Array.from(thresholds),
              thresholdStart: Uint32Array.of(0, 3, 3, 3),
            }
          : { threshold: Float32Array.from(thresholds) }),
        ...(anyLeft ? { missingLeft: bitsOf(splits.map(({ missingLeft }) => missingLeft)) } : {}),
        subsets: Uint32Array.from(subsets),
      })
      let [leaf, number] = [0, 0]
      const subsetNodes = nodes.flatMap(({ feature }, node) => (feature === 1 || feature === 2 ? [node] : []))
      const words: number[] = subsetNodes.map((node) => (nodes[node].feature === 1 ? 2 : 0))
      return (
        nodes.every(({ feature, missingLeft, right }, node) => {
          if (found.feature[node] !== feature) return false
          if (feature === LEAF) return found.right[node] === leaf++ && found.flags[node] === 0
          const flags = (anyLeft && missingLeft ? MISSING_LEFT : 0) | (feature > 0 ? SUBSET : 0)
          const threshold = feature === 0 ? thresholds[number++] : 0
          return found.right[node] === right && found.flags[node] === flags && found.threshold[node] === threshold
        }) &&
        same(found.subsetNode, subsetNodes) &&
        same(found.subsetStart, [0, ...words.map((_, i) => words.slice(0, i + 1).reduce((a, b) => a + b))]) &&
        same(found.subsets, subsets)
      )
    }),
  )
})

t.test('a chain of splits may be as deep as it is long, on either side', async (t) => {
  const splits = 5000
  const leaf = { feature: LEAF, missingLeft: false, right: 0 }
  const onLeft = [
    ...Array.from({ length: splits }, (_, i) => ({ ...leaf, feature: 0, right: 2 * (splits - i) })),
    ...Array.from({ length: splits + 1 }, () => leaf),
  ]
  const onRight = [...Array.from({ length: splits }, () => [{ ...leaf, feature: 0, right: 2 }, leaf]).flat(), leaf]
  for (const chain of [onLeft, onRight]) {
    const { right, feature } = unpack([chain], { threshold: new Float32Array(splits) })
    t.ok(chain.every((node, i) => feature[i] === node.feature && (node.feature === LEAF || right[i] === node.right)))
  }
})

t.test('a shape that ends no tree, or ends one early, is refused before a node is read beyond it', async (t) => {
  const shapeOf = (bits: readonly number[], trees: readonly number[]) => () => {
    const splits = (bits.length - (trees.length - 1)) / 2
    const sections = {
      treeStart: Uint32Array.from(trees),
      shape: bitsOf(bits.map(Boolean)),
      feature: new Uint8Array(splits),
      threshold: new Float32Array(splits),
    }
    return unpackSplits(sections, signature, countsOf(bits.length, trees.length - 1))
  }
  t.doesNotThrow(shapeOf([1, 0, 1, 0, 0], [0, 5]))
  t.throws(shapeOf([1, 1, 1, 0, 0], [0, 5]), refused('tree 0 has too many splits before node 5'))
  t.throws(shapeOf([0, 1, 1, 0, 0], [0, 5]), refused('tree 0 ends at node 0, expected 4'))
  t.throws(shapeOf([1, 0, 0, 1, 0], [0, 5]), refused('tree 0 ends at node 2, expected 4'))
  t.throws(shapeOf([1, 0, 1, 0, 0, 0], [0, 3, 6]), refused('tree 0 has too many splits before node 3'))
})

t.test('no index reaches into the thresholds of another feature', async (t) => {
  const two: Signature = { ...signature, features: [signature.features[0], signature.features[0]] }
  const read = (thresholdIndex: number[], thresholdStart: number[]) => () =>
    unpackSplits(
      {
        treeStart: Uint32Array.of(0, 5),
        shape: bitsOf([true, true, false, false, false]),
        feature: Uint8Array.of(0, 1),
        threshold: Float32Array.of(1, 2, 3),
        thresholdIndex: Uint8Array.from(thresholdIndex),
        thresholdStart: Uint32Array.from(thresholdStart),
      },
      two,
      countsOf(5, 1),
    )
  t.same([...read([1, 0], [0, 2, 3])().threshold.subarray(0, 2)], [2, 3])
  t.throws(read([2, 0], [0, 2, 3]), refused('split 0 has threshold number 2, expected one below 2'))
  t.throws(read([1, 1], [0, 2, 3]), refused('split 1 has threshold number 1, expected one below 1'))
  t.throws(read([1, 0], [0, 2, 1]), refused('thresholdStart[2] is 1, expected 2 to 3'))
  t.throws(read([1, 0], [1, 2, 3]), refused('thresholdStart[0] is 1, expected 0 to 0'))
  t.throws(read([1, 0], [0, 1, 2]), refused('threshold has 3 entries, expected 2'))
})

function sketchOf(random: () => number, depth: number): Sketch {
  if (depth === 0 || random() < 0.2) return [{ feature: LEAF, missingLeft: false, right: 0 }]
  const [left, right] = [sketchOf(random, depth - 1), sketchOf(random, depth - 1)]
  const feature = Math.floor(random() * 3)
  return [{ feature, missingLeft: random() < 0.5, right: 1 + left.length }, ...left, ...right]
}

function unpack(sketches: readonly Sketch[], rest: Sections) {
  const nodes = sketches.flat()
  const sections = {
    treeStart: Uint32Array.from([0, ...sketches.map((_, tree) => sketches.slice(0, tree + 1).flat().length)]),
    shape: bitsOf(nodes.map(({ feature }) => feature !== LEAF)),
    feature: Uint8Array.from(nodes.flatMap(({ feature }) => (feature === LEAF ? [] : [feature]))),
    ...rest,
  }
  return unpackSplits(sections, signature, countsOf(nodes.length, sketches.length))
}

function countsOf(nodes: number, trees: number) {
  const splits = (nodes - trees) / 2
  return { trees, nodes, splits, leaves: splits + trees, subsetWords: 0 }
}

function bitsOf(bits: readonly boolean[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8))
  for (const [i, bit] of bits.entries()) bytes[i >> 3] |= Number(bit) << (i & 7)
  return bytes
}
