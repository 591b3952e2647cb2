import fc from 'fast-check'
import t from 'tap'
import type { Bins } from '../src/bins.ts'
import {
  type Criterion,
  DOUBLE,
  ENTROPY,
  type Form,
  GINI,
  type Pair,
  PLAIN,
  SINGLE,
  SQUARED_ERROR,
  SUMS,
} from '../src/criterion.ts'
import type { Span } from '../src/gather.ts'
import { createNode, type Node } from '../src/measure.ts'
import { type Cut, scanClasses, scanSums } from '../src/scan.ts'
import { createWorkspace } from '../src/workspace.ts'
import { planOf, tableOf } from './training-tables.ts'

/** Counts of samples by class, or by value: few, so that scores that differ do so in float32 too. */
type Counts = readonly number[]

const rows = Array.from({ length: 60 }, (_, row) => row)
const workspace = createWorkspace(
  planOf(
    tableOf(
      rows.map((row) => [row]),
      rows.map((row) => row % 4),
      { classes: 4 },
    ),
  ),
)

interface Problem {
  /** The counts of each bin, and of the samples without a value. */
  bins: Counts[]
  missing: Counts
  minSide: number
}

interface Candidate {
  at: number
  missingLeft: boolean
  left: Counts
  right: Counts
}

const SHIFT = 2
const FIRST = 100

t.test('two classes: of all cuts with enough samples on both sides, the first of the best', async (t) => {
  const one: Pair = { first: 1, second: 1 }
  for (const [form, pair] of [
    [SINGLE, one],
    [DOUBLE, one],
    [PLAIN, one],
    [SUMS, one],
    [DOUBLE, { first: 2, second: 5 }],
  ] as const) {
    fc.assert(
      fc.property(problems(2), (problem) => {
        const weigh = ([a, b]: Counts) => [a * pair.first, b * pair.second]
        const { cut, better } = scanTwo(problem, GINI, form, pair, (counts) => {
          const [first, second] = weigh(counts)
          return { weight: first + second, second }
        })
        return isFirstBest(problem, cut, better, (counts) => squaresPerWeight(weigh(counts)))
      }),
      { numRuns: 300, seed: 1 },
    )
  }
  t.pass()
})

t.test('numbers: the same, by the squares of the sums of the sides', async (t) => {
  const values = [-3, 0, 4]
  const sumOf = (counts: Counts) => sum(counts.map((count, i) => count * values[i]))
  for (const form of [PLAIN, DOUBLE] as const) {
    fc.assert(
      fc.property(problems(3), (problem) => {
        const { cut, better } = scanTwo(problem, SQUARED_ERROR, form, { first: 1, second: 1 }, (counts) => {
          return { weight: sum(counts), second: sumOf(counts) }
        })
        return isFirstBest(problem, cut, better, (counts) => [sumOf(counts) ** 2, sum(counts)])
      }),
      { numRuns: 300, seed: 1 },
    )
  }
  t.pass()
})

t.test('more classes: the same, whether a bin holds a class once or sample by sample', async (t) => {
  for (const form of [SINGLE, DOUBLE] as const) {
    for (const apart of [false, true]) {
      fc.assert(
        fc.property(problems(4), (problem) => {
          const { cut, better } = scanMany(problem, GINI, form, apart)
          return isFirstBest(problem, cut, better, squaresPerWeight)
        }),
        { numRuns: 200, seed: 1 },
      )
    }
  }
  t.pass()
})

t.test('where scores are rounded, no cut is better than the one found', async (t) => {
  const impurity = {
    [ENTROPY]: (p: number) => (p > 0 ? -p * Math.log2(p) : 0),
    [GINI]: (p: number) => p * (1 - p),
  }
  // Form SINGLE of entropy has the entropy of the sides' shares, at most 1 a sample, within 2^-22.
  for (const [criterion, classes, form, slack] of [
    [ENTROPY, 2, PLAIN, 1e-9],
    [ENTROPY, 4, PLAIN, 1e-9],
    [ENTROPY, 2, SINGLE, 60 * 2 ** -22],
    [ENTROPY, 4, SINGLE, 60 * 2 ** -22],
    [GINI, 4, PLAIN, 1e-9],
  ] as const) {
    fc.assert(
      fc.property(problems(classes), (problem) => {
        const mass = (counts: Counts) =>
          sum(counts.map((count) => sum(counts) * impurity[criterion](count / sum(counts))))
        const { cut, better } =
          classes > 2
            ? scanMany(problem, criterion, form, false)
            : scanTwo(problem, criterion, form, { first: 1, second: 1 }, ([a, b]) => ({ weight: a + b, second: b }))
        const all = candidates(problem)
        if (all.length === 0) return !better
        const found = all.find(({ at, missingLeft }) => at === cut.at && missingLeft === cut.missingLeft)
        const least = Math.min(...all.map(({ left, right }) => mass(left) + mass(right)))
        return found !== undefined && mass(found.left) + mass(found.right) <= least + 2 * slack
      }),
      { numRuns: 200, seed: 1 },
    )
  }
  t.pass()
})

t.test('a cut that is no better than the best so far leaves it as it is', async (t) => {
  const problem = {
    bins: [
      [2, 0],
      [0, 2],
    ],
    missing: [0, 0],
    minSide: 1,
  }
  const counts = ([a, b]: Counts) => ({ weight: a + b, second: b })
  const pair = { first: 1, second: 1 }
  const { cut } = scanTwo(problem, GINI, DOUBLE, pair, counts)
  t.same([cut.at, cut.missingLeft], [FIRST + 3, false])
  const before = { score: cut.score, at: -7, missingLeft: true }
  t.same(scanTwo(problem, GINI, DOUBLE, pair, counts, before), { cut: before, better: false })
  t.same(scanMany(problem, GINI, DOUBLE, false, { ...before, score: 1e9 }), {
    cut: { ...before, score: 1e9 },
    better: false,
  })
})

t.test('the cut behind the last bin ends with the codes that there are', async (t) => {
  const problem = {
    bins: [
      [3, 0],
      [3, 0],
    ],
    missing: [0, 5],
    minSide: 1,
  }
  const counts = ([a, b]: Counts) => ({ weight: a + b, second: b })
  const two = scanTwo(problem, GINI, SINGLE, { first: 1, second: 1 }, counts).cut
  t.same([two.at, two.missingLeft], [FIRST + 9, false], 'every value against missing')
  const many = scanMany(problem, GINI, SINGLE, false).cut
  t.same([many.at, many.missingLeft], [FIRST + 9, false])
})

function problems(classes: number): fc.Arbitrary<Problem> {
  const counts = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: classes, maxLength: classes })
  const none = new Array(classes).fill(0)
  return fc
    .record({
      bins: fc.array(counts, { minLength: 1, maxLength: 4 }),
      missing: fc.oneof(fc.constant(none), counts),
      minSide: fc.constantFrom(1, 1, 2, 4),
    })
    .map(({ bins, ...rest }) => ({ ...rest, bins: bins.filter((bin) => sum(bin) > 0) }))
    .filter(({ bins }) => bins.length > 0)
}

/** Every cut in the order in which ties are decided: missing values right, then left. */
function candidates({ bins, missing, minSide }: Problem): Candidate[] {
  const all = total([...bins, missing])
  const found = [false, true].flatMap((missingLeft) => {
    if (missingLeft && sum(missing) === 0) return []
    const cuts = missingLeft || sum(missing) === 0 ? bins.length - 1 : bins.length
    return Array.from({ length: cuts }, (_, bin) => {
      const left = total([...bins.slice(0, bin + 1), ...(missingLeft ? [missing] : [])])
      const at = Math.min(spanOf(bins).max, FIRST + ((2 * bin + 1) << SHIFT) - 1)
      return { at, missingLeft, left, right: all.map((count, i) => count - left[i]) }
    })
  })
  return found.filter(({ left, right }) => Math.min(sum(left), sum(right)) >= minSide)
}

/** Whether the cut is the first that no other beats; `scoreOf` a side is a fraction of whole numbers. */
function isFirstBest(
  problem: Problem,
  cut: Cut,
  better: boolean,
  scoreOf: (side: Counts) => [number, number],
): boolean {
  let best: { top: number; bottom: number; of: Candidate } | undefined
  for (const of of candidates(problem)) {
    const [[a, b], [c, d]] = [scoreOf(of.left), scoreOf(of.right)]
    const [top, bottom] = [a * d + c * b, b * d]
    if (best === undefined || top * best.bottom > best.top * bottom) best = { top, bottom, of }
  }
  if (best === undefined) return !better
  return better && cut.at === best.of.at && cut.missingLeft === best.of.missingLeft
}

function squaresPerWeight(counts: Counts): [number, number] {
  return [sum(counts.map((count) => count * count)), sum(counts)]
}

/** Scans bins that hold every other code, so that codes are told from bins. */
function scanTwo(
  { bins, missing, minSide }: Problem,
  criterion: Criterion,
  form: Form,
  pair: Pair,
  sums: (counts: Counts) => { weight: number; second: number },
  cut: Cut = { score: Number.NEGATIVE_INFINITY, at: -1, missingLeft: false },
): { cut: Cut; better: boolean } {
  const { node, span } = start(bins, missing)
  Object.assign(node, { ...sums(total([...bins, missing])), form, pair, scale: scaleOf(criterion, form) })
  bins.forEach((bin, i) => {
    workspace.binWeight[i] = sums(bin).weight
    workspace.binSecond[i] = sums(bin).second
    // Rows are not counted where one is enough.
    workspace.binRows[i] = minSide > 1 ? sum(bin) : 0
  })
  const about = { ...binsOf(bins), missingWeight: sums(missing).weight, missingSecond: sums(missing).second }
  return { better: scanSums(workspace, node, span, about, minSide, criterion, cut), cut }
}

function scanMany(
  { bins, missing, minSide }: Problem,
  criterion: Criterion,
  form: Form,
  apart: boolean,
  cut: Cut = { score: Number.NEGATIVE_INFINITY, at: -1, missingLeft: false },
): { cut: Cut; better: boolean } {
  const { node, span } = start(bins, missing)
  const weight = sum(total([...bins, missing]))
  Object.assign(node, { weight, classes: missing.length, form, scale: scaleOf(criterion, form) })
  const { entryClass, entryWeight, binEnd, binRows, without } = workspace
  let entry = 0
  bins.forEach((bin, i) => {
    bin.forEach((count, of) => {
      for (let left = count; left > 0; left -= apart ? 1 : count) {
        entryClass[entry] = of
        entryWeight[entry++] = apart ? 1 : count
      }
    })
    binRows[i] = sum(bin)
    binEnd[i] = entry
  })
  without.set(missing)
  const about = { ...binsOf(bins), missingWeight: sum(missing), missingSecond: 0 }
  return { better: scanClasses(workspace, node, span, about, minSide, criterion, cut), cut }
}

/** Terms of entropy in form SINGLE are always scaled. */
function scaleOf(criterion: Criterion, form: Form): number {
  return criterion === ENTROPY && form === SINGLE ? 2 ** 40 : 0
}

function start(bins: readonly Counts[], missing: Counts): { node: Node; span: Span } {
  bins.forEach((_, i) => {
    workspace.binCode[i] = 2 * i
  })
  const node = { ...createNode(), end: sum(total([...bins, missing])) }
  return { node, span: { ...spanOf(bins), missing: sum(missing), levels: 0 } }
}

/** The last bin holds two codes only. */
function spanOf(bins: readonly Counts[]): { min: number; max: number } {
  return { min: FIRST, max: FIRST + ((2 * (bins.length - 1)) << SHIFT) + 1 }
}

function binsOf(bins: readonly Counts[]): Pick<Bins, 'count' | 'shift'> {
  return { count: bins.length, shift: SHIFT }
}

function total(counts: readonly Counts[]): Counts {
  return counts[0].map((_, i) => sum(counts.map((each) => each[i])))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}
