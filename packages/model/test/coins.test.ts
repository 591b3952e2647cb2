import fc from 'fast-check'
import t from 'tap'
import { coinsOf, highest, seedOf, valueOfLevel, wordOfShare } from '../src/coins.ts'
import { Random } from '../src/random.ts'

const words = fc.nat(0xffff_ffff)

t.test('29 coins, the same for a word as for its 32 bits', async (t) => {
  fc.assert(
    fc.property(fc.nat(65_534), words, (level, word) => {
      t.equal(coinsOf(level, word) >>> 29, 0)
      t.equal(coinsOf(level, word), coinsOf(level, word | 0))
    }),
    { seed: 1 },
  )
})

t.test('the first coin of each of three levels is as often 1 as 0, whatever the others show', async (t) => {
  for (const levels of [
    [0, 1, 2],
    [3, 4, 1000],
    [65_533, 65_534, 7],
  ]) {
    const counts = new Array<number>(8).fill(0)
    for (let i = 0; i < 16_000; i++) {
      const word = Math.imul(i, 0x9e3779b1)
      const at = levels.reduce((sum, level, k) => sum + ((coinsOf(level, word) >>> 28) << k), 0)
      counts[at]++
    }
    // 2,000 are expected, with a standard deviation of 42.
    t.ok(
      counts.every((count) => Math.abs(count - 2000) < 210),
      counts.join(' '),
    )
  }
})

t.test('subsets of six levels are about as likely', async (t) => {
  const counts = new Array<number>(64).fill(0)
  const random = Random.ofTree(1, 1)
  for (let i = 0; i < 62_000; i++) {
    const word = wordOfShare(random.share())
    const coins = Array.from({ length: 6 }, (_, level) => coinsOf(level, word))
    const bit = highest(coins.reduce((a, b) => a | b) & ~coins.reduce((a, b) => a & b))
    counts[coins.reduce((sum, coin, level) => sum + ((coin & bit) === 0 ? 0 : 1 << level), 0)]++
  }
  t.equal(counts[0] + counts[63], 0)
  // 1,000 are expected, with a standard deviation of 32.
  t.ok(
    counts.slice(1, 63).every((count) => Math.abs(count - 1000) < 160),
    counts.join(' '),
  )
})

t.test('no two levels have the same seed, or the same coins', async (t) => {
  const levels = Array.from({ length: 65_535 }, (_, level) => level)
  t.equal(new Set(levels.map(seedOf)).size, levels.length)
  for (const word of [0, 1, 0x8000_0000, 0x1234_5678]) {
    t.equal(new Set(levels.map((level) => coinsOf(level, word))).size, levels.length)
  }
})

t.test('a value holds the seed of its level below an exponent, and a missing level stays NaN', async (t) => {
  fc.assert(
    fc.property(fc.nat(65_534), (level) => {
      const value = valueOfLevel(level)
      return (
        Math.fround(value) === value &&
        new Int32Array(Float32Array.of(value).buffer)[0] === (0x2000_0000 | seedOf(level))
      )
    }),
    { seed: 3 },
  )
  t.ok(Number.isNaN(valueOfLevel(Number.NaN)))
})

t.test('a share gives back the word that it was made of', async (t) => {
  fc.assert(
    fc.property(words, (word) => t.equal(wordOfShare(word / 2 ** 32), word | 0)),
    { seed: 2 },
  )
})

t.test('the highest bit alone', async (t) => {
  t.equal(highest(0), 0)
  t.equal(highest(1), 1)
  t.equal(highest(0b101100), 0b100000)
  t.equal(highest(0x7fff_ffff), 0x4000_0000)
})
