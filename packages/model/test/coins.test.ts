import fc from 'fast-check'
import t from 'tap'
import { coinsOf, highest, wordOfShare } from '../src/coins.ts'

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
