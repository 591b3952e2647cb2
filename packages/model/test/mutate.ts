import { atOnce } from '../src/at-once.ts'
import { crc32c } from '../src/checksum.ts'
import { Forest } from '../src/forest.ts'
import { ENTRY_BYTES, HEADER_BYTES, TRAILER_BYTES } from '../src/format.ts'
import { readFile } from '../src/format-read.ts'
import { writeFile } from '../src/format-write.ts'
import { type ForestShape, forestParts, withFewThresholds } from './forests.ts'

/** Small files of every kind of forest. */
export function mutationSeeds(): Uint8Array[] {
  const shape = { features: 4, trees: 3, depth: 4, vote: false }
  const shapes: ForestShape[] = [
    { ...shape, seed: 1, classes: 3, pure: false, plain: false },
    { ...shape, seed: 2, classes: 2, pure: true, plain: true },
    { ...shape, seed: 3, classes: 0, pure: false, plain: false },
    { ...shape, seed: 4, classes: 7, pure: false, plain: true, vote: true },
    { ...shape, seed: 5, classes: 3, pure: true, plain: false, trees: 1, depth: 0 },
    { ...shape, seed: 6, classes: 0, pure: true, plain: true },
  ]
  const odd = [7, 8].map((seed) => ({ ...shapes[0], seed, classes: 3 * (seed - 7), trees: 6, plain: true }))
  const files = [...shapes.map(forestParts), ...odd.map((each) => withFewThresholds(forestParts(each)))].map(
    (parts) => Forest.fromTrees(parts).data,
  )
  return [...files, ...files.slice(0, 3).map(withWords)]
}

/** The same forest with a bit a level in its subsets, as forests of large categories are written. */
function withWords(file: Uint8Array): Uint8Array {
  const { shortSubsets: _, ...sections } = readFile(file).sections
  const { subsets } = Forest.from(file).trees
  return atOnce(writeFile(subsets.length > 0 ? { ...sections, subsets } : sections))
}

/**
 * A damaged copy: one to four edits of bits, bytes, words, runs or the length. With `repair`, the checksum, and the
 * length in the header, are made right again, so that only the checks behind them can refuse it.
 */
export function mutate(file: Uint8Array, random: () => number, repair: boolean): Uint8Array {
  let bytes = file.slice()
  const edits = 1 + Math.floor(random() * 4)
  for (let i = 0; i < edits; i++) bytes = edit(bytes, random)
  if (repair && bytes.length >= HEADER_BYTES + TRAILER_BYTES && bytes.length % 8 === 0) {
    const view = new DataView(bytes.buffer)
    const end = bytes.length - TRAILER_BYTES
    view.setUint32(16, bytes.length, true)
    view.setUint32(end, crc32c(bytes.subarray(0, end)), true)
    view.setUint32(end + 4, 0, true)
  }
  return bytes
}

function edit(bytes: Uint8Array<ArrayBuffer>, random: () => number): Uint8Array<ArrayBuffer> {
  const below = (n: number) => Math.floor(random() * n)
  // Beyond the magic, and every second time beyond the JSON too, so that most edits reach the deeper checks.
  const start = random() < 0.5 ? 8 : Math.min(endOfJson(bytes), bytes.length - TRAILER_BYTES)
  const at = start + below(Math.max(1, bytes.length - start - TRAILER_BYTES))
  const word = at & ~3
  const view = new DataView(bytes.buffer)
  switch (below(8)) {
    case 0:
      bytes[at] ^= 1 << below(8)
      return bytes
    case 1:
      bytes[at] = below(256)
      return bytes
    case 2:
      if (word + 4 <= bytes.length) view.setUint32(word, WORDS[below(WORDS.length)], true)
      return bytes
    case 3:
      if (word + 4 <= bytes.length) view.setUint32(word, view.getUint32(word, true) + below(7) - 3, true)
      return bytes
    case 4:
      if (word + 2 <= bytes.length) view.setUint16(word, below(8), true)
      return bytes
    case 5:
      bytes.copyWithin(at, below(bytes.length), Math.min(bytes.length, at + below(16)))
      return bytes
    case 6: {
      const doubles = at & ~7
      if (doubles + 8 <= bytes.length) view.setFloat64(doubles, DOUBLES[below(DOUBLES.length)], true)
      return bytes
    }
    default: {
      if (random() < 0.8) return bytes
      const run = 8 * (1 + below(4))
      const grown = new Uint8Array(random() < 0.5 ? bytes.length + run : Math.max(0, bytes.length - run))
      grown.set(bytes.subarray(0, Math.min(word, grown.length)))
      const rest = bytes.subarray(Math.max(0, bytes.length - (grown.length - Math.min(word, grown.length))))
      grown.set(rest.subarray(0, grown.length - Math.min(word, grown.length)), Math.min(word, grown.length))
      return grown
    }
  }
}

/** The JSON is the first section. */
function endOfJson(bytes: Uint8Array): number {
  if (bytes.length < HEADER_BYTES + ENTRY_BYTES) return 0
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return view.getUint32(HEADER_BYTES + 8, true) + view.getUint32(HEADER_BYTES + 16, true)
}

const WORDS = [0, 1, 2, 0xffff, 0x10000, 0x7f800000, 0x7fc00000, 0x80000000, 0xff7fffff, 0xffffffff]
const DOUBLES = [0, -0, 1, 0.5, -1, 2, 1e308, 5e-324, Number.NaN, Number.POSITIVE_INFINITY]
