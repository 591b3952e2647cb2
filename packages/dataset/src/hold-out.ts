import { createHash } from 'node:crypto'
import type { Dataset } from './dataset.ts'
import { checkNumber } from './options.ts'
import { type Partition, partition } from './partition.ts'

export interface HoldOutOptions {
  /** Expected share of the rows in `test`, between 0 and 1, both exclusive. */
  share?: number | undefined
}

const DEFAULTS = { share: 0.2 }

// The smallest integer with which a share of 0.2 holds out ten rows of each iris species. Changing it, or anything else in
// this file, moves rows that old models have trained on to the test side of new ones.
const SALT = 19

/**
 * Holds rows out by a hash of their own values: the bits of a number, the text of a level, the target. So a row keeps its
 * side when rows or levels are added or rows change places, and equal rows are on one side. There is no seed. A share is
 * met on average only; on a small table a side may lack a class, or be empty.
 */
export function holdOut(dataset: Dataset, options: HoldOutOptions = {}): Partition {
  const { share = DEFAULTS.share } = options
  checkNumber('share', share, share > 0 && share < 1, 'a number between 0 and 1, both exclusive')
  const hash = rowHash(dataset)
  return partition(dataset.rows, (row) => hash(row) < share)
}

/** A function from a row to a number in [0, 1) that depends on the row's values alone. */
function rowHash({ signature, columns, target }: Dataset): (row: number) => number {
  const lanes = new Uint32Array(2)
  const bits = new DataView(new ArrayBuffer(8))
  const levels = signature.features.map((feature) =>
    feature.type === 'category' ? textWords(feature.levels) : undefined,
  )
  const classes = signature.target.type === 'class' ? textWords(signature.target.classes) : undefined

  function mixFloat64(value: number): void {
    bits.setFloat64(0, value)
    mix(lanes, bits.getUint32(0))
    mix(lanes, bits.getUint32(4))
  }

  function mixText(words: Uint32Array, code: number): void {
    mix(lanes, words[2 * code])
    mix(lanes, words[2 * code + 1])
  }

  return (row) => {
    lanes[0] = SALT
    lanes[1] = ~SALT
    for (let f = 0; f < columns.length; f++) {
      const value = columns[f][row]
      const words = levels[f]
      if (Number.isNaN(value)) mix(lanes, MISSING_WORD)
      else if (words !== undefined) mixText(words, value)
      else {
        bits.setFloat32(0, value)
        mix(lanes, bits.getUint32(0))
      }
    }
    if (classes === undefined) mixFloat64(target[row])
    else mixText(classes, target[row])
    const high = finish(lanes[0] ^ lanes[1]) >>> 0
    const low = finish(lanes[1]) >>> 0
    return (high * 2 ** 21 + (low >>> 11)) / 2 ** 53
  }
}

// The bits of a quiet NaN, which no number has.
const MISSING_WORD = 0x7fc00000

/** Two words a text: the first 8 bytes of the SHA-256 of its UTF-8. */
function textWords(texts: readonly string[]): Uint32Array {
  const words = new Uint32Array(2 * texts.length)
  for (const [code, text] of texts.entries()) {
    const digest = createHash('sha256').update(text).digest()
    words[2 * code] = digest.readUInt32BE(0)
    words[2 * code + 1] = digest.readUInt32BE(4)
  }
  return words
}

/** One round of MurmurHash3 (x86, Austin Appleby) in two lanes that differ in their constants. */
function mix(lanes: Uint32Array, word: number): void {
  lanes[0] = round(lanes[0], word, 0xcc9e2d51, 0x1b873593)
  lanes[1] = round(lanes[1], word, 0x239b961b, 0xab0e9789)
}

function round(lane: number, word: number, before: number, after: number): number {
  const scrambled = Math.imul(rotate(Math.imul(word, before), 15), after)
  return Math.imul(rotate(lane ^ scrambled, 13), 5) + 0xe6546b64
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by))
}

/** MurmurHash3's fmix32. */
function finish(word: number): number {
  let mixed = word ^ (word >>> 16)
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
