import { classes, entryClass, entryStart, firstLeaf, mixedVote, mostMixed, shares, trees, vote } from './forest'
import {
  addressOf,
  element,
  firstLeafNumber,
  LEAF_CLASS,
  LEAF_COUNT,
  LEAF_ENTRIES,
  LEAF_ROWS,
  LEAF_ROWS_MANY,
  LEAF_SHARE,
  lengthOf,
  typeOf,
} from './sections'

/*
 * Reads what the leaves say. A leaf of classes gets a payload: its class where it is pure, else, behind the classes, the
 * number of its distribution in the tree. A leaf of numbers has its number in the tree, which needs no reading.
 */

/** How far the shares of a leaf may sum from 1. */
const SHARE_TOLERANCE: f64 = 1e-9
/** No payload of a leaf. */
const WRONG: u32 = 0xffffffff

/** Payloads of the leaves, as many bytes each as `payloadBytes` says. */
export let payloadsAt: usize = 0

// Next of each list.
let leaf: u32 = 0
let entry: u32 = 0
let counted: u32 = 0
/** Distributions read. */
export let mixed: u32 = 0
let firstMixed: u32 = 0
let kept: u32 = 0

/** 1 where the classes of the file serve as they are, else 4. */
export function payloadBytes(): u32 {
  return isPure() && typeOf(LEAF_CLASS) == 1 ? 1 : 4
}

/** Reads all leaves; `payloads` has room for u32[leaves + 1]. */
export function readLeaves(payloads: usize): boolean {
  mixed = 0
  for (let tree: u32 = 0; tree < trees; tree++) {
    store<u32>(firstLeaf + ((<usize>tree) << 2), classes == 0 ? firstLeafNumber(tree) : 0)
  }
  return (classes == 0 ? readValues() : isPure() ? readClasses(payloads) : readMixed(payloads)) && rowsAreListed()
}

/** Whether every leaf has one class. */
function isPure(): boolean {
  return classes != 0 && addressOf(LEAF_ENTRIES) == 0 && addressOf(LEAF_SHARE) == 0
}

function readValues(): boolean {
  const given = addressOf(LEAF_SHARE)
  const isNarrow = typeOf(LEAF_SHARE) == 4
  const most = f64.MAX_VALUE / <f64>trees
  const leaves = lengthOf(LEAF_SHARE)
  let wrong: u32 = 0
  for (let i: u32 = 0; i < leaves; i++) {
    const value = isNarrow ? <f64>load<f32>(given + ((<usize>i) << 2)) : load<f64>(given + ((<usize>i) << 3))
    wrong |= <u32>!(abs(value) <= most)
    store<f64>(shares + ((<usize>i) << 3), value)
  }
  return wrong == 0
}

/** Classes of pure leaves: u8 ones are checked and left where they are. */
function readClasses(payloads: usize): boolean {
  const listed = addressOf(LEAF_CLASS)
  const type = typeOf(LEAF_CLASS)
  const leaves = firstLeafNumber(trees)
  if (lengthOf(LEAF_CLASS) != leaves || lengthOf(LEAF_COUNT) != 0) return false
  startPairs()
  if (type == 1) {
    payloadsAt = listed
    return classes > 255 || classesAreBelow(listed, leaves, <u8>classes)
  }
  payloadsAt = payloads
  for (let i: u32 = 0; i < leaves; i++) {
    const told = element(listed, type, i)
    if (told >= classes) return false
    store<u32>(payloads + ((<usize>i) << 2), told)
  }
  return true
}

function classesAreBelow(at: usize, count: u32, limit: u8): boolean {
  const end = at + count
  const least = i8x16.splat(<i8>limit)
  let wrong = i8x16.splat(0)
  for (; at + 16 <= end; at += 16) wrong = v128.or(wrong, i8x16.ge_u(v128.load(at), least))
  for (; at < end; at++) if (load<u8>(at) >= limit) return false
  return !v128.any_true(wrong)
}

/** Two classes: the shares of the pure leaves stand before those of the others. */
function startPairs(): void {
  if (classes != 2) return
  store<f64>(shares, 1)
  store<f64>(shares, 1, 24)
}

function readMixed(payloads: usize): boolean {
  payloadsAt = payloads
  leaf = 0
  entry = 0
  counted = 0
  kept = 0
  startPairs()
  for (let tree: u32 = 0; tree < trees; tree++) {
    firstMixed = mixed
    store<u32>(firstLeaf + ((<usize>tree) << 2), mixed)
    for (const end = firstLeafNumber(tree + 1); leaf < end; leaf++) {
      const payload = readShares()
      if (payload == WRONG) return false
      store<u32>(payloads + ((<usize>leaf) << 2), payload)
    }
  }
  return entry == lengthOf(LEAF_CLASS) && counted == lengthOf(LEAF_COUNT)
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

/** 255 stands for the next of the large counts. */
function rowsAreListed(): boolean {
  let at = addressOf(LEAF_ROWS)
  if (at == 0) return true
  const end = at + lengthOf(LEAF_ROWS)
  const mark = i8x16.splat(-1)
  let many: u32 = 0
  for (; at + 16 <= end; at += 16) many += popcnt(i8x16.bitmask(i8x16.eq(v128.load(at), mark)))
  for (; at < end; at++) many += <u32>(load<u8>(at) == 255)
  return many == lengthOf(LEAF_ROWS_MANY)
}
