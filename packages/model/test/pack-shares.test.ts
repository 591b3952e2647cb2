import fc from 'fast-check'
import t from 'tap'
import { atOnce } from '../src/at-once.ts'
import type { Sections } from '../src/format.ts'
import { readFile } from '../src/format-read.ts'
import { writeFile } from '../src/format-write.ts'
import type { NodeRun } from '../src/grown-tree.ts'
import { narrowShares } from '../src/narrow-run.ts'
import { leafStarts, packShares, sharesOf } from '../src/pack-shares.ts'
import { unpackShares } from '../src/unpack-leaves.ts'
import { same } from './same.ts'

/** The weights of the classes of a leaf, some of none. */
type Leaf = readonly number[]

const leaf = fc
  .array(fc.integer({ min: 0, max: 300 }), { minLength: 4, maxLength: 4 })
  .filter((weights) => weights.some((weight) => weight > 0))
const pure = fc.nat({ max: 3 }).map((of) => [0, 1, 2, 3].map((k) => Number(k === of)))
const run = fc.array(fc.oneof(leaf, pure), { minLength: 1, maxLength: 6 })
const runs = fc.oneof(
  fc.array(run, { minLength: 1, maxLength: 4 }),
  fc.array(fc.array(pure, { minLength: 1 }), { minLength: 1 }),
)
/** By run, whether its shares are no fractions of small numbers: mostly in none. */
const odds = fc.oneof(
  { weight: 3, arbitrary: fc.constant(new Array<boolean>(12).fill(false)) },
  { weight: 1, arbitrary: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }) },
)

t.test('the leaves of all runs stand behind each other, whatever form each run has', async () => {
  fc.assert(
    fc.property(runs, odds, (all, odd) => {
      const made = all.map((leaves, i) => runOf(leaves, odd[i]))
      const entries = all.flatMap((leaves, i) => leaves.map((weights) => entriesOf(weights, odd[i])))
      const sections = pack(made, 4)
      const { leafStart, leafClass, leafShare } = unpackShares(sections, entries.length, 4)
      return (
        same(leafStart, [0, ...entries.map((_, l) => entries.slice(0, l + 1).flat().length)]) &&
        same(
          leafClass,
          entries.flat().map(({ of }) => of),
        ) &&
        same(
          leafShare,
          entries.flat().map(({ share }) => share),
        )
      )
    }),
  )
})

t.test('of a run itself too', async () => {
  fc.assert(
    fc.property(run, fc.boolean(), (leaves, odd) => {
      const made = runOf(leaves, odd)
      const entries = leaves.map((weights) => entriesOf(weights, odd))
      return (
        same(leafStarts(made), [0, ...entries.map((_, l) => entries.slice(0, l + 1).flat().length)]) &&
        same(
          sharesOf(made),
          entries.flat().map(({ share }) => share),
        )
      )
    }),
  )
})

t.test('sections that would say nothing are left out, and counts are as wide as the widest', async (t) => {
  const [a, b, c] = [
    runOf([[0, 1, 0]]),
    runOf([
      [1, 3, 0],
      [0, 0, 1],
    ]),
    runOf([[1, 299, 0]]),
  ]
  t.strictSame(pack([a, a], 3), { leafClass: Uint8Array.of(1, 1) })
  t.strictSame(pack([a, b], 3), {
    leafEntries: Uint8Array.of(0, 1, 0),
    leafClass: Uint8Array.of(1, 0, 1, 2),
    leafCount: Uint8Array.of(1, 3),
  })
  t.strictSame(pack([b, c], 3).leafCount, Uint16Array.of(1, 3, 1, 299))
  t.strictSame(pack([a, runOf([[1, 2, 0]], true)], 3), {
    leafEntries: Uint8Array.of(0, 1),
    leafClass: Uint8Array.of(1, 0, 1),
    leafShare: Float64Array.of(1, 1 / Math.PI, 1 - 1 / Math.PI),
  })
  t.strictSame(pack([a, b], 300).leafEntries, Uint16Array.of(0, 1, 0), 'two bytes above 256 classes')
})

function pack(made: readonly NodeRun[], classes: number): Sections {
  return readFile(atOnce(writeFile(packShares(made, classes)))).sections
}

/** @param odd Whether a leaf of two classes and more has shares that are no fractions of small numbers. */
function runOf(leaves: readonly Leaf[], odd = false): NodeRun {
  const entries = leaves.map((weights) => entriesOf(weights, odd))
  const wide = {
    leafStart: Uint32Array.from([0, ...entries.map((_, l) => entries.slice(0, l + 1).flat().length)]),
    leafClass: Uint16Array.from(entries.flat(), ({ of }) => of),
    leafShare: Float64Array.from(entries.flat(), ({ share }) => share),
  }
  const none = new Uint8Array(0)
  return {
    leaves: leaves.length,
    ...{ shape: none, feature: none, threshold: new Float32Array(0), missingLeft: none, subsets: none },
    ...atOnce(narrowShares(wide, leaves[0].length)),
  }
}

function entriesOf(weights: Leaf, odd: boolean): { of: number; share: number }[] {
  const sum = weights.reduce((a, b) => a + b)
  const shares = weights.map((weight) => weight / sum)
  const [first, second] = shares.flatMap((share, of) => (share > 0 ? [of] : []))
  if (odd && second !== undefined) {
    const whole = shares[first] + shares[second]
    shares[first] = whole / Math.PI
    shares[second] = whole - shares[first]
  }
  return shares.flatMap((share, of) => (share > 0 ? [{ of, share }] : []))
}
