import { GO_LEFT, GO_RIGHT, NO_RIGHT, bestScore, leftFirst, leftSecond, leftThird, setBest, setLeft, setMissing } from './best'
import { clearBytes } from './bytes'
import { scanSmall } from './class-small'
import { setLeftOf } from './class-weights'
import { LEFT_SIDE, goneCodes, heldIn, isInside, keysOf, setHeld } from './gaps'
import { Labelled } from './kinds'
import { pick4 } from './lanes'
import { arrangeLevels, higherIsFirst, isPair, keepLane, keepPairLane } from './level-places'
import { BY_HEAVIEST } from './level-runs'
import { scanEntropy } from './many-entropy-small'
import { FEW, scanFew, storeCuts } from './many-few'
import { scanMissing } from './many-missing'
import { countKeys, sumLeft } from './many-children'
import { light, present, squares, weight, whole } from './many-node'
import { scoreFour, scoreHeavy } from './many-score'
import { sortColumns } from './network'
import {
  classFactors,
  classLocal,
  codes,
  keyRows,
  laneSums,
  levelCount,
  levels,
  localCounts,
  localTotals,
  minLeaf,
  missing,
  rowSums,
  sortWide,
  terms,
} from './state'
import { placeOfTop, topLane, topScore, topSide } from './top'

export function lookSmall(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32): void {
  const keys = keyRows
  const at0 = codes + (<usize>f0 << 1)
  const at1 = codes + (<usize>f1 << 1)
  const at2 = codes + (<usize>f2 << 1)
  const at3 = codes + (<usize>f3 << 1)
  const local = classLocal
  const lacking = goneCodes(f0, f1, f2, f3)
  const some = missing != 0
  let held4 = i32x4.splat(n)
  for (let p = first, out = keys; p < end; p += 8, out += 16) {
    const pay = load<u32>(p, 4)
    const key = ((pay >> 16) << 8) | load<u16>(local + (<usize>(pay & 0xffff) << 1))
    const both = keysOf(key, at0, at1, at2, at3, load<u32>(p))
    v128.store(out, both)
    if (some) held4 = i32x4.add(held4, i32x4.eq(i32x4.shr_u(both, 16), lacking))
  }
  sortColumns(keys, n)
  if (levels != 0) arrangeLevels(f0, f1, f2, f3, n, BY_HEAVIEST, present)
  const gaps = some && setHeld(held4, n)
  if (terms != 0) {
    const lane = scanEntropy(n, gaps)
    if (topScore <= bestScore) return
    keepCut(topScore, lane, pick4(lane, f0, f1, f2, f3), placeOfTop(lane), topSide, gaps ? heldIn(lane) : n, n)
    return
  }
  if (!light) {
    lookHeavy(gaps, f0, f1, f2, f3, n)
    return
  }
  if (present <= FEW) {
    scanFew(keys, n, gaps)
  } else {
    scanLight(keys, n, false)
    if (gaps) scanLight(keys, n, true)
  }
  const lane = topLane(gaps)
  if (topScore <= bestScore) return
  keepCut(topScore, lane, pick4(lane, f0, f1, f2, f3), placeOfTop(lane), topSide, gaps ? heldIn(lane) : n, n)
  sumLeft()
}

/** Keeps the cut of a lane behind a place of its n rows, `held` of which have a value. True when what is above the place goes left. */
function keepCut(score: f64, lane: u32, f: u32, place: u32, side: u32, held: u32, n: u32): bool {
  if (levelCount(f) > 0 && isPair(lane)) {
    const lowerIsLeft = !higherIsFirst(lane, n, BY_HEAVIEST, present)
    setBest(score, f, 0, NO_RIGHT)
    keepPairLane(lane, place, lowerIsLeft)
    countKeys(keyRows + (<usize>lane << 2), lowerIsLeft ? 0 : place + 1, lowerIsLeft ? place + 1 : n, true)
    return !lowerIsLeft
  }
  const key = keyRows + (<usize>lane << 2) + (<usize>place << 4)
  setBest(score, f, load<u16>(key, 2), place + 1 == held ? NO_RIGHT : <u32>load<u16>(key, 18))
  if (held < n) setMissing(side)
  if (levelCount(f) > 0) keepLane(lane)
  const column = keyRows + (<usize>lane << 2)
  countKeys(column, 0, place + 1, true)
  if (held < n && side == GO_LEFT) countKeys(column, held, n, false)
  return false
}

/** The same in float64. */
function lookHeavy(gaps: bool, f0: u32, f1: u32, f2: u32, f3: u32, n: u32): void {
  scanHeavy(keyRows, n)
  for (let lane: u32 = 0; lane < 4; lane++) {
    const score = load<f64>(laneSums + (<usize>lane << 3))
    const f = pick4(lane, f0, f1, f2, f3)
    const held = gaps ? heldIn(lane) : n
    if (score > bestScore) {
      const place = load<u32>(laneSums + (<usize>lane << 2), 32)
      const at = rowSums + <usize>(place * 48) + (<usize>lane << 2)
      if (classFactors != 0) setLeftOf(lane, place + 1)
      else setLeft(load<u32>(at, 32), load<u32>(at), load<u32>(at, 16), place + 1)
      if (keepCut(score, lane, f, place, GO_RIGHT, held, n)) {
        setLeft(whole - leftFirst, squares - 2 * leftThird + leftSecond, squares - leftThird, 0)
      }
    }
    if (held < n) scanSmallMissing(lane, f, n)
  }
}

/** The same as scanFew for more classes, on one side. */
function scanLight(keys: usize, n: u32, start: bool): void {
  sumColumns(keys, n, start)
  const all = i32x4.splat(weight)
  const tsq = i32x4.splat(<u32>squares)
  let best = f32x4.splat(-1)
  let bestAt = i32x4.splat(0)
  let i: u32 = start ? 0 : minLeaf - 1
  let code = i32x4.shr_u(v128.load(keys + (<usize>i << 4)), 16)
  for (; i < n - minLeaf; i++) {
    const at = rowSums + <usize>(i * 48)
    const nextCode = i32x4.shr_u(v128.load(keys + (<usize>(i + 1) << 4)), 16)
    const lsq = v128.load(at)
    const m = v128.load(at, 16)
    const nl = v128.load(at, 32)
    const rsq = i32x4.add(i32x4.sub(tsq, i32x4.shl(m, 1)), lsq)
    const s = scoreFour(lsq, rsq, nl, i32x4.sub(all, nl))
    let better = v128.andnot(f32x4.gt(s, best), i32x4.eq(code, nextCode))
    if (start) better = v128.and(better, isInside(i))
    best = v128.bitselect(s, best, better)
    bestAt = v128.bitselect(i32x4.splat(i), bestAt, better)
    code = nextCode
  }
  storeCuts(laneSums + (start ? LEFT_SIDE : 0), best, bestAt)
}

function scanHeavy(keys: usize, n: u32): void {
  if (classFactors != 0) {
    scanSmall<Labelled>(keys, n)
    return
  }
  sumColumns(keys, n, false)
  for (let lane: usize = 0; lane < 4; lane++) {
    let best: f64 = -1
    let bestAt: u32 = 0
    for (let i: u32 = minLeaf - 1; i < n - minLeaf; i++) {
      const key = keys + (<usize>i << 4) + (lane << 2)
      if (load<u16>(key, 2) == load<u16>(key, 18)) continue
      const at = rowSums + <usize>(i * 48) + (lane << 2)
      const s = scoreHeavy(load<u32>(at), load<u32>(at, 16), load<u32>(at, 32))
      if (s > best) {
        best = s
        bestAt = i
      }
    }
    store<f64>(laneSums + (lane << 3), best)
    store<u32>(laneSums + 32 + (lane << 2), bestAt)
  }
}

/** u32 [row][lsq, M, weight][lane] in rowSums: what is on the left of each cut; with missing values, of lanes that have some, if `start`. */
function sumColumns(keys: usize, n: u32, start: bool): void {
  const totals = localTotals
  const counts = localCounts
  for (let lane: u32 = 0; lane < 4; lane++) {
    const column = keys + (<usize>lane << 2)
    const held = start ? heldIn(lane) : n
    const gone = start ? n - held : 0
    if (held == 0 || (start && gone == 0)) continue
    clearBytes(counts, <usize>present << 2)
    let lsq: u32 = 0
    let m: u32 = 0
    let nl: u32 = 0
    let key = column + (<usize>(n - gone) << 4)
    let to = rowSums + (<usize>lane << 2)
    // What is missing comes first.
    for (let i: u32 = 0; i < gone + held - 1; i++, key += 16) {
      if (i == gone) key = column
      const pay = load<u32>(key)
      const w = (pay >> 8) & 0xff
      const label = <usize>(pay & 0xff) << 2
      const l = load<u32>(counts + label)
      store<u32>(counts + label, l + w)
      lsq += w * (2 * l + w)
      m += w * load<u32>(totals + label)
      nl += w
      if (i < gone) continue
      store<u32>(to, lsq)
      store<u32>(to, m, 16)
      store<u32>(to, nl, 32)
      to += 48
    }
  }
}

/** Copies a sorted column out, so that its cuts are tried with missing values on the left too. */
function scanSmallMissing(lane: u32, f: u32, n: u32): void {
  const column = keyRows + (<usize>lane << 2)
  const before = bestScore
  for (let i: usize = 0; i < n; i++) {
    const key = load<u32>(column + (i << 4))
    store<u32>(sortWide + (i << 3), ((key << 8) & 0xff0000) | (key & 0xff))
    store<u32>(sortWide + (i << 3), key >> 16, 4)
  }
  scanMissing(f, sortWide, 0, 0, n, GO_LEFT)
  if (levelCount(f) > 0 && bestScore > before) keepLane(lane)
}
