import { features, levels, subsets } from './forest'
import { addressOf, lengthOf, SHORT_SUBSETS, SUBSETS } from './sections'

/*
 * Reads the subsets: to words of a bit a level, and one more for missing values, as walk.ts tests them. The short form of a file
 * (docs/model-format.md) is written out, but for a list of one level, most of all: it is looked up in a strip, whose words are all
 * alike but one, from as many words before that one as its level asks for. So all such subsets share 64 strips.
 */

/** What the file has been read up to: words, or bytes. */
let read: u32 = 0
/** Bytes used in memory; offset and words of a strip, and a bit for each that is made. */
let used: u32 = 0
let strips: u32 = 0
let stripWords: u32 = 0
let stripsMade: u64 = 0
let some: bool = false

export function startSubsets(): void {
  read = 0
  some = false
  stripsMade = 0
  strips = 4
  stripWords = 2 * mostWords() - 1
  used = strips + (addressOf(SHORT_SUBSETS) == 0 ? 0 : (stripWords << 8))
}

/** Whether any split that was read is a subset. */
export function hasSubsets(): boolean {
  return some
}

/** Whether all subsets of the file were read. */
export function endSubsets(): bool {
  return read == lengthOf(addressOf(SHORT_SUBSETS) == 0 ? SUBSETS : SHORT_SUBSETS)
}

/** Reads the next one, of so many levels; answers its offset from `subsets`, 0 where it is refused. */
export function readSubset(count: u32, missingLeft: u32): u32 {
  some = true
  return addressOf(SHORT_SUBSETS) == 0 ? readWords(count, missingLeft) : readShort(count, missingLeft)
}

function readWords(count: u32, missingLeft: u32): u32 {
  const words = (count + 31) >>> 5
  if (words > lengthOf(SUBSETS) - read) return 0
  const at = used
  const from = addressOf(SUBSETS) + ((<usize>read) << 2)
  const to = subsets + at
  store<u32>(to + ((<usize>(count >>> 5)) << 2), 0)
  for (let i: u32 = 0; i < words; i++) store<u32>(to + ((<usize>i) << 2), load<u32>(from + ((<usize>i) << 2)))
  read += words
  return endBits(at, count, missingLeft)
}

/** Adds the bit of missing values behind those of the levels, where there must be none. */
function endBits(at: u32, count: u32, missingLeft: u32): u32 {
  const last = subsets + at + ((<usize>(count >>> 5)) << 2)
  if (load<u32>(last) >>> (count & 31) != 0) return 0
  store<u32>(last, load<u32>(last) | (missingLeft << (count & 31)))
  used += ((count >>> 5) + 1) << 2
  return at
}

function readShort(count: u32, missingLeft: u32): u32 {
  const bytes = (count + 7) >>> 3
  const isWide = <u32>(count > 256)
  let left = lengthOf(SHORT_SUBSETS) - read
  let listed: u32 = 0
  if (count > 16) {
    if (left == 0) return 0
    listed = load<u8>(addressOf(SHORT_SUBSETS) + read)
    read++
    left--
    if (listed != 0 && (listed << isWide >= bytes || count > 65536)) return 0
  }
  const size = listed == 0 ? bytes : listed << isWide
  if (size > left) return 0
  const from = addressOf(SHORT_SUBSETS) + read
  read += size
  if (listed == 1) return stripOf(levelAt(from, isWide), count, missingLeft)
  const at = used
  const to = subsets + at
  const words = (count >>> 5) + 1
  const others: u32 = listed != 0 && missingLeft != 0 ? 0xffffffff : 0
  for (let i: u32 = 0; i < words; i++) store<u32>(to + ((<usize>i) << 2), others)
  if (listed == 0) {
    for (let i: usize = 0; i < bytes; i++) store<u8>(to + i, load<u8>(from + i))
    return endBits(at, count, missingLeft)
  }
  let least: u32 = 0
  for (let i: u32 = 0; i < listed; i++) {
    const level = levelAt(from + (<usize>i << isWide), isWide)
    if (level < least || level >= count) return 0
    const word = to + ((<usize>(level >>> 5)) << 2)
    store<u32>(word, load<u32>(word) ^ (1 << (level & 31)))
    least = level + 1
  }
  used += words << 2
  return at
}

function levelAt(at: usize, isWide: u32): u32 {
  return isWide != 0 ? load<u16>(at) : load<u8>(at)
}

/** A subset of which all bits are alike but that of one level. */
function stripOf(level: u32, count: u32, missingLeft: u32): u32 {
  if (level >= count) return 0
  const strip = ((level & 31) << 1) | missingLeft
  const at = strips + strip * (stripWords << 2)
  const middle = at + (stripWords >>> 1 << 2)
  if (((stripsMade >>> strip) & 1) == 0) {
    stripsMade |= <u64>1 << strip
    const others: u32 = missingLeft != 0 ? 0xffffffff : 0
    for (let i: u32 = 0; i < stripWords; i++) store<u32>(subsets + at + ((<usize>i) << 2), others)
    store<u32>(subsets + middle, others ^ (1 << (level & 31)))
  }
  return middle - ((level >>> 5) << 2)
}

/** Words of the largest subset that may be a list. */
function mostWords(): u32 {
  let most: u32 = 0
  for (let f: u32 = 0; f < features; f++) {
    const count = load<u32>(levels + ((<usize>f) << 2))
    if (count <= 65536) most = max(most, count)
  }
  return (most >>> 5) + 1
}
