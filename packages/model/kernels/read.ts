import {
  classes,
  columnOf,
  entryClass,
  entryStart,
  features,
  firstLeaf,
  LEAF_KEY,
  layout,
  levels,
  mixedVote,
  mostMixed,
  NO_LEVELS,
  nodes,
  roots,
  shares,
  subsets,
  trees,
  vote,
  WIDE,
} from './forest'

/*
 * Reads the trees of a forest file into nodes and leaves that can be walked, and checks all that unpackTrees checks: the
 * two must accept the same files. Nothing here says what is wrong; a file that is refused is read again in TypeScript.
 */

/** Sections by id - 1, three words each: address (0 = absent), elements, element type. */
const TABLE: usize = 128
const TREE_START = 1
const SHAPE = 2
const FEATURE = 3
const THRESHOLD = 4
const THRESHOLD_INDEX = 5
const THRESHOLD_START = 6
const MISSING_LEFT = 7
const SUBSETS = 8
const LEAF_ENTRIES = 9
const LEAF_CLASS = 10
const LEAF_COUNT = 11
const LEAF_SHARE = 12
const LEAF_ROWS = 13
const LEAF_ROWS_MANY = 14

/** Node layouts, as in walk.ts. */
type Narrow = u16
type Wide = u32

/** How far the shares of a leaf may sum from 1. */
const SHARE_TOLERANCE: f64 = 1e-9
/** No payload of a leaf. */
const WRONG: u32 = 0xffffffff

/** u32 stack of addresses, with room for the splits of a tree. */
let stack: usize = 0

// Next of each list.
let split: u32 = 0
let number: u32 = 0
let word: u32 = 0
let subsetBytes: u32 = 0
let leaf: u32 = 0
let entry: u32 = 0
let counted: u32 = 0
/** Distributions read. */
export let mixed: u32 = 0
let firstMixed: u32 = 0
let kept: u32 = 0

function addressOf(section: u32): usize {
  return load<u32>(TABLE + <usize>section * 12)
}

function lengthOf(section: u32): u32 {
  return load<u32>(TABLE + <usize>section * 12, 4)
}

function typeOf(section: u32): u32 {
  return load<u32>(TABLE + <usize>section * 12, 8)
}

function element(address: usize, type: u32, index: u32): u32 {
  if (type == 1) return load<u8>(address + index)
  if (type == 2) return load<u16>(address + ((<usize>index) << 1))
  return load<u32>(address + ((<usize>index) << 2))
}

/** Marks in u8[2 features] at `used` which features splits look at, and which with missing values to the left. */
export function markColumns(used: usize): boolean {
  const feature = addressOf(FEATURE)
  const type = typeOf(FEATURE)
  const missing = addressOf(MISSING_LEFT)
  const splits = lengthOf(FEATURE)
  for (let i: u32 = 0; i < splits; i++) {
    const f = element(feature, type, i)
    if (f >= features) return false
    store<u8>(used + 2 * f + isSet(missing, i), 1)
  }
  return true
}

function isSet(bits: usize, index: u32): u32 {
  return (<u32>load<u8>(bits + (index >>> 3)) >>> (index & 7)) & 1
}

/** Reads all trees. The lengths of treeStart, shape, feature, missingLeft and leafEntries were checked. */
export function read(newStack: usize): boolean {
  stack = newStack
  split = 0
  number = 0
  word = 0
  subsetBytes = 4
  leaf = 0
  entry = 0
  counted = 0
  mixed = 0
  kept = 0
  if (!thresholdsAreFinite() || !startsAscend()) return false
  if (classes == 2) {
    store<f64>(shares, 1)
    store<f64>(shares, 1, 24)
  }
  const size: usize = layout == WIDE ? 16 : 8
  const start = addressOf(TREE_START)
  for (let tree: u32 = 0; tree < trees; tree++) {
    const first = load<u32>(start + ((<usize>tree) << 2))
    const end = load<u32>(start + ((<usize>tree) << 2), 4)
    store<u32>(roots + ((<usize>tree) << 2), <u32>(nodes + <usize>first * size))
    store<u32>(firstLeaf + ((<usize>tree) << 2), classes == 0 ? leaf : mixed)
    const wasLeaf = leaf
    firstMixed = mixed
    if (!(layout == WIDE ? readTree<Wide>(first, end) : readTree<Narrow>(first, end))) return false
    if (classes == 0 && !readValues(wasLeaf)) return false
  }
  // A leaf of its own behind the nodes ends the lanes that have no tree.
  const last = nodes + <usize>load<u32>(start + ((<usize>trees) << 2)) * size
  store<u32>(last, LEAF_KEY)
  for (let lane = trees; (lane & 7) != 0; lane++) store<u32>(roots + ((<usize>lane) << 2), <u32>last)
  return (
    number == lengthOf(addressOf(THRESHOLD_INDEX) == 0 ? THRESHOLD : THRESHOLD_INDEX) &&
    word == lengthOf(SUBSETS) &&
    (classes == 0 || (entry == lengthOf(LEAF_CLASS) && counted == lengthOf(LEAF_COUNT))) &&
    rowsAreListed()
  )
}

function thresholdsAreFinite(): boolean {
  const from = addressOf(THRESHOLD)
  const end = from + ((<usize>lengthOf(THRESHOLD)) << 2)
  for (let at = from; at < end; at += 4) if ((load<u32>(at) & 0x7f800000) == 0x7f800000) return false
  return true
}

function startsAscend(): boolean {
  const start = addressOf(THRESHOLD_START)
  if (start == 0) return true
  if (load<u32>(start) != 0) return false
  for (let f: u32 = 0; f < features; f++) {
    if (load<u32>(start + ((<usize>f) << 2)) > load<u32>(start + ((<usize>f) << 2), 4)) return false
  }
  return load<u32>(start + ((<usize>features) << 2)) == lengthOf(THRESHOLD)
}

function readTree<T>(first: u32, end: u32): boolean {
  const size: usize = sizeof<T>() == sizeof<Wide>() ? 16 : 8
  const scale: u32 = sizeof<T>() == sizeof<Wide>() ? 4 : 3
  const shape = addressOf(SHAPE)
  const feature = addressOf(FEATURE)
  const featureType = typeOf(FEATURE)
  const missing = addressOf(MISSING_LEFT)
  const threshold = addressOf(THRESHOLD)
  const indices = addressOf(THRESHOLD_INDEX)
  const indexType = typeOf(THRESHOLD_INDEX)
  const starts = addressOf(THRESHOLD_START)
  const numbers = lengthOf(indices == 0 ? THRESHOLD : THRESHOLD_INDEX)
  const pure = addressOf(LEAF_ENTRIES) == 0 && addressOf(LEAF_SHARE) == 0
  const pureClass = addressOf(LEAF_CLASS)
  const classType = typeOf(LEAF_CLASS)
  const firstOfTree = leaf
  let at = nodes + <usize>first * size
  let top = stack
  for (let node = first; node < end; node++, at += size) {
    if (isSet(shape, node) == 0) {
      let payload: u32 = 0
      if (classes == 0) payload = leaf - firstOfTree
      else if (pure) {
        if (entry >= lengthOf(LEAF_CLASS)) return false
        payload = element(pureClass, classType, entry++)
        if (payload >= classes) return false
      } else {
        payload = readShares()
        if (payload == WRONG) return false
      }
      leaf++
      store<u32>(at, LEAF_KEY + payload)
      store<u32>(at, 0, 4)
      if (top == stack) {
        if (node + 1 != end) return false
        continue
      }
      top -= 4
      const parent = <usize>load<u32>(top)
      const distance = <u32>((at + size - parent) >> scale)
      if (sizeof<T>() == sizeof<Wide>()) store<u32>(parent, distance, 8)
      else store<u32>(parent, load<u32>(parent, 4) | (distance << 13), 4)
      continue
    }
    // The left child and the pending right ones are still to come.
    if (end - node - 1 < <u32>((top - stack) >> 2) + 2) return false
    const f = element(feature, featureType, split)
    if (f >= features) return false
    const left = missing == 0 ? 0 : isSet(missing, split)
    split++
    const count = load<u32>(levels + ((<usize>f) << 2))
    if (count == NO_LEVELS) {
      if (number >= numbers) return false
      let index = number
      if (indices != 0) {
        index = load<u32>(starts + ((<usize>f) << 2)) + element(indices, indexType, number)
        if (index >= load<u32>(starts + ((<usize>f) << 2), 4)) return false
      }
      number++
      const bits = load<i32>(threshold + ((<usize>index) << 2))
      // Minus zero is zero.
      store<i32>(at, bits == i32.MIN_VALUE ? 0 : bits ^ ((bits >> 31) & 0x7fffffff))
      store<u32>(at, load<u32>(columnOf + ((<usize>(2 * f + left)) << 2)) << 5, 4)
    } else {
      store<u32>(at, subsetBytes)
      store<u32>(at, (load<u32>(columnOf + ((<usize>(2 * f)) << 2)) << 5) | 1, 4)
      if (!readSubset(count, left)) return false
    }
    store<u32>(top, <u32>at)
    top += 4
  }
  return true
}

/** Copies a subset and adds the bit of missing values behind those of the levels. */
function readSubset(count: u32, missingLeft: u32): boolean {
  const words = (count + 31) >>> 5
  const needed = (count >>> 5) + 1
  if (words > lengthOf(SUBSETS) - word) return false
  const from = addressOf(SUBSETS) + ((<usize>word) << 2)
  const to = subsets + subsetBytes
  for (let i: u32 = 0; i < words; i++) store<u32>(to + ((<usize>i) << 2), load<u32>(from + ((<usize>i) << 2)))
  if (needed > words) store<u32>(to + ((<usize>words) << 2), 0)
  const last = to + ((<usize>(count >>> 5)) << 2)
  if (load<u32>(last) >>> (count & 31) != 0) return false
  store<u32>(last, load<u32>(last) | (missingLeft << (count & 31)))
  word += words
  subsetBytes += needed << 2
  return true
}

/** Reads what a leaf of classes says; answers its payload, WRONG when it is wrong. */
function readShares(): u32 {
  const entries = addressOf(LEAF_ENTRIES)
  const listed = addressOf(LEAF_CLASS)
  const listedType = typeOf(LEAF_CLASS)
  const given = addressOf(LEAF_SHARE)
  const counts = addressOf(LEAF_COUNT)
  const countType = typeOf(LEAF_COUNT)
  const count: u32 = entries == 0 ? 1 : element(entries, typeOf(LEAF_ENTRIES), leaf) + 1
  if (count > lengthOf(LEAF_CLASS) - entry) return WRONG
  if (count > 1 && mixed == mostMixed && vote == 0) return WRONG
  let total: f64 = 0
  if (given == 0 && count > 1) {
    if (count > lengthOf(LEAF_COUNT) - counted) return WRONG
    for (let i: u32 = 0; i < count; i++) total += <f64>element(counts, countType, counted + i)
  }
  let next: u32 = 0
  let sum: f64 = 0
  let best: f64 = 0
  let voted: u32 = 0
  const to = mixed
  if (classes == 2) v128.store(shares + ((<usize>(2 + to)) << 4), f64x2.splat(0))
  const start = kept
  for (let i: u32 = 0; i < count; i++) {
    const f = element(listed, listedType, entry + i)
    let share: f64 = 1
    if (given != 0) {
      share =
        typeOf(LEAF_SHARE) == 4
          ? <f64>load<f32>(given + ((<usize>(entry + i)) << 2))
          : load<f64>(given + ((<usize>(entry + i)) << 3))
    } else if (count > 1) share = <f64>element(counts, countType, counted + i) / total
    if (f < next || f >= classes || !(share > 0 && share <= 1)) return WRONG
    next = f + 1
    sum += share
    if (share > best) {
      best = share
      voted = f
    }
    if (classes == 2) store<f64>(shares + ((<usize>(2 + to)) << 4) + ((<usize>f) << 3), share)
    else {
      store<u32>(entryClass + ((<usize>kept) << 2), f)
      store<f64>(shares + ((<usize>kept) << 3), share)
      kept++
    }
  }
  if (abs(sum - 1) > SHARE_TOLERANCE) return WRONG
  entry += count
  if (given == 0 && count > 1) counted += count
  if (vote != 0 || (count == 1 && sum == 1)) {
    kept = start
    return voted
  }
  if (mixed == mostMixed) return WRONG
  store<u32>(mixedVote + ((<usize>mixed) << 2), voted)
  mixed++
  if (classes != 2) store<u32>(entryStart + ((<usize>mixed) << 2), kept)
  return classes + to - firstMixed
}

function readValues(first: u32): boolean {
  const given = addressOf(LEAF_SHARE)
  const isNarrow = typeOf(LEAF_SHARE) == 4
  const most = f64.MAX_VALUE / <f64>trees
  for (let i = first; i < leaf; i++) {
    const value = isNarrow ? <f64>load<f32>(given + ((<usize>i) << 2)) : load<f64>(given + ((<usize>i) << 3))
    if (!(abs(value) <= most)) return false
    store<f64>(shares + ((<usize>i) << 3), value)
  }
  return true
}

/** 255 stands for the next of the large counts. */
function rowsAreListed(): boolean {
  const from = addressOf(LEAF_ROWS)
  if (from == 0) return true
  const end = from + lengthOf(LEAF_ROWS)
  let many: u32 = 0
  for (let at = from; at < end; at++) many += <u32>(load<u8>(at) == 255)
  return many == lengthOf(LEAF_ROWS_MANY)
}

/** Whether any split that was read is a subset. */
export function hasSubsets(): boolean {
  return subsetBytes > 4
}
