import { NO_RIGHT, setBest, setLeft } from './best'
import { clearBytes } from './bytes'
import { heaviestOf } from './direction'
import { wins } from './draw'
import { WHOLE } from './lanes'
import { roundWhole } from './level-runs'
import { holdLevel, levelList, listLevels, shiftOfPlaces, sortLevels } from './levels'
import { light, weight } from './many-node'
import { scoreHeavy, scoreLight } from './many-score'
import { classFactors, classLocal, codes, hasMissing, levelRows, localCounts, localTotals, minLeaf, sortWide, sortWideSpare, terms } from './state'
import { keepList } from './subsets'
import { LIGHT } from './two-score'

/*
 * A category of many levels in a node of three and more classes, whose samples, u32 weight << 16 | class, are put in the order of their levels
 * once: the direction, where levels lie along it and the cuts are then sums over stretches. Most levels have one sample, whose share is 0 or
 * 1 and which lies where its class does.
 */

/** Whether sums fit whole numbers of 32 bits, and there is nothing but cuts by Gini impurity to try. */
export function fitsRows(f: u32): bool {
  return weight < LIGHT && classFactors == 0 && minLeaf == 1 && terms == 0 && !hasMissing(f)
}

/** In place of what a level is ordered by, once that is known: first sample << 16 | how many, at 12 of its record. */
const STRETCH: usize = 12

export function lookLevelRows(f: u32, first: usize, end: usize, n: u32, present: u32): void {
  const count = sortByLevel(f, first, end)
  findPlaces(levelList + (<usize>count << 4), present)
  tryCuts(f, sortLevels(count), count, n, present)
}

/** Lists the levels held and writes their samples, a level's next to each other, to sortWideSpare; answers how many levels there are. */
function sortByLevel(f: u32, first: usize, end: usize): u32 {
  const at = codes + (<usize>f << 1)
  let out = sortWide
  for (let p = first; p < end; p += 8, out += 2) {
    const level = <u32>load<u16>(at + load<u32>(p))
    const rows = levelRows + (<usize>level << 2)
    store<u16>(out, <u16>level)
    store<u32>(rows, load<u32>(rows) + 1)
    holdLevel(level)
  }
  const count = listLevels(f)
  const listEnd = levelList + (<usize>count << 4)
  let start: u32 = 0
  for (let record = levelList; record < listEnd; record += 16) {
    const next = levelRows + (<usize>load<u32>(record, 8) << 2)
    const rows = load<u32>(next)
    store<u32>(record, (start << 16) | rows, STRETCH)
    store<u32>(next, <u32>sortWideSpare + (start << 2))
    start += rows
  }
  let from = sortWide
  for (let p = first; p < end; p += 8, from += 2) {
    const next = levelRows + (<usize>load<u16>(from) << 2)
    const to = load<u32>(next)
    const pay = load<u32>(p, 4)
    store<u32>(to, (pay & 0xffff0000) | load<u16>(classLocal + (<usize>(pay & 0xffff) << 1)))
    store<u32>(next, to + 4)
  }
  for (let record = levelList; record < listEnd; record += 16) store<u32>(levelRows + (<usize>load<u32>(record, 8) << 2), 0)
  return count
}

/** Finds where levels lie along the direction of level-direction.ts. */
function findPlaces(listEnd: usize, present: u32): void {
  const directions = localCounts
  const heaviest = heaviestOf(present)
  const mean = <f64>load<u32>(localTotals + (<usize>heaviest << 2)) / <f64>weight
  const none = wholeOf((0 - mean) * 16384)
  const all = wholeOf((1 - mean) * 16384)
  clearBytes(directions, <usize>present << 3)
  for (let record = levelList; record < listEnd; record += 16) {
    const stretch = load<u32>(record, STRETCH)
    const from = sortWideSpare + (<usize>(stretch >> 16) << 2)
    if ((stretch & 0xffff) == 1) {
      const told = load<u32>(from)
      add(directions, told, select<i32>(all, none, (told & 0xffff) == heaviest))
      continue
    }
    const to = from + (<usize>(stretch & 0xffff) << 2)
    let heavy: u32 = 0
    let sum: u32 = 0
    for (let p = from; p < to; p += 4) {
      const told = load<u32>(p)
      heavy += select<u32>(told >> 16, 0, (told & 0xffff) == heaviest)
      sum += told >> 16
    }
    const share = wholeOf((<f64>heavy / <f64>sum - mean) * 16384)
    for (let p = from; p < to; p += 4) add(directions, load<u32>(p), share)
  }
  roundWhole(present)
  for (let record = levelList; record < listEnd; record += 16) {
    const stretch = load<u32>(record, STRETCH)
    const from = sortWideSpare + (<usize>(stretch >> 16) << 2)
    if ((stretch & 0xffff) == 1) {
      store<f64>(record, <f64>load<i64>(directions + (<usize>load<u16>(from) << 3)))
      continue
    }
    const to = from + (<usize>(stretch & 0xffff) << 2)
    let along: i64 = 0
    let sum: u32 = 0
    for (let p = from; p < to; p += 4) {
      const told = load<u32>(p)
      along += <i64>(told >> 16) * load<i64>(directions + (<usize>(told & 0xffff) << 3))
      sum += told >> 16
    }
    store<f64>(record, <f64>along / <f64>sum)
  }
}

function wholeOf(value: f64): i32 {
  return <i32>reinterpret<i64>(value + WHOLE)
}

function add(directions: usize, told: u32, share: i32): void {
  const to = directions + (<usize>(told & 0xffff) << 3)
  store<i64>(to, load<i64>(to) + <i64>(told >> 16) * <i64>share)
}

/** Tries the cuts between levels that are listed in order. */
function tryCuts(f: u32, list: usize, count: u32, n: u32, present: u32): void {
  const shift = shiftOfPlaces(count, n)
  const counts = localCounts
  clearBytes(counts, <usize>present << 2)
  let lsq: u32 = 0
  let products: u32 = 0
  let nl: u32 = 0
  let top: f64 = -1
  let topAt: u32 = 0
  let topWeight: u32 = 0
  let topSquares: u32 = 0
  let topProducts: u32 = 0
  for (let i: u32 = 0; i + 1 < count; i++) {
    const stretch = load<u32>(list + (<usize>i << 4), STRETCH)
    let p = sortWideSpare + (<usize>(stretch >> 16) << 2)
    const to = p + (<usize>(stretch & 0xffff) << 2)
    do {
      const told = load<u32>(p)
      const w = told >> 16
      const label = <usize>(told & 0xffff) << 2
      const l = load<u32>(counts + label)
      store<u32>(counts + label, l + w)
      lsq += w * (2 * l + w)
      products += w * load<u32>(localTotals + label)
      nl += w
      p += 4
    } while (p < to)
    if ((i + 1) >> shift == i >> shift) continue
    const score = light ? <f64>scoreLight(<f64>lsq, <f64>products, <f64>nl) : scoreHeavy(<f64>lsq, <f64>products, <f64>nl)
    if (score > top) {
      top = score
      topAt = i
      topWeight = nl
      topSquares = lsq
      topProducts = products
    }
  }
  if (top < 0 || !wins(top, f)) return
  setBest(top, f, topAt, NO_RIGHT)
  setLeft(topWeight, topSquares, topProducts, 0)
  keepList(list, count)
}
