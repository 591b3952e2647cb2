import { accept, bestCut, bestFeature, bestRight, bestScore, bestThreshold, binned, GO_LEFT, GO_RIGHT, NONE, NO_RIGHT, setMissing, leftFirst, leftRows, leftSecond, NOT_KNOWN, setBest, setBinned, setLeft, setThreshold, startNode } from './best'
import { budget, spend } from './budget'
import { clearBytes } from './bytes'
import { cutLanes, cutTwoRows, drawCuts, isCut, setGroup, thresholdOf } from './cuts'
import { drawFeatures, drawVarying, firstVarying, setAsideLevels, wins } from './draw'
import { lookLevelsOfTwo } from './level-cuts'
import { keepPair } from './levels'
import { fillWithGaps, GONE, goneCode } from './gaps'
import { bringNear } from './near'
import { NETWORK_ROWS, sortColumns } from './network'
import { linkRight, writeEntry, writeLeaf, writeSides, writeSplit } from './nodes'
import { leftEdge, part, partAndFindEdges, partByThreshold, rightEdge } from './part'
import { stepBack, stepLeft, stepRight, undoCount } from './path'
import { sortByCode } from './sort'
import {
  bounds,
  candidates,
  classFactor,
  codes,
  FRAME,
  gathered,
  histogram,
  keyRows,
  laneSums,
  levelCandidates,
  levelCount,
  levels,
  marks,
  maxBins,
  hasMissing,
  maxDepth,
  MISSING,
  minLeaf,
  missing,
  minSplit,
  randomCuts,
  sortKeys,
  spare,
  stack,
} from './state'

/*
 * Trees of two classes. The payload of a sample is its weight in the low half if it is of the first class, in the high
 * half if of the second. With l, r, t the weights of a class on the left, on the right and in the node, and nl, nr the
 * weights of the sides, the score of a cut is
 *
 *   (l1 t0 - l0 t1)^2 / (nl nr)  =  N/2 * (Gini decrease) * N
 *
 * in float32 in a node that weighs less than LIGHT (where l1 t0 - l0 t1 is exact as an int32), in float64 above. Weights of
 * the classes count in nl and nr alone: in the difference they are a factor that all cuts of the node share.
 */

export const LIGHT: u32 = 32768

const SLACK: f32 = 1.000002

let label0: u32 = 0
let label1: u32 = 1

/** Whole weights of the two classes, at most 32,767. */
let factor0: u32 = 1
let factor1: u32 = 1

// Where a paused tree goes on.
let savedFirst: usize = 0
let savedEnd: usize = 0
let saved0: u32 = 0
let saved1: u32 = 0
let savedDepth: u32 = 0
let savedFrame: usize = 0
let savedFloor: usize = 0

export function resumeTwo(): bool {
  return growTwo(savedFirst, savedEnd, saved0, saved1, label0, label1, savedDepth, savedFrame, savedFloor)
}

/** Grows a subtree, whose right children wait on the stack from `floor` on; false when the budget is spent. */
export function growTwo(
  first: usize,
  end: usize,
  c0: u32,
  c1: u32,
  of0: u32,
  of1: u32,
  depth: u32,
  frame: usize,
  floor: usize,
): bool {
  label0 = of0
  label1 = of1
  factor0 = classFactor(of0)
  factor1 = classFactor(of1)
  while (true) {
    let split = false
    const n = <u32>((end - first) >> 3)
    if (budget <= 0) {
      savedFirst = first
      savedEnd = end
      saved0 = c0
      saved1 = c1
      savedDepth = depth
      savedFrame = frame
      savedFloor = floor
      return false
    }
    spend(n)
    bringNear(first, end, n, 8)
    if (c0 != 0 && c1 != 0 && n >= minSplit && n >= minLeaf << 1 && depth < maxDepth) split = findCut(first, end, n, c0, c1)
    if (split) {
      let middle: usize
      const f = bestFeature
      if (bestRight == NOT_KNOWN) {
        middle = partAndFindEdges(f, bestCut, first, end)
      } else {
        middle = 0
      }
      const l0 = <u32>leftFirst
      const l1 = <u32>leftSecond
      const left = middle == 0 ? bestCut : leftEdge
      const right = middle == 0 ? bestRight : rightEdge
      const node = writeSplit(f, left, right)
      depth++
      const leftPure = l0 == 0 || l1 == 0
      const rightPure = l0 == c0 || l1 == c1
      if (leftPure && rightPure && leftRows != 0) {
        writeSides(node, leftRows, n - leftRows)
        writeLeaf(leftRows)
        leafEntries(l0, l1)
        linkRight(node)
        writeLeaf(n - leftRows)
        leafEntries(c0 - l0, c1 - l1)
      } else {
        if (middle == 0) middle = randomCuts ? partByThreshold(f, bestThreshold, first, end, 8) : part(f, bestCut, first, end)
        writeSides(node, <u32>((middle - first) >> 3), <u32>((end - middle) >> 3))
        if (leftPure) {
          writeLeaf(<u32>((middle - first) >> 3))
          leafEntries(l0, l1)
          linkRight(node)
          if (n > <u32>NETWORK_ROWS && !randomCuts) stepRight(f, right)
          first = middle
          c0 -= l0
          c1 -= l1
          continue
        }
        store<u32>(frame, <u32>middle)
        store<u32>(frame, <u32>end, 4)
        store<u32>(frame, c0 - l0, 8)
        store<u32>(frame, c1 - l1, 12)
        store<u32>(frame, depth, 16)
        store<u32>(frame, node, 20)
        store<u32>(frame, undoCount, 24)
        store<u32>(frame, f, 28)
        store<u32>(frame, right, 32)
        frame += FRAME
        if (n > <u32>NETWORK_ROWS && !randomCuts) stepLeft(f, left)
        end = middle
        c0 = l0
        c1 = l1
        continue
      }
    } else {
      writeLeaf(n)
      leafEntries(c0, c1)
    }
    if (frame == floor) return true
    frame -= FRAME
    first = load<u32>(frame)
    end = load<u32>(frame, 4)
    c0 = load<u32>(frame, 8)
    c1 = load<u32>(frame, 12)
    depth = load<u32>(frame, 16)
    linkRight(load<u32>(frame, 20))
    stepBack(load<u32>(frame, 24))
    if (end - first > <usize>(NETWORK_ROWS << 3) && !randomCuts) stepRight(load<u32>(frame, 28), load<u32>(frame, 32))
  }
}

function leafEntries(c0: u32, c1: u32): void {
  if (label0 < label1) {
    if (c0 != 0) writeEntry(label0, c0)
    if (c1 != 0) writeEntry(label1, c1)
  } else {
    if (c1 != 0) writeEntry(label1, c1)
    if (c0 != 0) writeEntry(label0, c0)
  }
}

function findCut(first: usize, end: usize, n: u32, c0: u32, c1: u32): bool {
  startNode()
  let count = drawFeatures()
  if (n == 2) {
    for (let i: u32 = 0; i < count; i++) {
      const f = load<u32>(candidates + (<usize>i << 2))
      if (randomCuts ? cutPairAnywhere(f, i, first) : cutPair(f, first)) return accept(decreaseOf(c0, c1))
    }
  } else {
    const drawn = count
    if (levels != 0) count = setAsideLevels(count)
    for (let i: u32 = 0; i < count; i += 4) {
    setGroup(i)
      // A short group repeats its last feature, which then loses to itself.
      const last = count - 1
      look(
        load<u32>(candidates + (<usize>i << 2)),
        load<u32>(candidates + (<usize>min(i + 1, last) << 2)),
        load<u32>(candidates + (<usize>min(i + 2, last) << 2)),
        load<u32>(candidates + (<usize>min(i + 3, last) << 2)),
        first,
        end,
        n,
        c0,
        c1,
      )
    }
    for (let i: u32 = 0; i < drawn - count; i++) {
      lookLevelsOfTwo(load<u32>(levelCandidates + (<usize>i << 2)), first, end, n, c0, c1, label1 > label0)
    }
  }
  if (bestScore < 0) {
    while (bestScore < 0) {
      setGroup(0)
      const f = drawVarying(first, end)
      if (f < 0) break
      look(f, f, f, f, first, end, n, c0, c1)
    }
    if (bestScore < 0 && binned && n > <u32>NETWORK_ROWS) {
      const f = firstVarying(first, end)
      if (f < 0) return false
      setBinned(false)
      look(f, f, f, f, first, end, n, c0, c1)
      setBinned(true)
    }
    if (bestScore < 0) return false
  }
  return accept(decreaseOf(c0, c1))
}

function decreaseOf(c0: u32, c1: u32): f64 {
  const nl = <f64>factor0 * leftFirst + <f64>factor1 * leftSecond
  const whole = <f64>factor0 * <f64>c0 + <f64>factor1 * <f64>c1
  const d = leftSecond * <f64>c0 - leftFirst * <f64>c1
  const product = <f64>factor0 * <f64>factor1
  return ((2 * (d * d)) / (nl * (whole - nl)) / whole) * product * product
}

/** Two rows of two classes: every feature that tells them apart is as good as any. */
function cutPair(f: u32, first: usize): bool {
  const a = load<u64>(first)
  const b = load<u64>(first, 8)
  const at = codes + (<usize>f << 1)
  const codeA = <u32>load<u16>(at + <u32>a)
  const codeB = <u32>load<u16>(at + <u32>b)
  if (codeA == codeB) return false
  const gone = max(codeA, codeB) == MISSING && hasMissing(f)
  let isFirst = codeA < codeB
  // Of two levels that of the lower class goes left.
  if (levelCount(f) > 0) {
    if (!gone) isFirst = (load<u16>(first, 4) != 0) == (label0 < label1)
    setBest(1, f, 0, NO_RIGHT)
    keepPair(f, isFirst ? codeA : codeB, isFirst ? codeB : codeA)
  } else {
    setBest(1, f, min(codeA, codeB), gone ? NO_RIGHT : max(codeA, codeB))
  }
  const left = <u32>((isFirst ? a : b) >> 32)
  if (gone) setMissing(GO_RIGHT)
  setLeft(left & 0xffff, left >> 16, 0, 1)
  return true
}

function cutPairAnywhere(f: u32, candidate: u32, first: usize): bool {
  const left = cutTwoRows(f, candidate, first, first + 8)
  if (left == 0) return false
  setBest(1, f, 0, 1)
  setLeft(load<u16>(left, 4), load<u16>(left, 6), 0, 1)
  return true
}

function look(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32, c0: u32, c1: u32): void {
  if (levelCount(f0) > 0) lookLevelsOfTwo(f0, first, end, n, c0, c1, label1 > label0)
  else if (randomCuts) lookRandom(f0, f1, f2, f3, first, end, n, c0, c1)
  else if (n <= <u32>NETWORK_ROWS) lookSmall(f0, f1, f2, f3, first, end, n, c0, c1)
  else if (missing != 0 && minLeaf > 1) lookMixed(f0, f1, f2, f3, first, end, n, c0, c1)
  else lookBig(f0, f1, f2, f3, first, end, n, c0, c1)
}

export function pick4(lane: u32, a: u32, b: u32, c: u32, d: u32): u32 {
  return lane < 2 ? (lane == 0 ? a : b) : lane == 2 ? c : d
}

function lookSmall(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32, c0: u32, c1: u32): void {
  const keys = keyRows
  const at0 = codes + (<usize>f0 << 1)
  const at1 = codes + (<usize>f1 << 1)
  const at2 = codes + (<usize>f2 << 1)
  const at3 = codes + (<usize>f3 << 1)
  let out = keys
  for (let p = first; p < end; p += 8, out += 16) {
    const row = load<u32>(p)
    const both = load<u32>(p, 4)
    let v = i32x4.splat((both | (both >> 8)) & 0xffff)
    v = v128.load_lane<u16>(at0 + row, v, 1)
    v = v128.load_lane<u16>(at1 + row, v, 3)
    v = v128.load_lane<u16>(at2 + row, v, 5)
    v = v128.load_lane<u16>(at3 + row, v, 7)
    v128.store(out, v)
  }
  sortColumns(keys, n)
  let acc = i32x4.splat(0)
  const factors = i32x4.splat(factor0 | (factor1 << 16))
  const turned = i32x4.splat((-c1 & 0xffff) | (c0 << 16))
  const weight = i32x4.splat(factor0 * c0 + factor1 * c1)
  const low8 = i32x4.splat(0xff)
  const high8 = i32x4.splat(0xff00)
  let best = f32x4.splat(-1)
  let bestAt = i32x4.splat(0)
  let key = v128.load(keys)
  let i: u32 = 0
  for (; i < minLeaf - 1; i++) {
    acc = i32x4.add(acc, v128.or(v128.and(key, low8), i32x4.shl(v128.and(key, high8), 8)))
    key = v128.load(keys + (<usize>(i + 1) << 4))
  }
  let code = i32x4.shr_u(key, 16)
  for (; i < n - minLeaf; i++) {
    const next = v128.load(keys + (<usize>(i + 1) << 4))
    const nextCode = i32x4.shr_u(next, 16)
    acc = i32x4.add(acc, v128.or(v128.and(key, low8), i32x4.shl(v128.and(key, high8), 8)))
    const d = f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(acc, turned))
    const nl = i32x4.dot_i16x8_s(acc, factors)
    const score = f32x4.div(f32x4.mul(d, d), sidesProduct(nl, i32x4.sub(weight, nl)))
    const better = v128.andnot(f32x4.gt(score, best), i32x4.eq(code, nextCode))
    best = v128.bitselect(score, best, better)
    bestAt = v128.bitselect(i32x4.splat(i), bestAt, better)
    key = next
    code = nextCode
  }
  v128.store(laneSums, best)
  v128.store(laneSums, bestAt, 16)
  if (missing != 0) scanSmallGaps(keys, n, c0, c1, i32x4(goneCode(f0), goneCode(f1), goneCode(f2), goneCode(f3)))
  for (let lane: u32 = 0; lane < 4; lane++) {
    const score = <f64>load<f32>(laneSums + (<usize>lane << 2))
    const f = pick4(lane, f0, f1, f2, f3)
    const column = keys + (<usize>lane << 2)
    const gone = hasMissing(f) && load<u32>(column + (<usize>(n - 1) << 4)) >> 16 == MISSING
    if (score > bestScore) {
      const place = load<u32>(laneSums + (<usize>lane << 2), 16)
      let sum: u32 = 0
      for (let k: usize = 0; k <= place; k++) {
        const pay = load<u32>(column + (k << 4))
        sum += (pay & 0xff) | ((pay & 0xff00) << 8)
      }
      const right = load<u32>(column + (<usize>(place + 1) << 4)) >> 16
      setBest(score, f, load<u32>(column + (<usize>place << 4)) >> 16, gone && right == MISSING ? NO_RIGHT : right)
      if (gone) setMissing(GO_RIGHT)
      setLeft(sum & 0xffff, sum >> 16, 0, place + 1)
    }
    if (gone) keepSmallGaps(lane, f, n)
  }
}

/**
 * Tries the cuts of four sorted columns with their missing values on the left: laneSums gets f32[4] best score (at 32; -1 where
 * nothing is missing) and u32[4] place (48).
 */
function scanSmallGaps(keys: usize, n: u32, c0: u32, c1: u32, lacking: v128): void {
  const factors = i32x4.splat(factor0 | (factor1 << 16))
  const turned = i32x4.splat((-c1 & 0xffff) | (c0 << 16))
  const weight = i32x4.splat(factor0 * c0 + factor1 * c1)
  let acc = i32x4.splat(0)
  let held = i32x4.splat(n)
  for (let i = n - 1; ; i--) {
    const key = v128.load(keys + (<usize>i << 4))
    const gone = i32x4.eq(i32x4.shr_u(key, 16), lacking)
    if (!v128.any_true(gone)) break
    acc = i32x4.add(acc, v128.and(gone, spread(key)))
    held = i32x4.add(held, gone)
    if (i == 0) break
  }
  const some = i32x4.lt_s(held, i32x4.splat(n))
  // Rows on the left of place i are n - held + i + 1.
  const from = i32x4.sub(i32x4.add(held, i32x4.splat(minLeaf)), i32x4.splat(n + 1))
  const to = i32x4.sub(held, i32x4.splat(minLeaf))
  let best = f32x4.splat(-1)
  let bestAt = i32x4.splat(0)
  let key = v128.load(keys)
  let code = i32x4.shr_u(key, 16)
  for (let i: u32 = 0; i + 1 < n; i++) {
    const next = v128.load(keys + (<usize>(i + 1) << 4))
    const nextCode = i32x4.shr_u(next, 16)
    acc = i32x4.add(acc, spread(key))
    const d = f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(acc, turned))
    const nl = i32x4.dot_i16x8_s(acc, factors)
    const score = f32x4.div(f32x4.mul(d, d), sidesProduct(nl, i32x4.sub(weight, nl)))
    const place = i32x4.splat(i)
    const inside = v128.and(i32x4.ge_s(place, from), i32x4.lt_s(place, to))
    const better = v128.and(v128.andnot(f32x4.gt(score, best), i32x4.eq(code, nextCode)), v128.and(inside, some))
    best = v128.bitselect(score, best, better)
    bestAt = v128.bitselect(place, bestAt, better)
    key = next
    code = nextCode
  }
  v128.store(laneSums, best, 32)
  v128.store(laneSums, bestAt, 48)
}

/** The weights of both classes in a key of a small node, as in a sample's payload. */
function spread(key: v128): v128 {
  return v128.or(v128.and(key, i32x4.splat(0xff)), i32x4.shl(v128.and(key, i32x4.splat(0xff00)), 8))
}

function spreadOf(key: u32): u32 {
  return (key & 0xff) | ((key & 0xff00) << 8)
}

/** Keeps a lane's best cut with missing values on the left if it beats what there is. */
function keepSmallGaps(lane: u32, f: u32, n: u32): void {
  const slot = laneSums + (<usize>lane << 2)
  const score = <f64>load<f32>(slot, 32)
  if (score <= bestScore) return
  const place = load<u32>(slot, 48)
  const column = keyRows + (<usize>lane << 2)
  let sum: u32 = 0
  for (let k: usize = 0; k <= place; k++) sum += spreadOf(load<u32>(column + (k << 4)))
  let held = n
  for (; load<u32>(column + (<usize>(held - 1) << 4)) >> 16 == MISSING; held--) {
    sum += spreadOf(load<u32>(column + (<usize>(held - 1) << 4)))
  }
  const at = column + (<usize>place << 4)
  setBest(score, f, load<u32>(at) >> 16, load<u32>(at, 16) >> 16)
  setMissing(GO_LEFT)
  setLeft(sum & 0xffff, sum >> 16, 0, n - held + place + 1)
}

/** A large node where columns lack values: columns that do not go first, together, then the others one by one. */
function lookMixed(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32, c0: u32, c1: u32): void {
  let count: u32 = 0
  let a: u32 = 0
  let b: u32 = 0
  let c: u32 = 0
  let d: u32 = 0
  for (let lane: u32 = 0; lane < 4; lane++) {
    const f = pick4(lane, f0, f1, f2, f3)
    if (hasMissing(f) || (lane > 0 && f == pick4(lane - 1, f0, f1, f2, f3))) continue
    if (count == 0) a = b = c = d = f
    else if (count == 1) b = c = d = f
    else if (count == 2) c = d = f
    else d = f
    count++
  }
  if (count > 0) lookBig(a, b, c, d, first, end, n, c0, c1)
  for (let lane: u32 = 0; lane < 4; lane++) {
    const f = pick4(lane, f0, f1, f2, f3)
    if (hasMissing(f) && (lane == 0 || f != pick4(lane - 1, f0, f1, f2, f3))) lookMissing(f, first, end, n, c0, c1)
  }
}

/** Sorts the node by a feature that lacks values: missing values stand last, then are tried on the left too. */
function lookMissing(f: u32, first: usize, end: usize, n: u32, c0: u32, c1: u32): void {
  const bound = load<u32>(bounds + (<usize>f << 2))
  const lo = bound & 0xffff
  const shift = binned ? shiftOf(bound, min(binsOf(n), maxBins)) : 0
  const at = codes + (<usize>f << 1)
  let out = sortKeys
  for (let p = first; p < end; p += 8, out += 4) {
    const both = load<u32>(p, 4)
    store<u32>(out, (<u32>load<u16>(at + load<u32>(p)) << 16) | ((both | (both >> 8)) & 0xffff))
  }
  const keys = sortByCode(n, 0xffff)
  let m0: u32 = 0
  let m1: u32 = 0
  let present = n
  for (; present > 0; present--) {
    const key = load<u32>(keys + (<usize>(present - 1) << 2))
    if (key >> 16 != MISSING) break
    m0 += key & 0xff
    m1 += (key >> 8) & 0xff
  }
  const gone = n - present
  const light = c0 + c1 < LIGHT
  for (let side = GO_RIGHT; side <= GO_LEFT; side++) {
    if (gone == 0 && side == GO_LEFT) break
    let l0 = side == GO_LEFT ? m0 : 0
    let l1 = side == GO_LEFT ? m1 : 0
    const before = side == GO_LEFT ? gone : 0
    for (let i: u32 = 0; i < present; i++) {
      const key = load<u32>(keys + (<usize>i << 2))
      l0 += key & 0xff
      l1 += (key >> 8) & 0xff
      const code = key >> 16
      let right = NO_RIGHT
      if (i + 1 < present) {
        right = load<u32>(keys + (<usize>(i + 1) << 2)) >> 16
        if (right == code || (right - lo) >> shift == (code - lo) >> shift) continue
      } else if (gone == 0 || side == GO_LEFT) {
        break
      }
      const rows = i + 1 + before
      if (rows < minLeaf || n - rows < minLeaf) continue
      const score = light ? <f64>scoreLight(l0, l1, c0, c1) : scoreHeavy(l0, l1, c0, c1)
      if (wins(score, f)) {
        setBest(score, f, code, right)
        setMissing(gone > 0 ? side : NONE)
        setLeft(l0, l1, 0, rows)
      }
    }
  }
}

function lookRandom(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32, c0: u32, c1: u32): void {
  const at = drawCuts(f0, f1, f2, f3, first, end, 8)
  if (c0 + c1 < LIGHT) countRandom(at, first, end, n, c0, c1)
  else countRandomHeavy(at, first, end, n, c0, c1)
  for (let lane: u32 = 0; lane < 4; lane++) {
    const score = load<f64>(laneSums + (<usize>lane << 3))
    if (score > bestScore) {
      const slot = laneSums + (<usize>lane << 2)
      setBest(score, pick4(lane, f0, f1, f2, f3), 0, 1)
      setThreshold(thresholdOf(lane))
      setLeft(load<u32>(slot, 48), load<u32>(slot, 64), 0, load<u32>(slot, 32))
    }
  }
}

/** Scores the cuts of four features: laneSums gets f64[4] scores, u32[4] rows on the left (at 32), their weights (48, 64). */
function countRandom(at: v128, first: usize, end: usize, n: u32, c0: u32, c1: u32): void {
  let row = gathered
  let rows = i32x4.splat(0)
  let left = i32x4.splat(0)
  for (let p = first; p < end; p += 8, row += 16) {
    const mask = f32x4.le(v128.load(row), at)
    rows = i32x4.sub(rows, mask)
    left = i32x4.add(left, v128.and(mask, v128.load32_splat(p, 4)))
  }
  const d = f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(left, i32x4.splat((-c1 & 0xffff) | (c0 << 16))))
  const nl = i32x4.dot_i16x8_s(left, i32x4.splat(factor0 | (factor1 << 16)))
  const nr = i32x4.sub(i32x4.splat(factor0 * c0 + factor1 * c1), nl)
  const score = f32x4.div(f32x4.mul(d, d), sidesProduct(nl, nr))
  let valid = cutLanes()
  if (minLeaf > 1) {
    valid = v128.and(valid, i32x4.ge_s(rows, i32x4.splat(minLeaf)))
    valid = v128.and(valid, i32x4.ge_s(i32x4.sub(i32x4.splat(n), rows), i32x4.splat(minLeaf)))
  }
  const kept = v128.bitselect(score, f32x4.splat(-1), valid)
  v128.store(laneSums, f64x2.promote_low_f32x4(kept))
  v128.store(laneSums, f64x2.promote_low_f32x4(i64x2.shuffle(kept, kept, 1, 1)), 16)
  v128.store(laneSums, rows, 32)
  v128.store(laneSums, v128.and(left, i32x4.splat(0xffff)), 48)
  v128.store(laneSums, i32x4.shr_u(left, 16), 64)
}

function countRandomHeavy(at: v128, first: usize, end: usize, n: u32, c0: u32, c1: u32): void {
  let row = gathered
  let rows = i32x4.splat(0)
  let first4 = rows
  let second4 = rows
  for (let p = first; p < end; p += 8, row += 16) {
    const mask = f32x4.le(v128.load(row), at)
    const pay = load<u32>(p, 4)
    rows = i32x4.sub(rows, mask)
    first4 = i32x4.add(first4, v128.and(mask, i32x4.splat(pay & 0xffff)))
    second4 = i32x4.add(second4, v128.and(mask, i32x4.splat(pay >> 16)))
  }
  v128.store(laneSums, rows, 32)
  v128.store(laneSums, first4, 48)
  v128.store(laneSums, second4, 64)
  for (let lane: u32 = 0; lane < 4; lane++) {
    const slot = laneSums + (<usize>lane << 2)
    const l = load<u32>(slot, 32)
    const valid = isCut(lane) && l >= minLeaf && n - l >= minLeaf
    store<f64>(laneSums + (<usize>lane << 3), valid ? scoreHeavy(load<u32>(slot, 48), load<u32>(slot, 64), c0, c1) : -1)
  }
}

/** Most bins of a node of n rows: about one for two or three rows. */
export function binsOf(n: u32): u32 {
  return min<u32>(256, max<u32>(16, 1 << (31 - clz((n * 2) / 5))))
}

export function shiftOf(bound: u32, bins: u32): u32 {
  const span = (bound >> 16) - (bound & 0xffff)
  return span < bins ? 0 : 32 - clz(span / bins)
}

function lookBig(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32, c0: u32, c1: u32): void {
  const b0 = load<u32>(bounds + (<usize>f0 << 2))
  const b1 = load<u32>(bounds + (<usize>f1 << 2))
  const b2 = load<u32>(bounds + (<usize>f2 << 2))
  const b3 = load<u32>(bounds + (<usize>f3 << 2))
  let bins = binsOf(n)
  if (binned) bins = min(bins, maxBins)
  const s0 = shiftOf(b0, bins)
  const s1 = shiftOf(b1, bins)
  const s2 = shiftOf(b2, bins)
  const s3 = shiftOf(b3, bins)
  const lo0 = b0 & 0xffff
  const lo1 = b1 & 0xffff
  const lo2 = b2 & 0xffff
  const lo3 = b3 & 0xffff
  const used = max(
    max(((b0 >> 16) - lo0) >> s0, ((b1 >> 16) - lo1) >> s1),
    max(((b2 >> 16) - lo2) >> s2, ((b3 >> 16) - lo3) >> s3),
  ) + 1
  const at0 = codes + (<usize>f0 << 1)
  const at1 = codes + (<usize>f1 << 1)
  const at2 = codes + (<usize>f2 << 1)
  const at3 = codes + (<usize>f3 << 1)
  const h = histogram
  const gaps = missing != 0 && (hasMissing(f0) || hasMissing(f1) || hasMissing(f2) || hasMissing(f3))
  if (gaps) {
    fillWithGaps(f0, f1, f2, f3, s0, s1, s2, s3, used, first, end, c0 + c1 < LIGHT)
  } else if (c0 + c1 < LIGHT) {
    clearBytes(h, <usize>used << 4)
    for (let p = first; p < end; p += 8) {
      const row = load<u32>(p)
      const pay = load<u32>(p, 4)
      const a = h + (<usize>((<u32>load<u16>(at0 + row) - lo0) >> s0) << 4)
      const b = h + (<usize>((<u32>load<u16>(at1 + row) - lo1) >> s1) << 4)
      const c = h + (<usize>((<u32>load<u16>(at2 + row) - lo2) >> s2) << 4)
      const d = h + (<usize>((<u32>load<u16>(at3 + row) - lo3) >> s3) << 4)
      store<u32>(a, load<u32>(a) + pay)
      store<u32>(b, load<u32>(b, 4) + pay, 4)
      store<u32>(c, load<u32>(c, 8) + pay, 8)
      store<u32>(d, load<u32>(d, 12) + pay, 12)
    }
  } else {
    memory.fill(h, 0, <usize>used << 5)
    for (let p = first; p < end; p += 8) {
      const row = load<u32>(p)
      const both = load<u32>(p, 4)
      const pay = <u64>(both & 0xffff) | (<u64>(both >> 16) << 32)
      const a = h + (<usize>((<u32>load<u16>(at0 + row) - lo0) >> s0) << 5)
      const b = h + (<usize>((<u32>load<u16>(at1 + row) - lo1) >> s1) << 5)
      const c = h + (<usize>((<u32>load<u16>(at2 + row) - lo2) >> s2) << 5)
      const d = h + (<usize>((<u32>load<u16>(at3 + row) - lo3) >> s3) << 5)
      store<u64>(a, load<u64>(a) + pay)
      store<u64>(b, load<u64>(b, 8) + pay, 8)
      store<u64>(c, load<u64>(c, 16) + pay, 16)
      store<u64>(d, load<u64>(d, 24) + pay, 24)
    }
  }
  tryBins(GO_RIGHT, gaps, f0, f1, f2, f3, s0, s1, s2, s3, used, first, end, n, c0, c1)
  if (gaps) tryBins(GO_LEFT, gaps, f0, f1, f2, f3, s0, s1, s2, s3, used, first, end, n, c0, c1)
}

/** Tries the cuts of a filled histogram with missing values on one side; `gaps` tells whether there may be any. */
function tryBins(
  side: u32,
  gaps: bool,
  f0: u32,
  f1: u32,
  f2: u32,
  f3: u32,
  s0: u32,
  s1: u32,
  s2: u32,
  s3: u32,
  used: u32,
  first: usize,
  end: usize,
  n: u32,
  c0: u32,
  c1: u32,
): void {
  const h = histogram
  const lo0 = load<u16>(bounds + (<usize>f0 << 2))
  const lo1 = load<u16>(bounds + (<usize>f1 << 2))
  const lo2 = load<u16>(bounds + (<usize>f2 << 2))
  const lo3 = load<u16>(bounds + (<usize>f3 << 2))
  const light = c0 + c1 < LIGHT
  const start = side == GO_LEFT
  if (light) scanLight(used, c0, c1, start)
  else scanHeavy(used, c0, c1, start)
  if (minLeaf > 1) {
    // The histogram has no counts of rows: every cut is tried in sorted order instead.
    v128.store(laneSums, f64x2.splat(-1))
    v128.store(laneSums, f64x2.splat(-1), 16)
    memory.fill(marks, 15, 256)
    for (let lane: u32 = 0; lane < 4; lane++) {
      const f = pick4(lane, f0, f1, f2, f3)
      if (lane > 0 && f == pick4(lane - 1, f0, f1, f2, f3)) break
      refine(lane, f, pick4(lane, lo0, lo1, lo2, lo3), pick4(lane, s0, s1, s2, s3), used, first, end, c0, c1, light, start)
    }
  } else if (!binned && (s0 | s1 | s2 | s3) != 0) {
    const top = max(bestScore, max(max(laneBest(0), laneBest(1)), max(laneBest(2), laneBest(3))))
    const marked = light
      ? markLight(used, c0, c1, <f32>top, start)
      : markHeavy(used, c0, c1, top, start)
    for (let lane: u32 = 0; lane < 4; lane++) {
      const s = pick4(lane, s0, s1, s2, s3)
      const f = pick4(lane, f0, f1, f2, f3)
      if (s == 0 || (marked & (1 << lane)) == 0 || (start && !lacks(lane, light))) continue
      refine(lane, f, pick4(lane, lo0, lo1, lo2, lo3), s, used, first, end, c0, c1, light, start)
    }
  }
  for (let lane: u32 = 0; lane < 4; lane++) {
    const score = laneBest(lane)
    const f = pick4(lane, f0, f1, f2, f3)
    const gone = gaps && lacks(lane, light)
    if (start ? gone && wins(score, f) : score > bestScore) {
      const s = pick4(lane, s0, s1, s2, s3)
      const lo = pick4(lane, lo0, lo1, lo2, lo3)
      const inside = load<u32>(laneSums + 64 + (<usize>lane << 2))
      if (inside != NOT_KNOWN) {
        setBest(score, f, load<u32>(laneSums + 48 + (<usize>lane << 2)), inside)
        setLeft(load<u32>(laneSums + 80 + (<usize>lane << 2)), load<u32>(laneSums + 96 + (<usize>lane << 2)), 0, 0)
      } else {
        const bin = load<u32>(laneSums + 32 + (<usize>lane << 2))
        let right: u32 = NOT_KNOWN
        if (s == 0) {
          right = bin + 1
          while (right < used && isEmpty(right, lane, light)) right++
          right = right < used ? right + lo : NO_RIGHT
        }
        setBest(score, f, lo + ((bin + 1) << s) - 1, right)
        let l0 = start ? gone0(lane, light) : 0
        let l1 = start ? gone1(lane, light) : 0
        if (c0 + c1 < LIGHT) {
          for (let b: u32 = 0; b <= bin; b++) {
            const cell = load<u32>(h + (<usize>b << 4) + (<usize>lane << 2))
            l0 += cell & 0xffff
            l1 += cell >> 16
          }
        } else {
          for (let b: u32 = 0; b <= bin; b++) {
            const cell = load<u64>(h + (<usize>b << 5) + (<usize>lane << 3))
            l0 += <u32>cell
            l1 += <u32>(cell >> 32)
          }
        }
        setLeft(l0, l1, 0, 0)
      }
      if (gone) setMissing(side)
    }
  }
}

/*
 * laneSums while a big node is looked at: f64[4] best score, u32[4] its bin (at 32), and for a cut inside a bin u32[4]
 * cut (48), right code (64; NOT_KNOWN marks a cut at the end of a bin), left weights of both classes (80, 96).
 */
function laneBest(lane: u32): f64 {
  return load<f64>(laneSums + (<usize>lane << 3))
}

function isEmpty(bin: u32, lane: u32, light: bool): bool {
  return light
    ? load<u32>(histogram + (<usize>bin << 4) + (<usize>lane << 2)) == 0
    : load<u64>(histogram + (<usize>bin << 5) + (<usize>lane << 3)) == 0
}

/** Weights of both classes that lack a value. */
function gone0(lane: u32, light: bool): u32 {
  return light ? load<u16>(histogram + (GONE << 4) + (<usize>lane << 2)) : load<u32>(histogram + (GONE << 5) + (<usize>lane << 3))
}

function gone1(lane: u32, light: bool): u32 {
  return light
    ? load<u16>(histogram + (GONE << 4) + (<usize>lane << 2), 2)
    : load<u32>(histogram + (GONE << 5) + (<usize>lane << 3), 4)
}

function lacks(lane: u32, light: bool): bool {
  return !isEmpty(<u32>GONE, lane, light)
}

function scanLight(used: u32, c0: u32, c1: u32, start: bool): void {
  const h = histogram
  const factors = i32x4.splat(factor0 | (factor1 << 16))
  const turned = i32x4.splat((-c1 & 0xffff) | (c0 << 16))
  const weight = i32x4.splat(factor0 * c0 + factor1 * c1)
  let acc = start ? v128.load(h + (GONE << 4)) : i32x4.splat(0)
  let best = f32x4.splat(-1)
  let bestAt = i32x4.splat(0)
  for (let b: u32 = 0; b < used; b++) {
    acc = i32x4.add(acc, v128.load(h + (<usize>b << 4)))
    const d = f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(acc, turned))
    const nl = i32x4.dot_i16x8_s(acc, factors)
    const score = f32x4.div(f32x4.mul(d, d), sidesProduct(nl, i32x4.sub(weight, nl)))
    // An empty side gives 0/0, which beats nothing.
    const better = f32x4.gt(score, best)
    best = v128.bitselect(score, best, better)
    bestAt = v128.bitselect(i32x4.splat(b), bestAt, better)
  }
  v128.store(laneSums, f64x2.promote_low_f32x4(best))
  v128.store(laneSums, f64x2.promote_low_f32x4(i8x16.shuffle(best, best, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)), 16)
  v128.store(laneSums, bestAt, 32)
  v128.store(laneSums, i32x4.splat(-1), 64)
}

function scanHeavy(used: u32, c0: u32, c1: u32, start: bool): void {
  for (let lane: u32 = 0; lane < 4; lane++) {
    let best: f64 = -1
    let bestAt: u32 = 0
    let l0: f64 = start ? gone0(lane, false) : 0
    let l1: f64 = start ? gone1(lane, false) : 0
    const t0 = <f64>c0
    const t1 = <f64>c1
    let cell = histogram + (<usize>lane << 3)
    for (let b: u32 = 0; b < used; b++, cell += 32) {
      l0 += <f64>load<u32>(cell)
      l1 += <f64>load<u32>(cell, 4)
      const score = scoreHeavy(l0, l1, t0, t1)
      if (score > best) {
        best = score
        bestAt = b
      }
    }
    store<f64>(laneSums + (<usize>lane << 3), best)
    store<u32>(laneSums + 32 + (<usize>lane << 2), bestAt)
  }
  v128.store(laneSums, i32x4.splat(-1), 64)
}

export function scoreHeavy(l0: f64, l1: f64, t0: f64, t1: f64): f64 {
  const d = l1 * t0 - l0 * t1
  const nl = <f64>factor0 * l0 + <f64>factor1 * l1
  return (d * d) / (nl * (<f64>factor0 * t0 + <f64>factor1 * t1 - nl))
}

export function scoreLight(l0: u32, l1: u32, t0: u32, t1: u32): f32 {
  const d = <f32>(<i32>(l1 * t0 - l0 * t1))
  const nl = factor0 * l0 + factor1 * l1
  return (d * d) / (<f32>nl * <f32>(factor0 * t0 + factor1 * t1 - nl))
}

function sidesProduct(left: v128, right: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(left), f32x4.convert_i32x4_s(right))
}

/*
 * The score is convex in the two left weights, so no cut inside a bin beats the better of the bin's corners: all of one
 * class on the left, or all of the other. Marks the bins that could hold something better than `top`; answers the lanes.
 */
function markLight(used: u32, c0: u32, c1: u32, top: f32, start: bool): u32 {
  const h = histogram
  const factors = i32x4.splat(factor0 | (factor1 << 16))
  const turned = i32x4.splat((-c1 & 0xffff) | (c0 << 16))
  const weight = i32x4.splat(factor0 * c0 + factor1 * c1)
  const low = i32x4.splat(0xffff)
  const floor = f32x4.splat(top / SLACK)
  const zero = i32x4.splat(0)
  let acc = start ? v128.load(h + (GONE << 4)) : zero
  let any: i32 = 0
  for (let b: u32 = 0; b < used; b++) {
    const cell = v128.load(h + (<usize>b << 4))
    const first = v128.and(cell, low)
    const second = v128.andnot(cell, low)
    const a = i32x4.add(acc, first)
    const c = i32x4.add(acc, second)
    acc = i32x4.add(acc, cell)
    const da = f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(a, turned))
    const na = i32x4.dot_i16x8_s(a, factors)
    const dc = f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(c, turned))
    const nc = i32x4.dot_i16x8_s(c, factors)
    const ba = f32x4.mul(sidesProduct(na, i32x4.sub(weight, na)), floor)
    const bc = f32x4.mul(sidesProduct(nc, i32x4.sub(weight, nc)), floor)
    const pure = v128.or(i32x4.eq(first, zero), i32x4.eq(second, zero))
    const mark = i32x4.bitmask(
      v128.andnot(v128.or(f32x4.ge(f32x4.mul(da, da), ba), f32x4.ge(f32x4.mul(dc, dc), bc)), pure),
    )
    store<u8>(marks + <usize>b, <u8>mark)
    any |= mark
  }
  return any
}

function markHeavy(used: u32, c0: u32, c1: u32, top: f64, start: bool): u32 {
  const t0 = <f64>c0
  const t1 = <f64>c1
  const floor = top / SLACK
  let any: u32 = 0
  memory.fill(marks, 0, used)
  for (let lane: u32 = 0; lane < 4; lane++) {
    let l0: f64 = start ? gone0(lane, false) : 0
    let l1: f64 = start ? gone1(lane, false) : 0
    let cell = histogram + (<usize>lane << 3)
    for (let b: u32 = 0; b < used; b++, cell += 32) {
      const a0 = <f64>load<u32>(cell)
      const a1 = <f64>load<u32>(cell, 4)
      if (a0 != 0 && a1 != 0) {
        if (scoreHeavy(l0 + a0, l1, t0, t1) >= floor || scoreHeavy(l0, l1 + a1, t0, t1) >= floor) {
          const at = marks + <usize>b
          store<u8>(at, <u8>(<u32>load<u8>(at) | (1 << lane)))
          any |= 1 << lane
        }
      }
      l0 += a0
      l1 += a1
    }
  }
  return any
}

/** Tries the cuts inside the marked bins of a lane, in order, against the lane's best. */
function refine(lane: u32, f: u32, lo: u32, shift: u32, used: u32, first: usize, end: usize, c0: u32, c1: u32, light: bool, start: bool): void {
  const at = codes + (<usize>f << 1)
  const wanted: u32 = 1 << lane
  // Most rows lie outside the stretch that holds the marked bins: they are left behind before anything else is done.
  let firstBin: u32 = 0
  while ((<u32>load<u8>(marks + <usize>firstBin) & wanted) == 0) firstBin++
  let lastBin = used - 1
  while ((<u32>load<u8>(marks + <usize>lastBin) & wanted) == 0) lastBin--
  const from = lo + (firstBin << shift)
  let width = (lastBin - firstBin + 1) << shift
  if (hasMissing(f)) width = min(width, MISSING - from)
  let kept = spare
  for (let p = first; p < end; p += 8) {
    const sample = load<u64>(p)
    store<u64>(kept, sample)
    kept += <usize>(<u32>load<u16>(at + <usize>(<u32>sample)) - from < width) << 3
  }
  let out = sortKeys
  for (let p = spare; p < kept; p += 8) {
    const both = load<u32>(p, 4)
    const code = <u32>load<u16>(at + load<u32>(p)) - lo
    store<u32>(out, (code << 16) | ((both | (both >> 8)) & 0xffff))
    out += <usize>((<u32>load<u8>(marks + <usize>(code >> shift)) & wanted) != 0) << 2
  }
  const count = <u32>((out - sortKeys) >> 2)
  if (count < 2) return
  const bound = load<u32>(bounds + (<usize>f << 2))
  const keys = sortByCode(count, (bound >> 16) - (bound & 0xffff))
  const stop = keys + (<usize>count << 2)
  let best = laneBest(lane)
  let bestCode: u32 = best < 0 ? NOT_KNOWN : ((load<u32>(laneSums + 32 + (<usize>lane << 2)) + 1) << shift) - 1
  let bin: u32 = 0
  let before0: u32 = start ? gone0(lane, light) : 0
  let before1: u32 = start ? gone1(lane, light) : 0
  let l0: u32 = 0
  let l1: u32 = 0
  let current = NOT_KNOWN
  for (let p = keys; p < stop; p += 4) {
    const key = load<u32>(p)
    const code = key >> 16
    if (code >> shift != current) {
      current = code >> shift
      for (; bin < current; bin++) {
        if (light) {
          const cell = load<u32>(histogram + (<usize>bin << 4) + (<usize>lane << 2))
          before0 += cell & 0xffff
          before1 += cell >> 16
        } else {
          const cell = load<u64>(histogram + (<usize>bin << 5) + (<usize>lane << 3))
          before0 += <u32>cell
          before1 += <u32>(cell >> 32)
        }
      }
      l0 = before0
      l1 = before1
    }
    l0 += key & 0xff
    l1 += (key >> 8) & 0xff
    if (p + 4 == stop) break
    const next = load<u32>(p, 4) >> 16
    if (next == code) continue
    if (minLeaf > 1) {
      const left = <u32>((p - keys) >> 2) + 1
      if (left < minLeaf || count - left < minLeaf || (binned && next >> shift == current)) continue
    } else if (next >> shift != current) {
      continue
    }
    const score = light ? <f64>scoreLight(l0, l1, c0, c1) : scoreHeavy(l0, l1, c0, c1)
    if (score > best || (score == best && code < bestCode)) {
      best = score
      bestCode = code
      const slot = laneSums + (<usize>lane << 2)
      store<u32>(slot, code + lo, 48)
      store<u32>(slot, next + lo, 64)
      store<u32>(slot, l0, 80)
      store<u32>(slot, l1, 96)
    }
  }
  store<f64>(laneSums + (<usize>lane << 3), best)
}
