import { bestCut, bestFeature, bestMissing, bestScore, GO_RIGHT, NO_RIGHT, setBest, setMissing } from './best'
import { clearLevels, countPlaces, holdLevel, levelList, listLevels, shiftOfPlaces, sortLevels } from './levels'
import { sizeOf } from './kinds'
import { fitsTable, lookLevelTable } from './level-table'
import { heaviestOf, heavyShare, isByShare, roundDirection, roundPlaces, wholeShare } from './direction'
import { scanMissing } from './many-missing'
import { NETWORK_ROWS } from './network'
import {
  classLocal,
  codes,
  hasMissing,
  levelCells,
  levelRows,
  localCounts,
  localFactors,
  MISSING,
  sortWide,
  sortWideSpare,
  unitCells,
} from './state'
import { keepList } from './subsets'
import { scanUnits } from './units'

/*
 * A category of a node of three and more classes. Its levels are ordered along the first principal direction of their class
 * shares (Coppersmith, Hong and Hosking 1999), which one step of power iteration from the indicator of the heaviest class
 * estimates; shares and the direction are rounded to whole numbers, so that sums do not depend on their order. The samples are then put in the order of their levels and scanned like a number's.
 */

// A cell of a level: u32 its weight, u32 that of the heaviest class, u32 rows, which give way to f64 the sum along the direction; in the end u32 its place.
const HEAVY: usize = 4
const ROWS: usize = 8
const ALONG: usize = 8

/** Looks for the best cut of a category that is no lane of a histogram. */
export function lookLevelsOfMany<T>(f: u32, first: usize, end: usize, n: u32, present: u32): void {
  if (sizeOf<T>() == 8 && n > <u32>NETWORK_ROWS && fitsTable(f, n, present)) {
    lookLevelTable(f, first, end, n, present)
    return
  }
  lookSortedLevels<T>(f, first, end, n, present)
}

/** Sorts the samples by the order of their levels. */
export function lookSortedLevels<T>(f: u32, first: usize, end: usize, n: u32, present: u32): void {
  const at = codes + (<usize>f << 1)
  const lacking = hasMissing(f) ? MISSING : 0x10000
  const heaviest = heaviestOf(present)
  let out = sortWide
  let place: u32 = 0
  for (let p = first; p < end; p += sizeOf<T>(), place += 8) {
    const level = <u32>load<u16>(at + load<u32>(p))
    const pay = load<u32>(p, 4)
    const told = sizeOf<T>() == 24 ? place : (pay & 0xffff0000) | load<u16>(classLocal + (<usize>(pay & 0xffff) << 1))
    store<u32>(out, told)
    store<u32>(out, level, 4)
    out += 8
    if (level == lacking) continue
    const cell = levelCells + (<usize>level << 4)
    holdLevel(level)
    const w = <u64>unitsOf<T>(told)
    const both = w | (select<u64>(w, 0, numberOf<T>(told) == heaviest) << 32)
    v128.store(cell, i64x2.add(v128.load(cell), i64x2(both, 1)))
  }
  const count = listLevels(f)
  findDirection<T>(f, out, count, present, lacking, n)
  const list = sortLevels(count)
  const places = countPlaces(list, count)
  const keys = putInOrder(out, list, count, places < count, lacking)
  if (sizeOf<T>() == 24) scanUnits(f, keys, 0, shiftOfPlaces(places, n), n, GO_RIGHT)
  else scanMissing(f, keys, 0, shiftOfPlaces(places, n), n, GO_RIGHT)
  if (bestFeature == f && bestScore >= 0) {
    const last = lastUpTo(bestCut, list, count)
    const side = bestMissing
    setBest(bestScore, f, last, NO_RIGHT)
    setMissing(side)
    keepList(list, count)
  }
  clearLevels(list, count, true)
}

/** Number in the node, and weight, of the class of a sample: from its payload, or its place in unitCells. */
function numberOf<T>(told: u32): u32 {
  return sizeOf<T>() == 24 ? load<u32>(unitCells + <usize>told, 4) : told & 0xffff
}

function unitsOf<T>(told: u32): u32 {
  if (sizeOf<T>() == 24) return load<u32>(unitCells + <usize>told)
  return (told >> 16) * load<u32>(localFactors + (<usize>(told & 0xffff) << 2))
}

/** One step of the power iteration, in a small node none; leaves what each level is ordered by in the list. */
function findDirection<T>(f: u32, end: usize, count: u32, present: u32, lacking: u32, n: u32): void {
  const direction = localCounts
  const bytes = <usize>present << 3
  const listEnd = levelList + (<usize>count << 4)
  let heavy: f64 = 0
  let all: f64 = 0
  for (let p = levelList; p < listEnd; p += 16) {
    const level = <usize>load<u32>(p, 8)
    const cell = levelCells + (level << 4)
    store<u32>(levelRows + (level << 2), load<u32>(cell, ROWS))
    all += <f64>load<u32>(cell)
    heavy += <f64>load<u32>(cell, HEAVY)
  }
  if (isByShare(f, n)) {
    for (let p = levelList; p < listEnd; p += 16) {
      const cell = levelCells + (<usize>load<u32>(p, 8) << 4)
      store<f64>(p, heavyShare(load<u32>(cell, HEAVY), load<u32>(cell)))
    }
    return
  }
  const mean = heavy / all
  let flat = true
  for (let p = levelList; p < listEnd; p += 16) {
    const cell = levelCells + (<usize>load<u32>(p, 8) << 4)
    const share = wholeShare(load<u32>(cell, HEAVY), load<u32>(cell), mean)
    store<f64>(p, share)
    store<f64>(cell, share, ALONG)
    if (share != 0) flat = false
  }
  // Where the heaviest class has one share in all levels there is no direction, and levels stand in the order of their numbers.
  if (flat) return
  memory.fill(direction, 0, bytes)
  for (let p = sortWide; p < end; p += 8) {
    const level = load<u32>(p, 4)
    if (level == lacking) continue
    const told = load<u32>(p)
    const to = direction + (<usize>numberOf<T>(told) << 3)
    const share = load<f64>(levelCells + (<usize>level << 4), ALONG)
    store<f64>(to, load<f64>(to) + <f64>unitsOf<T>(told) * share)
  }
  roundDirection(present)
  for (let p = levelList; p < listEnd; p += 16) store<f64>(levelCells + (<usize>load<u32>(p, 8) << 4), 0, ALONG)
  for (let p = sortWide; p < end; p += 8) {
    const level = load<u32>(p, 4)
    if (level == lacking) continue
    const told = load<u32>(p)
    const along = <f64>unitsOf<T>(told) * load<f64>(direction + (<usize>numberOf<T>(told) << 3))
    const cell = levelCells + (<usize>level << 4)
    store<f64>(cell, load<f64>(cell, ALONG) + along, ALONG)
  }
  for (let p = levelList; p < listEnd; p += 16) {
    const cell = levelCells + (<usize>load<u32>(p, 8) << 4)
    store<f64>(p, load<f64>(cell, ALONG) / <f64>load<u32>(cell))
  }
  roundPlaces(levelList, count)
}

/** The last level of a list that stands at this place or before, where putInOrder has left what place a level has. */
function lastUpTo(place: u32, list: usize, count: u32): u32 {
  let i = min(place, count - 1)
  while (i + 1 < count && load<u32>(levelCells + (<usize>load<u32>(list + (<usize>(i + 1) << 4), 8) << 4)) <= place) i++
  return i
}

/** Writes the samples with their levels' places by ascending place, those without a level last; equal levels have one place if `together`. */
function putInOrder(end: usize, list: usize, count: u32, together: bool, lacking: u32): usize {
  let start = <u32>sortWideSpare
  let place: u32 = 0
  for (let i: u32 = 0; i < count; i++) {
    const record = list + (<usize>i << 4)
    const level = <usize>load<u32>(record, 8)
    const rows = load<u32>(levelRows + (level << 2))
    if (i > 0) place += <u32>(!together || load<f64>(record - 16) != load<f64>(record))
    store<u32>(levelRows + (level << 2), start)
    store<u32>(levelCells + (level << 4), place)
    start += rows << 3
  }
  for (let p = sortWide; p < end; p += 8) {
    const level = load<u32>(p, 4)
    let to = start
    let place = MISSING
    if (level == lacking) {
      start += 8
    } else {
      const next = levelRows + (<usize>level << 2)
      to = load<u32>(next)
      store<u32>(next, to + 8)
      place = load<u32>(levelCells + (<usize>level << 4))
    }
    store<u32>(to, load<u32>(p))
    store<u32>(to, place, 4)
  }
  return sortWideSpare
}
