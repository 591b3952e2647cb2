import fc from 'fast-check'
import type { ForestParts } from '../src/forest.ts'
import { resolveParameters } from '../src/parameters.ts'
import type { Feature, Signature } from '../src/table.ts'
import { LEAF, MISSING_LEFT, SUBSET } from '../src/trees.ts'
import { randomNumbers } from './tables.ts'

export interface ForestShape {
  seed: number
  features: number
  /** 0 for a forest of numbers. */
  classes: number
  trees: number
  depth: number
  /** Whether every leaf has one class only. */
  pure: boolean
  /** Whether there are categories and missing values. */
  plain: boolean
  vote: boolean
}

/** Shapes of every kind of forest that the format can hold. */
export const forestShapes: fc.Arbitrary<ForestShape> = fc.record({
  seed: fc.nat(),
  features: fc.integer({ min: 1, max: 6 }),
  classes: fc.constantFrom(0, 2, 3, 7),
  trees: fc.integer({ min: 1, max: 4 }),
  depth: fc.integer({ min: 0, max: 6 }),
  pure: fc.boolean(),
  plain: fc.boolean(),
  vote: fc.boolean(),
})

/** A random forest of a shape: valid, but grown from nothing. */
export function forestParts(shape: ForestShape): ForestParts {
  const random = randomNumbers(shape.seed)
  const signature = randomSignature(shape, random)
  const growth = { start: [0], feature: [], threshold: [], right: [], flags: [], subsetNode: [], subsetStart: [0] }
  const grown = {
    ...(growth as { [name in keyof typeof growth]: number[] }),
    subsets: [] as number[],
    leafStart: [0],
    leafClass: [] as number[],
    leafShare: [] as number[],
  }

  const addLeaf = () => {
    grown.feature.push(LEAF)
    grown.threshold.push(0)
    grown.flags.push(0)
    const leaf = shape.classes > 0 ? grown.leafStart.length - 1 : grown.leafShare.length
    grown.right.push(leaf)
    if (shape.classes === 0) {
      grown.leafShare.push((random() - 0.5) * 1000)
      return
    }
    const entries = shape.pure ? 1 : 1 + Math.floor(random() * Math.min(4, shape.classes))
    const listed = Array.from({ length: shape.classes }, (_, k) => k).sort(() => random() - 0.5)
    const weights = Array.from({ length: entries }, () => 1 + Math.floor(random() * 9))
    const sum = weights.reduce((a, b) => a + b)
    grown.leafClass.push(...listed.slice(0, entries).sort((a, b) => a - b))
    grown.leafShare.push(...weights.map((weight) => weight / sum))
    grown.leafStart.push(grown.leafClass.length)
  }

  const addNode = (depth: number): void => {
    if (depth >= shape.depth || random() < 0.25) {
      addLeaf()
      return
    }
    const node = grown.feature.length
    const f = Math.floor(random() * shape.features)
    const feature = signature.features[f]
    const missingLeft = !shape.plain && random() < 0.5 ? MISSING_LEFT : 0
    grown.feature.push(f)
    grown.right.push(0)
    if (feature.type === 'category') {
      grown.threshold.push(0)
      grown.flags.push(SUBSET | missingLeft)
      grown.subsetNode.push(node)
      // About half of them send few levels where missing values do not go, as small nodes do.
      const few = random() < 0.5 ? 1 + Math.floor(random() * 3) : 0
      const first = grown.subsets.length
      for (let level = 0; level < feature.levels.length; level += 32) {
        const most = 2 ** Math.min(32, feature.levels.length - level)
        grown.subsets.push(few === 0 ? Math.floor(random() * most) : missingLeft === 0 ? 0 : most - 1)
      }
      for (let i = 0; i < few && feature.levels.length > 0; i++) {
        const level = Math.floor(random() * feature.levels.length)
        grown.subsets[first + (level >> 5)] ^= 1 << (level & 31)
      }
      grown.subsetStart.push(grown.subsets.length)
    } else {
      grown.threshold.push(Math.fround((random() - 0.5) * 4))
      grown.flags.push(missingLeft)
    }
    addNode(depth + 1)
    grown.right[node] = grown.feature.length - node
    addNode(depth + 1)
  }

  for (let tree = 0; tree < shape.trees; tree++) {
    addNode(0)
    grown.start.push(grown.feature.length)
  }
  const leaves = grown.feature.filter((feature) => feature === LEAF).length
  return {
    signature,
    parameters: resolveParameters({ nEstimators: shape.trees, seed: shape.seed }, signature.target),
    summary: randomSummary(shape, random),
    aggregation: shape.vote && shape.classes > 0 ? 'vote' : 'mean',
    ...(shape.vote && shape.classes > 0 && random() < 0.5 ? { ties: 'first-reached' as const } : {}),
    trees: {
      treeStart: Uint32Array.from(grown.start),
      feature: Uint16Array.from(grown.feature),
      threshold: Float32Array.from(grown.threshold),
      right: Uint32Array.from(grown.right),
      flags: Uint8Array.from(grown.flags),
      subsetNode: Uint32Array.from(grown.subsetNode),
      subsetStart: Uint32Array.from(grown.subsetStart),
      subsets: Uint32Array.from(grown.subsets),
      leafStart: Uint32Array.from(shape.classes > 0 ? grown.leafStart : []),
      leafClass: Uint16Array.from(grown.leafClass),
      leafShare: Float64Array.from(grown.leafShare),
      leafRows: random() < 0.5 ? Uint32Array.from({ length: leaves }, () => 1 + Math.floor(random() * 50)) : undefined,
    },
  }
}

/** The same forest with coarse thresholds, so that files number them, and with shares that are no small fractions. */
export function withFewThresholds(parts: ForestParts): ForestParts {
  const { threshold, leafShare, leafStart } = parts.trees
  const shares = leafShare.slice()
  for (let leaf = 0; leaf + 1 < leafStart.length; leaf++) {
    const [first, end] = [leafStart[leaf], leafStart[leaf + 1]]
    if (end - first < 2) continue
    const moved = shares[first] * 0.1234567
    shares[first] -= moved
    shares[first + 1] += moved
  }
  return { ...parts, trees: { ...parts.trees, threshold: threshold.map(Math.round), leafShare: shares } }
}

/** Row-major rows for a signature: values around the thresholds, levels, unseen levels and missing values. */
export function randomRows(signature: Signature, rows: number, seed: number): Float32Array {
  const random = randomNumbers(seed)
  return Float32Array.from({ length: rows * signature.features.length }, (_, i) => {
    const feature = signature.features[i % signature.features.length]
    if (random() < 0.1) return Number.NaN
    if (feature.type === 'number') return (random() - 0.5) * 5
    return Math.floor(random() * (feature.levels.length + 2)) + (random() < 0.05 ? 0.5 : 0)
  })
}

function randomSignature(shape: ForestShape, random: () => number): Signature {
  const features = Array.from({ length: shape.features }, (_, f): Feature => {
    const name = ['length', 'constructor', 'größe', 'x y', 'z"', ''][f] ?? `feature ${f}`
    if (shape.plain || random() < 0.5) {
      const known = random() < 0.9
      return {
        name,
        type: 'number',
        missing: !known || random() < 0.5,
        min: known ? -2.5 : null,
        max: known ? 2.5 : null,
      }
    }
    const most = random() < 0.2 ? 600 : 70
    const levels = Array.from({ length: Math.floor(random() * most) }, (_, level) => `level ${level}`)
    return { name, type: 'category', missing: random() < 0.5, levels }
  })
  if (shape.classes === 0) return { features, target: { name: 'y', type: 'number' } }
  const classes = Array.from({ length: shape.classes }, (_, k) => (k === 0 ? 'toString' : `class ${k}`))
  return { features, target: { name: 'y', type: 'class', classes } }
}

function randomSummary(shape: ForestShape, random: () => number): ForestParts['summary'] {
  const shares = Array.from({ length: shape.features }, random)
  const sum = shares.reduce((a, b) => a + b)
  return {
    rows: 100,
    ...(random() < 0.5 ? { score: random(), oobErrorByTrees: Array.from({ length: shape.trees }, random) } : {}),
    importances: shares.map((share) => (shape.depth === 0 ? 0 : share / sum)),
    warnings: random() < 0.5 ? ['Column "a" is constant.'] : [],
    quantized: [],
  }
}
