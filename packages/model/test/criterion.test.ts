import fc from 'fast-check'
import t from 'tap'
import {
  ENTROPY,
  GINI,
  PLAIN,
  SINGLE,
  SQUARED_ERROR,
  scoreCut,
  scoreSide,
  scoreSides,
  scoreSums,
  scoreWhole,
  term,
  termStep,
} from '../src/criterion.ts'
import { scaleOfTerms } from '../src/logarithm.ts'

const side = fc
  .record({ weight: fc.integer({ min: 1, max: 100_000 }), share: fc.integer({ min: 0, max: 1000 }) })
  .map(({ weight, share }) => ({ weight, second: Math.floor((weight * share) / 1000) }))

t.test('what a cut wins is the decrease of impurity times weight', async (t) => {
  const impurity = {
    [GINI]: (p: number) => 2 * p * (1 - p),
    [ENTROPY]: (p: number) => -xlog(p) - xlog(1 - p),
    [SQUARED_ERROR]: (p: number) => -p * p,
  }
  for (const criterion of [GINI, ENTROPY, SQUARED_ERROR] as const) {
    fc.assert(
      fc.property(side, side, (left, right) => {
        const weight = left.weight + right.weight
        const second = left.second + right.second
        const mass = (of: { weight: number; second: number }) => of.weight * impurity[criterion](of.second / of.weight)
        const expected = mass({ weight, second }) - mass(left) - mass(right)
        const found =
          scoreSums(criterion, left.weight, left.second, right.weight, right.second) -
          scoreWhole(criterion, weight, second)
        return Math.abs(found - expected) <= 1e-10 * weight
      }),
      { seed: 1, numRuns: 500 },
    )
  }
  t.pass()
})

t.test('cuts that tie by symmetry tie exactly', async (t) => {
  for (const criterion of [GINI, ENTROPY, SQUARED_ERROR] as const) {
    fc.assert(
      fc.property(side, side, (a, b) => {
        const score = scoreSums(criterion, a.weight, a.second, b.weight, b.second)
        if (score !== scoreSums(criterion, b.weight, b.second, a.weight, a.second)) return false
        if (criterion !== GINI) return true
        return score === scoreSums(criterion, a.weight, a.weight - a.second, b.weight, b.weight - b.second)
      }),
      { seed: 1, numRuns: 500 },
    )
  }
  t.pass()
})

t.test('sides of many classes add up step by step', async (t) => {
  const weights = [3, 5, 0, 2]
  for (const criterion of [GINI, ENTROPY] as const) {
    const whole = weights.reduce((sum, weight) => sum + term(criterion, weight), 0)
    let steps = 0
    for (const weight of weights)
      steps += termStep(criterion, 1, weight) + term(criterion, 1) - term(criterion, 1 + weight)
    t.ok(Math.abs(steps) < 1e-12)
    const expected = criterion === GINI ? 38 / 10 : whole - 10 * Math.log2(10)
    t.ok(Math.abs(scoreSide(criterion, 10, whole) - expected) < 1e-12)
  }
})

t.test('terms of entropy that are scaled and rounded sum up to the same whole number in any order', async () => {
  const classes = fc.array(fc.tuple(fc.nat({ max: 500 }), fc.nat({ max: 500 })), { minLength: 2, maxLength: 40 })
  fc.assert(
    fc.property(classes, fc.nat(), (counts, turn) => {
      const all = counts.reduce((sum, [left, right]) => sum + left + right, 0)
      const scale = scaleOfTerms(all)
      const scoreOf = (of: readonly (readonly [number, number])[]) => {
        const sides = [0, 1].map((side) => of.reduce((sum, weights) => sum + weights[side], 0))
        const terms = [0, 1].map((side) => of.reduce((sum, weights) => sum + term(ENTROPY, weights[side], scale), 0))
        return scoreSide(ENTROPY, sides[0], terms[0], scale) + scoreSide(ENTROPY, sides[1], terms[1], scale)
      }
      const score = scoreOf(counts)
      const first = turn % counts.length
      const turned = [...counts.slice(first), ...counts.slice(0, first)].map(([left, right]) => [right, left] as const)
      const plain = counts.flat().reduce((sum, weight) => sum + term(ENTROPY, weight), 0)
      const left = counts.reduce((sum, [weight]) => sum + weight, 0)
      const expected = plain - term(ENTROPY, left) - term(ENTROPY, all - left)
      return (
        Number.isSafeInteger(score) &&
        score === scoreOf(turned) &&
        Math.abs(score / scale - expected) <= 1e-12 * Math.max(1, term(ENTROPY, all))
      )
    }),
    { seed: 1, numRuns: 500 },
  )
})

t.test(
  'with class weights the entropy of the sides is rounded to float32, and the score to whole numbers',
  async () => {
    const pair = { first: 1, second: 1 }
    fc.assert(
      fc.property(side, side, (left, right) => {
        const whole = left.weight + right.weight
        const scale = scaleOfTerms(whole)
        const cut = [left.weight, left.second, right.weight, right.second, scale] as const
        const mirrored = [right.weight, right.second, left.weight, left.second, scale] as const
        const score = scoreCut(ENTROPY, SINGLE, pair, ...cut)
        const [a, b] = [left, right].map(
          ({ weight, second }) => term(ENTROPY, weight - second, scale) + term(ENTROPY, second, scale),
        )
        return (
          Number.isSafeInteger(score) &&
          score === scoreCut(ENTROPY, SINGLE, pair, ...mirrored) &&
          score === scoreSides(ENTROPY, SINGLE, left.weight, a, right.weight, b, scale) &&
          Math.abs(score - scoreCut(ENTROPY, PLAIN, pair, ...cut)) <= whole * scale * 2 ** -22 + 8
        )
      }),
      { seed: 1, numRuns: 500 },
    )
  },
)

function xlog(p: number): number {
  return p > 0 ? p * Math.log2(p) : 0
}
