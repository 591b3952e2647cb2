import { bestCut, bestFeature, bestMissing, bestScore, NO_RIGHT, setBest, setMissing } from './best'
import { clearLevels, holdLevel, keepSubset, listLevels, shiftOfPlaces, sortLevels } from './levels'
import { scanMissing } from './many'
import {
  classLocal,
  classSums,
  codes,
  hasMissing,
  levelCells,
  levelList,
  levelRows,
  localCounts,
  localFactors,
  localTotals,
  MISSING,
  sortWide,
  sortWideSpare,
} from './state'

/*
 * A category of a node of three and more classes. Its levels are ordered along the first principal direction of their class
 * shares (Coppersmith, Hong and Hosking 1999), found by power iteration from the indicator of the heaviest class; sums are
 * taken in the order of the samples. The samples are then put in the order of their levels and scanned like a number's.
 */

/** As in src/order-levels.ts. */
const STEPS: u32 = 1

// A cell of a level: f64 its weight and f64 where it stands along the direction; in the end u32 its place.
const SCORE: usize = 8

export function lookLevelsOfMany(f: u32, first: usize, end: usize, n: u32, present: u32): void {
  const at = codes + (<usize>f << 1)
  const lacking = hasMissing(f) ? MISSING : 0x10000
  let out = sortWide
  for (let p = first; p < end; p += 8) {
    const level = <u32>load<u16>(at + load<u32>(p))
    const pay = load<u32>(p, 4)
    const local = <u32>load<u16>(classLocal + (<usize>(pay & 0xffff) << 1))
    store<u32>(out, (pay & 0xffff0000) | local)
    store<u32>(out, level, 4)
    out += 8
    if (level == lacking) continue
    const cell = levelCells + (<usize>level << 4)
    const old = load<f64>(cell)
    if (old == 0) holdLevel(level)
    store<f64>(cell, old + <f64>weightOf(pay, local))
    const rows = levelRows + (<usize>level << 2)
    store<u32>(rows, load<u32>(rows) + 1)
  }
  const count = listLevels(f)
  scoreLevels(out, count, present, lacking)
  for (let i: usize = 0; i < count; i++) {
    const record = levelList + (i << 4)
    store<f64>(record, load<f64>(levelCells + (<usize>load<u32>(record, 8) << 4), SCORE))
  }
  const list = sortLevels(count)
  const keys = putInOrder(out, list, count, lacking)
  scanMissing(f, keys, 0, shiftOfPlaces(count, n), n)
  if (bestFeature == f && bestScore >= 0) {
    const place = bestCut
    const side = bestMissing
    setBest(bestScore, f, place, NO_RIGHT)
    setMissing(side)
    keepSubset(f, list, count, place)
  }
  clearLevels(list, count, true)
}

function weightOf(pay: u32, local: u32): u32 {
  return (pay >> 16) * load<u32>(localFactors + (<usize>local << 2))
}

function scoreLevels(end: usize, count: u32, present: u32, lacking: u32): void {
  const direction = classSums
  const next = localCounts
  const bytes = <usize>present << 3
  let heaviest: usize = 0
  for (let c: usize = 1; c < present; c++) {
    if (load<u32>(localTotals + (c << 2)) > load<u32>(localTotals + (heaviest << 2))) heaviest = c
  }
  memory.fill(direction, 0, bytes)
  store<f64>(direction + (heaviest << 3), 1)
  project(end, count, lacking)
  for (let step: u32 = 0; step < STEPS; step++) {
    memory.fill(next, 0, bytes)
    for (let p = sortWide; p < end; p += 8) {
      const level = load<u32>(p, 4)
      if (level == lacking) continue
      const pay = load<u32>(p)
      const to = next + (<usize>(pay & 0xffff) << 3)
      const score = load<f64>(levelCells + (<usize>level << 4), SCORE)
      store<f64>(to, load<f64>(to) + <f64>weightOf(pay, pay & 0xffff) * score)
    }
    let size: f64 = 0
    for (let c: usize = 0; c < bytes; c += 8) size = max(size, abs(load<f64>(next + c)))
    if (size == 0) return
    for (let c: usize = 0; c < bytes; c += 8) store<f64>(direction + c, load<f64>(next + c) / size)
    project(end, count, lacking)
  }
}

function project(end: usize, count: u32, lacking: u32): void {
  const direction = classSums
  const listEnd = levelList + (<usize>count << 4)
  for (let p = levelList; p < listEnd; p += 16) store<f64>(levelCells + (<usize>load<u32>(p, 8) << 4), 0, SCORE)
  let sum: f64 = 0
  let all: f64 = 0
  for (let p = sortWide; p < end; p += 8) {
    const level = load<u32>(p, 4)
    if (level == lacking) continue
    const pay = load<u32>(p)
    const w = <f64>weightOf(pay, pay & 0xffff)
    const along = w * load<f64>(direction + (<usize>(pay & 0xffff) << 3))
    const cell = levelCells + (<usize>level << 4)
    store<f64>(cell, load<f64>(cell, SCORE) + along, SCORE)
    sum += along
    all += w
  }
  for (let p = levelList; p < listEnd; p += 16) {
    const cell = levelCells + (<usize>load<u32>(p, 8) << 4)
    store<f64>(cell, load<f64>(cell, SCORE) / load<f64>(cell) - sum / all, SCORE)
  }
}

/** Writes the samples with their levels' places by ascending place, those without a level last. */
function putInOrder(end: usize, list: usize, count: u32, lacking: u32): usize {
  let start = <u32>sortWideSpare
  for (let i: u32 = 0; i < count; i++) {
    const level = <usize>load<u32>(list + (<usize>i << 4), 8)
    const rows = load<u32>(levelRows + (level << 2))
    store<u32>(levelRows + (level << 2), start)
    store<u32>(levelCells + (level << 4), i)
    start += rows << 3
  }
  for (let p = sortWide; p < end; p += 8) {
    const pay = load<u32>(p)
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
    store<u32>(to, pay)
    store<u32>(to, place, 4)
  }
  return sortWideSpare
}
