import { clearBytes } from './bytes'
import { heaviestOf, SHARE_STEPS } from './direction'
import { GONE } from './gaps'
import { four } from './lanes'
import { shiftOfPlaces } from './levels'
import { classList, classLocal, codes, histogram, levelBins, levelBinsRows, levelBits, levelCount, levelRows, levelSides } from './state'

/*
 * A category of many levels in a large node of three and more classes, ordered by the share of the heaviest class. There are at most 64 whole
 * shares, so that a level's bin in the numbers' histogram is how many smaller ones occur: levels are neither listed nor sorted. Samples are parted, and the
 * subset is written, by the shares of samples, once the node's best cut is known.
 */

// Of each of four lanes, and of the best cut so far: u16 bin by share, u16 level by sample, and u8 share by sample. A missing value is a level behind
// the others.
const LEVELS: usize = 144
let sharesAt: usize = 0

/** Bytes of all lanes of nodes of so many rows. */
export function levelBinsBytes(rows: usize): usize {
  return 5 * bytesOfLane(rows)
}

/** Up to three samples more are written. */
function bytesOfLane(rows: usize): usize {
  return (LEVELS + 3 * (rows + 4) + 15) & ~15
}

/** What stands in place of the share of a missing value. */
const GONE_SHARE: u32 = 64

let lane0: usize = 0
let lane1: usize = 0
let lane2: usize = 0
let lane3: usize = 0
let kept: usize = 0
/** A bit of each lane that has such bins. */
let lanes: u32 = 0
/** And of each of them that stays empty. */
let empty: u32 = 0
let rows: u32 = 0
/** The lane of this group whose bins are kept, or -1. */
let keptLane: i32 = -1
let keptRows: usize = 0
let keptGone: u32 = 0

export function startLevelBins(): void {
  const bytes = bytesOfLane(levelBinsRows)
  sharesAt = LEVELS + ((levelBinsRows + 4) << 1)
  lane0 = levelBins
  lane1 = lane0 + bytes
  lane2 = lane1 + bytes
  lane3 = lane2 + bytes
  kept = lane3 + bytes
  startLanes()
}

/** Forgets the bins of the group of features before. */
export function startLanes(): void {
  lanes = 0
  empty = 0
  keptLane = -1
}

export function isBinned(lane: u32): bool {
  return ((lanes >> lane) & 1) != 0
}

function bufferOf(lane: u32): usize {
  return lane < 2 ? (lane == 0 ? lane0 : lane1) : lane == 2 ? lane2 : lane3
}

/** A lane that repeats the feature of the one before stays empty. */
export function repeatLane(lane: u32): void {
  lanes |= 1 << lane
  empty |= 1 << lane
}

export function isEmptyLane(lane: u32): bool {
  return ((empty >> lane) & 1) != 0
}

/** Finds the bins of the levels of a lane's category; answers how many, or 0 where all levels have one share. */
export function findBins(f: u32, lane: u32, first: usize, end: usize, n: u32, present: u32): u32 {
  lanes |= 1 << lane
  rows = n
  const buffer = bufferOf(lane)
  const at = codes + (<usize>f << 1)
  const gone = levelCount(f)
  const cells = levelRows
  const heaviest = <u32>load<u16>(classList + (<usize>heaviestOf(present) << 1))
  let to = buffer + LEVELS
  for (let p = first; p < end; p += 8, to += 2) {
    const level = min(<u32>load<u16>(at + load<u32>(p)), gone)
    const pay = load<u32>(p, 4)
    const w = pay >> 16
    const cell = cells + (<usize>level << 2)
    store<u32>(cell, load<u32>(cell) + (w | select<u32>(w << 16, 0, (pay & 0xffff) == heaviest)))
    store<u16>(to, <u16>level)
  }
  // Beyond the samples the last one stands again.
  const last = load<u16>(to - 2)
  store<u16>(to, last)
  store<u16>(to, last, 2)
  store<u16>(to, last, 4)
  const half = i32x4.splat(0xffff)
  const steps = f32x4.splat(SHARE_STEPS)
  let held: u64 = 0
  let out = buffer + sharesAt
  for (let from = buffer + LEVELS; from < to; from += 8, out += 4) {
    const a = <u32>load<u16>(from)
    const b = <u32>load<u16>(from, 2)
    const c = <u32>load<u16>(from, 4)
    const d = <u32>load<u16>(from, 6)
    const sums = four(cells + (<usize>a << 2), cells + (<usize>b << 2), cells + (<usize>c << 2), cells + (<usize>d << 2))
    const share = f32x4.div(f32x4.convert_i32x4_s(i32x4.shr_u(sums, 16)), f32x4.convert_i32x4_s(v128.and(sums, half)))
    const whole = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(share, steps)))
    const places = v128.bitselect(i32x4.splat(GONE_SHARE), whole, i32x4.eq(i32x4(a, b, c, d), i32x4.splat(gone)))
    const bytes = i8x16.shuffle(places, places, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12)
    v128.store_lane<u32>(out, bytes, 0)
    held |= bitOf(i32x4.extract_lane(places, 0)) | bitOf(i32x4.extract_lane(places, 1)) | bitOf(i32x4.extract_lane(places, 2)) | bitOf(i32x4.extract_lane(places, 3))
  }
  for (let from = buffer + LEVELS; from < to; from += 2) store<u32>(cells + (<usize>load<u16>(from) << 2), 0)
  const count = <u32>popcnt(held)
  if (count < 2) {
    empty |= 1 << lane
    return 0
  }
  const shift = shiftOfPlaces(count, n)
  let bin: u32 = 0
  for (let bits = held; bits != 0; bits &= bits - 1, bin++) {
    store<u16>(buffer + (<usize>ctz(bits) << 1), <u16>(bin >> shift))
  }
  store<u16>(buffer + (GONE_SHARE << 1), GONE)
  return ((count - 1) >> shift) + 1
}

function bitOf(place: u32): u64 {
  return select<u64>(0, <u64>1 << place, place == GONE_SHARE)
}

/** Adds the weights of samples to the bins of such a lane. */
export function fillBins(lane: u32, line: u32, first: usize, end: usize): void {
  const local = classLocal
  const buffer = bufferOf(lane)
  const base = histogram + (<usize>lane << (line - 2))
  let share = buffer + sharesAt
  for (let p = first; p < end; p += 8, share++) {
    const pay = load<u32>(p, 4)
    const label = <usize>load<u16>(local + (<usize>(pay & 0xffff) << 1)) << 1
    const cell = base + label + (<usize>load<u16>(buffer + (<usize>load<u8>(share) << 1)) << line)
    store<u16>(cell, <u16>(<u32>load<u16>(cell) + (pay >> 16)))
  }
}

/** Keeps the bins of a lane, the cut of whose feature is the best. */
export function keepBins(f: u32, lane: u32): void {
  if (keptLane != lane) {
    if (keptLane >= 0) exchange(keptLane)
    exchange(lane)
    keptLane = lane
  }
  keptRows = <usize>rows
  keptGone = levelCount(f)
}

/** What is kept and what a lane has change places. */
function exchange(lane: u32): void {
  const buffer = bufferOf(lane)
  if (lane == 0) lane0 = kept
  else if (lane == 1) lane1 = kept
  else if (lane == 2) lane2 = kept
  else lane3 = kept
  kept = buffer
}

/** Says where missing values go by what is kept. */
export function settleBins(missingLeft: bool): void {
  store<u16>(kept + (GONE_SHARE << 1), missingLeft ? 0 : GONE)
}

/** The shares of samples by what is kept, u8 each, and the bin of one. */
export function keptShares(): usize {
  return kept + sharesAt
}

export function keptBinOf(share: u32): u32 {
  return load<u16>(kept + (<usize>share << 1))
}

/** Sets bits of the levels on one side of a cut by what is kept, on the right if `right`; those of levels that the node does not hold are 0. */
export function markLevels(cut: u32, right: bool): void {
  const sides = levelSides
  let at = kept + LEVELS
  for (let share = keptShares(), end = share + keptRows; share < end; share++, at += 2) {
    store<u8>(sides + <usize>load<u16>(at), <u8>((keptBinOf(load<u8>(share)) > cut) == right))
  }
  takeSides(keptGone)
}

/** Turns the sides of levels, 1 or 0 each, into bits, and clears them. A missing value, behind the last of them, has none. */
export function takeSides(count: u32): void {
  store<u8>(levelSides + <usize>count, 0)
  const one = i8x16.splat(1)
  for (let level: usize = 0; level < <usize>count; level += 16) {
    store<u16>(levelBits + (level >> 3), <u16>i8x16.bitmask(i8x16.eq(v128.load(levelSides + level), one)))
  }
  clearBytes(levelSides, count)
}
