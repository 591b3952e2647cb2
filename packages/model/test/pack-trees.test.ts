import fc from 'fast-check'
import t from 'tap'
import { atOnce } from '../src/at-once.ts'
import type { Sections } from '../src/format.ts'
import { readFile } from '../src/format-read.ts'
import { writeFile } from '../src/format-write.ts'
import { packTrees } from '../src/pack-trees.ts'
import type { Signature } from '../src/table.ts'
import { LEAF, SUBSET, type Trees } from '../src/trees.ts'
import { unpackTrees } from '../src/unpack-trees.ts'
import { forestParts, forestShapes, withFewThresholds } from './forests.ts'

t.test('what is packed is unpacked to the last bit, minus zero apart', async () => {
  fc.assert(
    fc.property(forestShapes, fc.boolean(), (shape, coarse) => {
      const grown = forestParts(shape)
      const { trees, signature } = coarse ? withFewThresholds(grown) : grown
      const expected = { ...trees, threshold: trees.threshold.map((value) => value + 0) }
      const found = unpackTrees(pack(trees, signature), signature)
      return Object.entries(expected).every(([name, array]) => areSame(found[name as keyof Trees], array))
    }),
    { numRuns: 300 },
  )
})

t.test('each array takes its smallest form', async (t) => {
  const shape = { seed: 1, features: 5, classes: 3, trees: 8, depth: 6, pure: false, plain: true, vote: false }
  const parts = forestParts(shape)
  const direct = pack(parts.trees, parts.signature)
  t.ok(direct.threshold && !direct.thresholdIndex && direct.leafCount instanceof Uint8Array && !direct.leafShare)
  t.ok(direct.feature instanceof Uint8Array && direct.leafClass instanceof Uint8Array && !direct.missingLeft)

  const coarse = withFewThresholds(parts)
  const indexed = pack(coarse.trees, coarse.signature)
  t.ok(indexed.thresholdIndex instanceof Uint8Array && indexed.threshold!.length < direct.threshold!.length)
  t.ok(indexed.leafShare instanceof Float64Array && !indexed.leafCount)

  const numbers = forestParts({ ...shape, classes: 0 })
  t.ok(pack(numbers.trees, numbers.signature).leafShare instanceof Float64Array)
  const whole = { ...numbers.trees, leafShare: numbers.trees.leafShare.map(Math.round) }
  t.ok(pack(whole, numbers.signature).leafShare instanceof Float32Array)

  const leafRows = new Uint32Array(parts.trees.leafStart.length - 1).fill(254)
  leafRows.set([255, 70_000], 1)
  const counted = pack({ ...parts.trees, leafRows }, parts.signature)
  t.same([...counted.leafRows!.subarray(0, 4)], [254, 255, 255, 254])
  t.same(counted.leafRowsMany, Uint32Array.of(255, 70_000))
  t.same(unpackTrees(counted, parts.signature).leafRows, leafRows)
})

t.test('subsets are bits of words where a short form would stand for too much', async (t) => {
  const levels = Array.from({ length: 65_535 }, (_, level) => `${level}`)
  const signature: Signature = {
    features: [{ name: 'c', type: 'category', missing: false, levels }],
    target: { name: 'y', type: 'number' },
  }
  for (const [splits, form] of [
    [2000, 'shortSubsets'],
    [2100, 'subsets'],
  ] as const) {
    const trees = chainOf(splits, levels.length)
    const sections = pack(trees, signature)
    t.same(
      ['shortSubsets', 'subsets'].filter((name) => name in sections),
      [form],
    )
    t.ok(areSame(unpackTrees(sections, signature).subsets, trees.subsets), form)
  }
})

/** A tree whose splits part a level each, and are right children of each other. */
function chainOf(splits: number, levels: number): Trees {
  const nodes = 2 * splits + 1
  const isSplit = (node: number) => node % 2 === 0 && node < 2 * splits
  const each = (value: (node: number) => number) => Array.from({ length: nodes }, (_, node) => value(node))
  const words = Math.ceil(levels / 32)
  const subsets = new Uint32Array(splits * words)
  for (let split = 0; split < splits; split++) subsets[split * words + (split >> 5)] = 1 << (split & 31)
  return {
    treeStart: Uint32Array.of(0, nodes),
    feature: Uint16Array.from(each((node) => (isSplit(node) ? 0 : LEAF))),
    threshold: new Float32Array(nodes),
    right: Uint32Array.from(each((node) => (isSplit(node) ? 2 : node >> 1))),
    flags: Uint8Array.from(each((node) => (isSplit(node) ? SUBSET : 0))),
    subsetNode: Uint32Array.from({ length: splits }, (_, split) => 2 * split),
    subsetStart: Uint32Array.from({ length: splits + 1 }, (_, split) => split * words),
    subsets,
    leafStart: new Uint32Array(0),
    leafClass: new Uint16Array(0),
    leafShare: Float64Array.from({ length: splits + 1 }, (_, leaf) => leaf),
  }
}

t.test('shares that are fractions of whole numbers come back as the same float64', async () => {
  const weights = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 2, maxLength: 7 })
  const { trees, signature } = forestParts({
    ...{ seed: 2, features: 1, classes: 7, trees: 1, depth: 0, pure: true, plain: true, vote: false },
  })
  fc.assert(
    fc.property(weights, (list) => {
      const sum = list.reduce((a, b) => a + b)
      const leaf = {
        ...trees,
        leafStart: Uint32Array.of(0, list.length),
        leafClass: Uint16Array.from(list, (_, k) => k),
        leafShare: Float64Array.from(list, (weight) => weight / sum),
      }
      const sections = pack(leaf, signature)
      return sections.leafCount !== undefined && areSame(unpackTrees(sections, signature).leafShare, leaf.leafShare)
    }),
  )
})

function pack(trees: Trees, signature: Signature): Sections {
  return readFile(atOnce(writeFile(atOnce(packTrees(trees, signature))))).sections
}

function areSame(a: ArrayBufferView | undefined, b: ArrayBufferView | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return Buffer.compare(bytesOf(a), bytesOf(b)) === 0
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
