import { NO_RIGHT, setBest, setLeft } from './best'
import { clearBytes } from './bytes'
import { heaviestOf, roundWhole } from './direction'
import { wins } from './draw'
import { WHOLE } from './lanes'
import { BEFORE, chainBefore, freeSamples, LAST, LEVEL, WEIGHT } from './level-sides'
import { countPlaces, levelList, shiftOfPlaces, sortLevels } from './levels'
import { light, weight } from './many-node'
import { scoreHeavy, scoreLight } from './many-score'
import { classFactors, classLocal, classSums, codes, hasMissing, levelRows, localCounts, localTotals, minLeaf, terms } from './state'
import { keepSamples } from './subsets'
import { LIGHT } from './two-score'

/*
 * A category of many levels in a node of three and more classes. Most levels have one sample, which lies along the direction of
 * level-direction.ts where its class does, and levels of one place are not parted: such levels are summed up by class. The samples of
 * the other levels are chains, from the last of a level to its first. So few records are sorted and few cuts scored.
 */

/** Whether sums fit whole numbers of 32 bits, and there is nothing but cuts by Gini impurity to try. */
export function fitsRows(f: u32): bool {
  return weight < LIGHT && classFactors == 0 && minLeaf == 1 && terms == 0 && !hasMissing(f)
}

/** Answers whether cuts were tried, which they are not if all levels are at one place. */
export function lookLevelRows(f: u32, first: usize, end: usize, n: u32, present: u32): bool {
  const samples = freeSamples()
  chainSamples(f, samples, first, end)
  const chains = partChains(samples, n, present)
  const count = findPlaces(samples, chains, present)
  const list = sortLevels(count)
  if (load<f64>(list) == load<f64>(list + (<usize>(count - 1) << 4))) return false
  tryCuts(f, samples, list, count, n, present)
  return true
}

/** Writes the samples, each with the one before it in its level; levelRows has the last of each level, counted from 1. */
function chainSamples(f: u32, samples: usize, first: usize, end: usize): void {
  const at = codes + (<usize>f << 1)
  const local = classLocal
  const rows = levelRows
  let number: u32 = 1
  for (let p = first, out = samples; p < end; p += 8, out += 8, number++) {
    const level = <u32>load<u16>(at + load<u32>(p))
    const pay = load<u32>(p, 4)
    const last = rows + (<usize>level << 2)
    const told = (pay & 0xffff0000) | load<u16>(local + (<usize>(pay & 0xffff) << 1))
    store<u64>(out, <u64>told | (<u64>(level | (load<u32>(last) << 16)) << 32))
    store<u32>(last, number)
  }
}

/** Sums up the levels of one sample by class in classSums, lists the last samples of the others, and clears levelRows; answers the list's end. */
function partChains(samples: usize, n: u32, present: u32): usize {
  const singles = classSums
  const rows = levelRows
  clearBytes(singles, <usize>present << 2)
  let chain = levelList
  let number: u32 = 1
  for (let sample = samples; number <= n; sample += 8, number++) {
    const last = rows + (<usize>load<u16>(sample, LEVEL) << 2)
    const told = load<u32>(sample)
    const held = load<u32>(last)
    const isLast = held == number
    const isFirst = load<u16>(sample, BEFORE) == 0
    store<u32>(last, select<u32>(0, held, isLast))
    // Without a branch: which sample is a level's only one is as good as chance.
    const single = singles + (<usize>(told & 0xffff) << 2)
    store<u32>(single, load<u32>(single) + select<u32>(told >> 16, 0, isLast && isFirst))
    store<u32>(chain, <u32>sample, LAST)
    chain += <usize>(isLast && !isFirst) << 4
  }
  return chain
}

/** Finds where levels lie along the direction; answers how many records there are. */
function findPlaces(samples: usize, chains: usize, present: u32): u32 {
  const singles = classSums
  const directions = localCounts
  const heaviest = heaviestOf(present)
  const mean = <f64>load<u32>(localTotals + (<usize>heaviest << 2)) / <f64>weight
  const none = <i64>wholeOf((0 - mean) * 16384)
  const all = <i64>wholeOf((1 - mean) * 16384)
  for (let c: u32 = 0; c < present; c++) {
    const sum = <i64>load<u32>(singles + (<usize>c << 2)) * (c == heaviest ? all : none)
    store<i64>(directions + (<usize>c << 3), sum)
  }
  let record = levelList
  for (; record < chains; record += 16) {
    const last = <usize>load<u32>(record, LAST)
    let heavy: u32 = 0
    let sum: u32 = 0
    for (let p = last; p != 0; p = chainBefore(p, samples)) {
      const told = load<u32>(p)
      heavy += select<u32>(told >> 16, 0, (told & 0xffff) == heaviest)
      sum += told >> 16
    }
    store<u32>(record, sum, WEIGHT)
    const share = <i64>wholeOf((<f64>heavy / <f64>sum - mean) * 16384)
    for (let p = last; p != 0; p = chainBefore(p, samples)) {
      const told = load<u32>(p)
      const to = directions + (<usize>(told & 0xffff) << 3)
      store<i64>(to, load<i64>(to) + <i64>(told >> 16) * share)
    }
  }
  roundWhole(present)
  for (let p = levelList; p < record; p += 16) {
    let along: i64 = 0
    for (let sample = <usize>load<u32>(p, LAST); sample != 0; sample = chainBefore(sample, samples)) {
      const told = load<u32>(sample)
      along += <i64>(told >> 16) * load<i64>(directions + (<usize>(told & 0xffff) << 3))
    }
    store<f64>(p, <f64>along / <f64>load<u32>(p, WEIGHT))
  }
  for (let c: u32 = 0; c < present; c++) {
    if (load<u32>(singles + (<usize>c << 2)) == 0) continue
    store<f64>(record, <f64>load<i64>(directions + (<usize>c << 3)))
    store<u32>(record, c, LAST)
    store<u32>(record, 0, WEIGHT)
    record += 16
  }
  return <u32>((record - levelList) >> 4)
}

function wholeOf(value: f64): i32 {
  return <i32>reinterpret<i64>(value + WHOLE)
}

/** Tries the cuts between the places of records that are sorted. */
function tryCuts(f: u32, samples: usize, list: usize, count: u32, n: u32, present: u32): void {
  const shift = shiftOfPlaces(countPlaces(list, count), n)
  const counts = localCounts
  const totals = localTotals
  clearBytes(counts, <usize>present << 2)
  let lsq: u32 = 0
  let products: u32 = 0
  let nl: u32 = 0
  let top: f64 = -1
  let topAt: u32 = 0
  let topWeight: u32 = 0
  let topSquares: u32 = 0
  let topProducts: u32 = 0
  let place: u32 = 0
  for (let i: u32 = 0; i + 1 < count; i++) {
    const record = list + (<usize>i << 4)
    const isClass = load<u32>(record, WEIGHT) == 0
    const last = load<u32>(record, LAST)
    let p = isClass ? 0 : <usize>last
    let told = isClass ? last | (load<u32>(classSums + (<usize>last << 2)) << 16) : load<u32>(p)
    while (true) {
      const w = told >> 16
      const label = <usize>(told & 0xffff) << 2
      const l = load<u32>(counts + label)
      store<u32>(counts + label, l + w)
      lsq += w * (2 * l + w)
      products += w * load<u32>(totals + label)
      nl += w
      if (p == 0) break
      p = chainBefore(p, samples)
      if (p == 0) break
      told = load<u32>(p)
    }
    if (load<f64>(record) == load<f64>(record, 16)) continue
    place++
    if (place >> shift == (place - 1) >> shift) continue
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
  keepSamples(samples, n, list, count)
}
