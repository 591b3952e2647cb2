import t from 'tap'
import { Random } from '../src/random.ts'

t.test('gives the numbers of the reference implementation', async (t) => {
  // pcg32-demo of pcg-c-basic: state 42, stream 54.
  const random = new Random(0, 42, 0, 54)
  const numbers = Array.from({ length: 6 }, () => random.next())
  t.same(numbers, [0xa15c02b7, 0x7b47f409, 0xba1d3330, 0x83d2f293, 0xbfa4784b, 0xcbed606e])
})

t.test('steps as 64-bit arithmetic does', async (t) => {
  const mask = (1n << 64n) - 1n
  for (const [high, low, stream] of [
    [0xffffffff, 0xffffffff, 0xffffffff],
    [0x12345678, 0x9abcdef0, 7],
    [0, 0, 0],
  ]) {
    const random = new Random(high, low, stream, stream)
    const step = ((((BigInt(stream) << 32n) | BigInt(stream)) << 1n) | 1n) & mask
    const advance = (state: bigint) => (state * 6364136223846793005n + step) & mask
    let state = advance((advance(0n) + ((BigInt(high) << 32n) | BigInt(low))) & mask)
    const expected = Array.from({ length: 1000 }, () => {
      const shifted = Number((((state >> 18n) ^ state) >> 27n) & 0xffffffffn)
      const turn = Number(state >> 59n)
      state = advance(state)
      return ((shifted >>> turn) | (shifted << (-turn & 31))) >>> 0
    })
    t.same(
      expected.map(() => random.next()),
      expected,
    )
  }
})

t.test('below() is uniform and within its bound', async (t) => {
  const random = Random.ofTree(1, 2)
  for (const bound of [1, 2, 3, 10, 0x80000001, 0xffffffff]) {
    let sum = 0
    for (let i = 0; i < 10_000; i++) {
      const value = random.below(bound)
      if (!(value >= 0 && value < bound)) t.fail(`${value} below ${bound}`)
      sum += value / Math.max(1, bound - 1)
    }
    t.ok(bound === 1 ? sum === 0 : Math.abs(sum / 10_000 - 0.5) < 0.02)
  }
})

t.test('each tree of each seed has its own stream', async (t) => {
  const starts = new Set<string>()
  for (const seed of [0, 1, 2, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER]) {
    for (let tree = 0; tree < 50; tree++) {
      const random = Random.ofTree(seed, tree)
      starts.add(`${random.next()} ${random.next()}`)
    }
  }
  t.equal(starts.size, 300)
  const share = Random.ofTree(3, 4).share()
  t.ok(share >= 0 && share < 1)
})
