import fc from 'fast-check'
import t from 'tap'
import { countWords, goesLeft, lengthen, mostWords, pickSubsets, placeSubsets, shorten } from '../src/short-subsets.ts'
import { randomNumbers } from './tables.ts'

const LEVELS = [0, 1, 7, 8, 9, 16, 17, 24, 25, 32, 33, 200, 256, 257, 1000, 4095, 5000]

const splits = fc.record({
  seed: fc.nat(),
  features: fc.array(fc.integer({ min: 0, max: LEVELS.length - 1 }), { maxLength: 40 }),
  /** How many levels a subset sends where missing values do not go, about. */
  listed: fc.constantFrom(0, 1, 2, 3, 30, 300),
  someLeft: fc.boolean(),
})

t.test('subsets come back, and each level goes where its bit says', async () => {
  fc.assert(
    fc.property(splits, ({ seed, features, listed, someLeft }) => {
      const random = randomNumbers(seed)
      const levels = Uint32Array.from(LEVELS)
      const missingLeft = Uint8Array.from(
        { length: someLeft ? Math.ceil(features.length / 8) : 0 },
        () => 256 * random(),
      )
      const words = Uint32Array.from(
        features.flatMap((f, split) => subsetOf(LEVELS[f], listed, isSet(missingLeft, split), random)),
      )
      const about = { feature: features, missingLeft }
      const bytes = shorten(words, about, levels)
      const start = placeSubsets(bytes, features, levels)
      let word = 0
      for (const [split, f] of features.entries()) {
        for (let level = 0; level < LEVELS[f]; level += 1 + (level >> 5)) {
          const expected = ((words[word + (level >> 5)] >>> (level & 31)) & 1) === 1
          if (goesLeft(bytes, start[split], level, LEVELS[f], isSet(missingLeft, split)) !== expected) return false
        }
        word += Math.ceil(LEVELS[f] / 32)
      }
      return countWords(features, levels) === words.length && same(lengthen(bytes, about, levels), words)
    }),
    { numRuns: 400 },
  )
})

t.test('subsets are picked in the order of splits', async (t) => {
  const levels = Uint32Array.of(0, 5, 1000)
  // Four subsets: of feature 1, of feature 2 (two listed levels), of feature 2 (none listed), of feature 1.
  const bytes = Uint8Array.from([7, 2, 1, 0, 2, 0, 0, ...new Array(125).fill(9), 8])
  const picked = (start: number[], feature: number[]) => [
    ...pickSubsets(bytes, Uint32Array.from(start), feature, levels),
  ]
  t.same(picked([132, 77, 1], [1, 0, 2]), [8, 2, 1, 0, 2, 0], 'where a number splits there is none')
  t.same(picked([6, 0], [2, 1]), [0, ...new Array(125).fill(9), 7])
  t.same(picked([], []), [])
})

t.test('each subset takes its shortest form', async (t) => {
  const cases: [string, number, number[], boolean, number[]][] = [
    ['a byte of bits', 5, [1, 4], false, [0b10010]],
    ['two bytes of bits', 16, [0, 15], true, [0x01, 0x80]],
    ['a level', 24, [20], false, [1, 20]],
    ['two levels', 17, [3, 16], false, [2, 3, 16]],
    ['three of 17 levels, which take as much as bits', 17, [0, 8, 16], false, [0, 1, 1, 1]],
    ['levels of two bytes', 1000, [999, 3], false, [2, 3, 0, 0xe7, 3]],
    ['all but one, which is listed where missing values go left', 1000, except(1000, 258), true, [1, 2, 1]],
    ['no level', 17, [], false, [0, 0, 0, 0]],
  ]
  for (const [name, count, left, missingLeft, expected] of cases) {
    const words = new Uint32Array(Math.ceil(count / 32))
    for (const level of left) words[level >> 5] |= 1 << (level & 31)
    const about = { feature: [0], missingLeft: Uint8Array.of(Number(missingLeft)) }
    t.same([...shorten(words, about, Uint32Array.of(count))], expected, name)
  }
  const half = new Uint32Array(32).fill(0x5555)
  half[31] &= 0xff
  t.equal(shorten(half, { feature: [0] }, Uint32Array.of(1000)).length, 126, 'many levels')
})

t.test('each broken rule is refused in a sentence of its own', async (t) => {
  const cases: [string, number[], boolean?][] = [
    ['shortSubsets ends in subset 0 at byte 0', []],
    ['shortSubsets ends in subset 0 at byte 3', [2, 0, 0]],
    ['shortSubsets ends in subset 0 at byte 5', [0, 1, 2, 3, 4]],
    ['shortSubsets has 4 entries, expected 3', [1, 0, 0, 0]],
    ['subset 0 lists 20 of 300 levels, expected at most 18', [20, ...new Array(40).fill(0)]],
    ['subset 0 lists level 300, expected one from 0 to 299', [1, 44, 1]],
    ['subset 0 lists level 5, expected one from 6 to 299', [2, 5, 0, 5, 0], true],
    ['subset 0 has bits beyond the 300 levels of its feature, expected none', [...new Array(38).fill(0), 0x10]],
  ]
  for (const [sentence, bytes, missingLeft = false] of cases) {
    t.throws(
      () =>
        lengthen(
          Uint8Array.from(bytes),
          { feature: [0], missingLeft: Uint8Array.of(Number(missingLeft)) },
          Uint32Array.of(300),
        ),
      { code: 'MODEL_ERR_FILE_STRUCTURE', message: `In the forest file, ${sentence}.` },
    )
  }
})

t.test('few bytes stand for 16 MB at most, many for 128 each', async (t) => {
  t.equal(4 * mostWords(3), 2 ** 24)
  t.equal(4 * mostWords(1e6), 128e6)
})

function subsetOf(count: number, listed: number, missingLeft: boolean, random: () => number): number[] {
  const words = new Uint32Array(Math.ceil(count / 32))
  if (missingLeft) for (let level = 0; level < count; level++) words[level >> 5] |= 1 << (level & 31)
  for (let i = 0; i < listed && count > 0; i++) {
    const level = Math.floor(random() * count)
    words[level >> 5] ^= 1 << (level & 31)
  }
  return [...words]
}

function isSet(bits: Uint8Array, split: number): boolean {
  return bits.length > 0 && ((bits[split >> 3] >> (split & 7)) & 1) === 1
}

function except(count: number, level: number): number[] {
  return Array.from({ length: count }, (_, i) => i).filter((i) => i !== level)
}

function same(a: Uint32Array, b: Uint32Array): boolean {
  return Buffer.compare(Buffer.from(a.buffer), Buffer.from(b.buffer)) === 0
}
