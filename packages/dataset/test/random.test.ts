import fc from 'fast-check'
import t from 'tap'
import { seededRandom, shuffle } from '../src/random.ts'

const draws = (seed: number, count = 8): number[] => {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => random.below(2 ** 32))
}

t.test('the same seed, the same numbers', async (t) => {
  t.same(draws(7), draws(7))
  const seeds = [0, 1, 2, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER]
  t.equal(new Set(seeds.map((seed) => draws(seed).join())).size, seeds.length, 'both halves of a seed count')
})

t.test('the numbers do not change', async (t) => {
  t.same(draws(0, 3), [3300212312, 1743954244, 207519241])
})

t.test('below: within the bound and even', async (t) => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 2 ** 32 }), (seed, bound) => {
      const value = seededRandom(seed).below(bound)
      return Number.isInteger(value) && value >= 0 && value < bound
    }),
  )
  const random = seededRandom(1)
  const counts = new Array(10).fill(0)
  for (let i = 0; i < 100_000; i++) counts[random.below(10)]++
  const chi2 = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)
  t.ok(chi2 < 27.9, `chi-square ${chi2.toFixed(1)} of 9 degrees of freedom is below that of p = 0.001`)
})

t.test('shuffle: every order of three about as often', async (t) => {
  const random = seededRandom(2)
  const counts = new Map<string, number>()
  for (let i = 0; i < 6000; i++) {
    const items = Uint32Array.of(0, 1, 2)
    shuffle(items, random)
    counts.set(items.join(), (counts.get(items.join()) ?? 0) + 1)
  }
  t.equal(counts.size, 6)
  for (const [order, count] of counts) t.ok(Math.abs(count - 1000) < 120, `${order}: ${count}`)
})
