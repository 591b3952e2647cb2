import fc from 'fast-check'
import t from 'tap'
import { atOnce } from '../src/at-once.ts'
import { writeFile } from '../src/format-write.ts'
import type { NodeRun } from '../src/grown-tree.ts'
import { packThresholds } from '../src/pack-thresholds.ts'
import type { Feature } from '../src/table.ts'
import { randomNumbers } from './tables.ts'

interface Recipe {
  seed: number
  features: number
  runs: number
  splits: number
  distinct: number
  categories: boolean
}

const recipes: fc.Arbitrary<Recipe> = fc.record({
  seed: fc.nat(),
  features: fc.constantFrom(1, 3, 300),
  runs: fc.integer({ min: 1, max: 5 }),
  splits: fc.integer({ min: 0, max: 20_000 }),
  distinct: fc.constantFrom(1, 40, 300, 4000, 200_000),
  categories: fc.boolean(),
})

t.test('the kernel numbers thresholds to the bytes of the plain way', async (t) => {
  let indexed = 0
  fc.assert(
    fc.property(recipes, (recipe) => {
      const { runs, features } = makeRuns(recipe)
      const plain = atOnce(packThresholds(runs, features, null))
      if (plain.thresholdIndex) indexed++
      const bytes = [plain, atOnce(packThresholds(runs, features))].map((sections) => atOnce(writeFile(sections)))
      return Buffer.compare(bytes[0], bytes[1]) === 0
    }),
    { numRuns: 60, seed: 3 },
  )
  t.ok(indexed > 10, 'and many were numbered')
})

t.test('columns with more than 65,536 thresholds have none numbered', async (t) => {
  for (const [distinct, isNumbered] of [
    [65_536, true],
    [65_537, false],
  ] as const) {
    const threshold = Float32Array.from({ length: 500_000 }, (_, i) => (i < 4096 ? 0 : i % distinct))
    const runs = [runOf(new Uint8Array(threshold.length), threshold)]
    for (const kernel of [null, undefined]) {
      const sections = atOnce(packThresholds(runs, [number(0)], kernel))
      t.equal(sections.thresholdIndex !== undefined, isNumbered, `${distinct} of ${kernel}`)
    }
  }
})

function makeRuns({ seed, features, runs, splits, distinct, categories }: Recipe) {
  const random = randomNumbers(seed)
  const about: Feature[] = Array.from({ length: features }, (_, f) =>
    categories && f % 3 === 1 ? { name: `x${f}`, type: 'category', missing: false, levels: ['a', 'b'] } : number(f),
  )
  const made = Array.from({ length: runs }, () => {
    const feature = Array.from({ length: splits }, () => Math.floor(random() * features))
    const numbers = feature.filter((f) => about[f].type === 'number')
    const threshold = Float32Array.from(numbers, () => (Math.floor(random() * distinct) - distinct / 2) / 3)
    return runOf(
      features > 256 ? Uint16Array.from(feature) : Uint8Array.from(feature),
      threshold.map((x) => x + 0),
    )
  })
  return { runs: made, features: about }
}

function number(f: number): Feature {
  return { name: `x${f}`, type: 'number', missing: false, min: 0, max: 1 }
}

function runOf(feature: Uint8Array | Uint16Array, threshold: Float32Array): NodeRun {
  const none = new Uint8Array(0)
  return {
    leaves: feature.length + 1,
    shape: none,
    feature,
    threshold,
    missingLeft: none,
    subsets: new Uint8Array(0),
    leafEntries: none,
    leafClass: none,
    leafCount: none,
    leafShare: new Float64Array(0),
  }
}
