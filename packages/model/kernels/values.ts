import { accept, bestCut, bestFeature, bestRight, bestScore, bestThreshold, binned, GO_LEFT, GO_RIGHT, NONE, NO_RIGHT, setMissing, leftFirst, leftRows, leftSecond, NOT_KNOWN, setBest, setBinned, setLeft, setThreshold, startNode, startSearch } from './best'
import { budget, pause, spend, startBudget } from './budget'
import { cutTwoRows, drawCuts, isCut, setGroup, thresholdOf } from './cuts'
import { drawFeatures, drawVarying, firstVarying, setAsideLevels, wins, startOrder } from './draw'
import { binOf, GONE, goneCode } from './gaps'
import { lookLevelsOfValues } from './level-cuts'
import { keepPair } from './levels'
import { NETWORK_ROWS, sortColumns } from './network'
import { endTree, linkRight, startTree, writeLeaf, writeSides, writeSplit, writeValue } from './nodes'
import { leftEdge, partByThreshold, partWide, partWideAndFindEdges, rightEdge } from './part'
import { startPath, stepBack, stepLeft, stepRight, undoCount } from './path'
import { seedRandom } from './random'
import { drawSamples } from './sample'
import { sortWideByCode } from './sort'
import {
  bounds,
  candidates,
  codes,
  drawn,
  features,
  fixedLowest,
  fixedScale,
  fixedStep,
  fixedValues,
  FRAME,
  gathered,
  histogram,
  importances,
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
  rows,
  rowSums,
  samples,
  sortWide,
  stack,
  stride,
  targetValues,
} from './state'
import { binsOf, pick4, shiftOf } from './two'

/*
 * Trees of numbers. A sample is 16 bytes: byte offset of its codes, weight << 24 | its place in the range of values
 * (24 bits, rounded down), and f64 weight * value, where values are whole numbers whose sums stay below 2^53. With sl, S
 * the sums and nl, nr, N the weights on the left, on the right and in the node, the score of a cut is
 *
 *   (sl N - S nl)^2 / (nl nr)  =  decrease of the squared error * N
 *
 * in float64; in nodes of at most NETWORK_ROWS rows see lookSmall.
 */

const SLACK: f64 = 1.000000001
const CELL: u32 = 6

/** Grows a tree; answers its weight, or 0 when a row weighs too much. */
export function growValues(state: u64, stream: u64, rowsAtOnce: i32): u32 {
  startBudget(rowsAtOnce)
  seedRandom(state, stream)
  startTree()
  startOrder()
  startPath()
  memory.fill(importances, 0, <usize>features << 3)
  if (!drawSamples()) return 0
  let out = samples
  let offset: u32 = 0
  let weight: u32 = 0
  let sum: f64 = 0
  const perStep = 1 / fixedStep
  for (let row: usize = 0; row < rows; row++, offset += stride) {
    const w = <u32>load<u8>(drawn + row)
    const value = load<f64>(fixedValues + (row << 3))
    const place = <u32>((value - fixedLowest) * perStep)
    store<u32>(out, offset)
    store<u32>(out, (w << 24) | place, 4)
    store<f64>(out, <f64>w * value, 8)
    out += <usize>(w != 0) << 4
    weight += w
    sum += <f64>w * value
  }
  startSearch(weight, maxBins != 0 && !randomCuts)
  if (walk(samples, out, weight, sum, 0, stack)) endTree()
  else pause()
  return weight
}

// Where a paused tree goes on.
let savedFirst: usize = 0
let savedEnd: usize = 0
let savedWeight: u32 = 0
let savedSum: f64 = 0
let savedDepth: u32 = 0
let savedFrame: usize = 0

export function resumeValues(): bool {
  return walk(savedFirst, savedEnd, savedWeight, savedSum, savedDepth, savedFrame)
}

function walk(first: usize, end: usize, weight: u32, sum: f64, depth: u32, frame: usize): bool {
  let pure = onlyValue(first, end)
  while (true) {
    const n = <u32>((end - first) >> 4)
    if (budget <= 0) {
      savedFirst = first
      savedEnd = end
      savedWeight = weight
      savedSum = sum
      savedDepth = depth
      savedFrame = frame
      return false
    }
    spend(n)
    let split = false
    if (!pure && n >= minSplit && n >= minLeaf << 1 && depth < maxDepth) split = findCut(first, end, n, weight, sum)
    if (split) {
      const f = bestFeature
      const nl = <u32>leftFirst
      const sl = leftSecond
      let middle: usize
      let left = bestCut
      let right = bestRight
      if (right == NOT_KNOWN) {
        middle = partWideAndFindEdges(f, bestCut, first, end)
        left = leftEdge
        right = rightEdge
      } else {
        middle = randomCuts ? partByThreshold(f, bestThreshold, first, end, 16) : partWide(f, bestCut, first, end)
      }
      const node = writeSplit(f, left, right)
      writeSides(node, <u32>((middle - first) >> 4), <u32>((end - middle) >> 4))
      depth++
      if (onlyValue(first, middle)) {
        writeLeaf(<u32>((middle - first) >> 4))
        writeValue(valueOf(first))
        linkRight(node)
        if (n > <u32>NETWORK_ROWS && !randomCuts) stepRight(f, right)
        first = middle
        weight -= nl
        sum -= sl
        pure = onlyValue(first, end)
      } else {
        store<u32>(frame, <u32>middle)
        store<u32>(frame, <u32>end, 4)
        store<u32>(frame, weight - nl, 8)
        store<u32>(frame, depth, 16)
        store<u32>(frame, node, 20)
        store<u32>(frame, undoCount, 24)
        store<u32>(frame, f, 28)
        store<u32>(frame, right, 32)
        store<f64>(frame, sum - sl, 40)
        frame += FRAME
        if (n > <u32>NETWORK_ROWS && !randomCuts) stepLeft(f, left)
        end = middle
        weight = nl
        sum = sl
        pure = false
      }
      continue
    }
    writeLeaf(n)
    writeValue(pure ? valueOf(first) : meanOf(first, end, weight))
    if (frame == stack) return true
    frame -= FRAME
    first = load<u32>(frame)
    end = load<u32>(frame, 4)
    weight = load<u32>(frame, 8)
    depth = load<u32>(frame, 16)
    linkRight(load<u32>(frame, 20))
    stepBack(load<u32>(frame, 24))
    sum = load<f64>(frame, 40)
    if (end - first > <usize>(NETWORK_ROWS << 4) && !randomCuts) stepRight(load<u32>(frame, 28), load<u32>(frame, 32))
    pure = onlyValue(first, end)
  }
}

function onlyValue(first: usize, end: usize): bool {
  const pay = load<u32>(first, 4)
  const place = pay & 0xffffff
  for (let p = first + 16; p < end; p += 16) if ((load<u32>(p, 4) & 0xffffff) != place) return false
  const weight = <f64>(pay >> 24)
  const product = load<f64>(first, 8)
  for (let p = first + 16; p < end; p += 16) {
    if (load<f64>(p, 8) * weight != product * <f64>(load<u32>(p, 4) >> 24)) return false
  }
  return true
}

function valueOf(at: usize): f64 {
  return load<f64>(targetValues + (<usize>(load<u32>(at) / stride) << 3))
}

function meanOf(first: usize, end: usize, weight: u32): f64 {
  let sum: f64 = 0
  for (let p = first; p < end; p += 16) sum += <f64>(load<u32>(p, 4) >> 24) * valueOf(p)
  return sum / <f64>weight
}

function findCut(first: usize, end: usize, n: u32, weight: u32, sum: f64): bool {
  startNode()
  let count = drawFeatures()
  if (n == 2) {
    for (let i: u32 = 0; i < count; i++) {
      const f = load<u32>(candidates + (<usize>i << 2))
      if (randomCuts ? cutPairAnywhere(f, i, first) : cutPair(f, first)) return accept(decreaseOf(weight, sum))
    }
  } else {
    const drawn = count
    if (levels != 0) count = setAsideLevels(count)
    for (let i: u32 = 0; i < count; i += 4) {
    setGroup(i)
      const last = count - 1
      look(
        load<u32>(candidates + (<usize>i << 2)),
        load<u32>(candidates + (<usize>min(i + 1, last) << 2)),
        load<u32>(candidates + (<usize>min(i + 2, last) << 2)),
        load<u32>(candidates + (<usize>min(i + 3, last) << 2)),
        first,
        end,
        n,
        weight,
        sum,
      )
    }
    for (let i: u32 = 0; i < drawn - count; i++) {
      lookLevelsOfValues(load<u32>(levelCandidates + (<usize>i << 2)), first, end, n, weight, sum)
    }
  }
  if (bestScore < 0) {
    while (bestScore < 0) {
      setGroup(0)
      const f = drawVarying(first, end)
      if (f < 0) break
      look(f, f, f, f, first, end, n, weight, sum)
    }
    if (bestScore < 0 && binned && n > <u32>NETWORK_ROWS) {
      const f = firstVarying(first, end)
      if (f < 0) return false
      setBinned(false)
      look(f, f, f, f, first, end, n, weight, sum)
      setBinned(true)
    }
    if (bestScore < 0) return false
  }
  return accept(decreaseOf(weight, sum))
}

function decreaseOf(weight: u32, sum: f64): f64 {
  return score(leftFirst, leftSecond, <f64>weight, sum) / <f64>weight / fixedScale / fixedScale
}

export function score(nl: f64, sl: f64, weight: f64, sum: f64): f64 {
  const d = sl * weight - sum * nl
  return (d * d) / (nl * (weight - nl))
}

function cutPair(f: u32, first: usize): bool {
  const at = codes + (<usize>f << 1)
  const codeA = <u32>load<u16>(at + load<u32>(first))
  const codeB = <u32>load<u16>(at + load<u32>(first, 16))
  if (codeA == codeB) return false
  const gone = max(codeA, codeB) == MISSING && hasMissing(f)
  let isFirst = codeA < codeB
  // Of two levels that of the lower value goes left.
  if (levelCount(f) > 0) {
    if (!gone) isFirst = load<f64>(first, 8) * weightAt(first + 16) < load<f64>(first, 24) * weightAt(first)
    setBest(1, f, 0, NO_RIGHT)
    keepPair(f, isFirst ? codeA : codeB, isFirst ? codeB : codeA)
  } else {
    setBest(1, f, min(codeA, codeB), gone ? NO_RIGHT : max(codeA, codeB))
  }
  const left = isFirst ? first : first + 16
  if (gone) setMissing(GO_RIGHT)
  setLeft(<f64>(load<u32>(left, 4) >> 24), load<f64>(left, 8), 0, 1)
  return true
}

function weightAt(sample: usize): f64 {
  return <f64>(load<u32>(sample, 4) >> 24)
}

function cutPairAnywhere(f: u32, candidate: u32, first: usize): bool {
  const left = cutTwoRows(f, candidate, first, first + 16)
  if (left == 0) return false
  setBest(1, f, 0, 1)
  setLeft(<f64>(load<u32>(left, 4) >> 24), load<f64>(left, 8), 0, 1)
  return true
}

function look(
  f0: u32,
  f1: u32,
  f2: u32,
  f3: u32,
  first: usize,
  end: usize,
  n: u32,
  weight: u32,
  sum: f64,
): void {
  if (levelCount(f0) > 0) lookLevelsOfValues(f0, first, end, n, weight, sum)
  else if (randomCuts) lookRandom(f0, f1, f2, f3, first, end, n, weight, sum)
  else if (n <= <u32>NETWORK_ROWS) lookSmall(f0, f1, f2, f3, first, end, n, weight, sum)
  else if (missing != 0 && minLeaf > 1) lookMixed(f0, f1, f2, f3, first, end, n, weight, sum)
  else lookBig(f0, f1, f2, f3, first, end, n, weight, sum)
}

/*
 * A small node's weighted values, less the node's mean, are rounded to int32 so that no sum leaves int32: sums are exact
 * and cuts that part the rows alike tie exactly. With d the left sum less the right one, the score d^2 / (nl nr) is
 * taken in float32; times `unit` it is comparable with that of other groups of features of the same node only.
 */
function lookSmall(
  f0: u32,
  f1: u32,
  f2: u32,
  f3: u32,
  first: usize,
  end: usize,
  n: u32,
  weight: u32,
  sum: f64,
): void {
  const keys = keyRows
  const values = rowSums
  const at0 = codes + (<usize>f0 << 1)
  const at1 = codes + (<usize>f1 << 1)
  const at2 = codes + (<usize>f2 << 1)
  const at3 = codes + (<usize>f3 << 1)
  const all = roundValues(first, end, weight, sum)
  let out = keys
  let i: u32 = 0
  for (let p = first; p < end; p += 16, out += 16, i++) {
    const row = load<u32>(p)
    let v = i32x4.splat(((load<u32>(p, 4) >> 24) << 8) | i)
    v = v128.load_lane<u16>(at0 + row, v, 1)
    v = v128.load_lane<u16>(at1 + row, v, 3)
    v = v128.load_lane<u16>(at2 + row, v, 5)
    v = v128.load_lane<u16>(at3 + row, v, 7)
    v128.store(out, v)
  }
  sortColumns(keys, n)
  const byte = i32x4.splat(0xff)
  const total = i32x4.splat(all)
  const whole = f32x4.splat(<f32>weight)
  let left = i32x4.splat(0)
  let acc = i32x4.splat(0)
  let best = f32x4.splat(-1)
  let bestAt = i32x4.splat(0)
  let key = v128.load(keys)
  let code = i32x4.shr_u(key, 16)
  for (let j: u32 = 0; j < n - minLeaf; j++) {
    const at = keys + (<usize>j << 4)
    const next = v128.load(at + 16)
    const nextCode = i32x4.shr_u(next, 16)
    let q = v128.load32_zero(values + (<usize>load<u8>(at) << 2))
    q = v128.load_lane<u32>(values + (<usize>load<u8>(at, 4) << 2), q, 1)
    q = v128.load_lane<u32>(values + (<usize>load<u8>(at, 8) << 2), q, 2)
    q = v128.load_lane<u32>(values + (<usize>load<u8>(at, 12) << 2), q, 3)
    acc = i32x4.add(acc, q)
    left = i32x4.add(left, v128.and(i32x4.shr_u(key, 8), byte))
    const d = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shl(acc, 1), total))
    const nl = f32x4.convert_i32x4_s(left)
    const s = f32x4.div(f32x4.mul(d, d), f32x4.mul(nl, f32x4.sub(whole, nl)))
    const better = v128.andnot(
      f32x4.gt(s, best),
      v128.or(i32x4.eq(code, nextCode), i32x4.splat(j + 1 < minLeaf ? -1 : 0)),
    )
    best = v128.bitselect(s, best, better)
    bestAt = v128.bitselect(i32x4.splat(j), bestAt, better)
    key = next
    code = nextCode
  }
  v128.store(laneSums, best)
  v128.store(laneSums, bestAt, 16)
  for (let lane: u32 = 0; lane < 4; lane++) {
    const s = <f64>load<f32>(laneSums + (<usize>lane << 2))
    const f = pick4(lane, f0, f1, f2, f3)
    const column = keys + (<usize>lane << 2)
    const gone = hasMissing(f) && load<u32>(column + (<usize>(n - 1) << 4)) >> 16 == MISSING
    if (s > bestScore) {
      const place = load<u32>(laneSums + (<usize>lane << 2), 16)
      const at = column + (<usize>place << 4)
      const right = load<u32>(at, 16) >> 16
      setBest(s, f, load<u32>(at) >> 16, gone && right == MISSING ? NO_RIGHT : right)
      if (gone) setMissing(GO_RIGHT)
      setLeftUpTo(column, place, 0, 0, first)
    }
    if (gone && (lane == 0 || f != pick4(lane - 1, f0, f1, f2, f3))) {
      scanSmallMissing(column, f, first, n, weight, all)
    }
  }
}

/** The exact weight and sum of sorted samples 0..place, and of `n - held` more that lack a value. */
function setLeftUpTo(column: usize, place: u32, held: u32, n: u32, first: usize): void {
  let nl: u32 = 0
  let sl: f64 = 0
  for (let j: usize = 0; j <= place; j++) {
    const k = load<u32>(column + (j << 4))
    nl += (k >> 8) & 0xff
    sl += load<f64>(first + (<usize>(k & 0xff) << 4), 8)
  }
  for (let j: usize = held; j < n; j++) {
    const k = load<u32>(column + (j << 4))
    nl += (k >> 8) & 0xff
    sl += load<f64>(first + (<usize>(k & 0xff) << 4), 8)
  }
  setLeft(nl, sl, 0, place + 1 + n - held)
}

/** Tries the cuts of a sorted column with its missing values on the left. */
function scanSmallMissing(column: usize, f: u32, first: usize, n: u32, weight: u32, all: i32): void {
  let nl: u32 = 0
  let sl: i32 = 0
  let held = n
  for (; held > 0; held--) {
    const key = load<u32>(column + (<usize>(held - 1) << 4))
    if (key >> 16 != MISSING) break
    nl += (key >> 8) & 0xff
    sl += load<i32>(rowSums + (<usize>(key & 0xff) << 2))
  }
  for (let i: u32 = 0; i + 1 < held; i++) {
    const key = load<u32>(column + (<usize>i << 4))
    const next = load<u32>(column + (<usize>(i + 1) << 4)) >> 16
    nl += (key >> 8) & 0xff
    sl += load<i32>(rowSums + (<usize>(key & 0xff) << 2))
    const rows = n - held + i + 1
    if (next == key >> 16 || rows < minLeaf || n - rows < minLeaf) continue
    const twice: i32 = sl << 1
    const d = <f32>(twice - all)
    const s = <f64>((d * d) / (<f32>nl * <f32>(weight - nl)))
    if (s > bestScore) {
      setBest(s, f, key >> 16, next)
      setMissing(GO_LEFT)
      setLeftUpTo(column, i, held, n, first)
    }
  }
}

/** A large node where columns lack values: columns that do not go first, together, then the others one by one. */
function lookMixed(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32, weight: u32, sum: f64): void {
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
  if (count > 0) lookBig(a, b, c, d, first, end, n, weight, sum)
  for (let lane: u32 = 0; lane < 4; lane++) {
    const f = pick4(lane, f0, f1, f2, f3)
    if (hasMissing(f) && (lane == 0 || f != pick4(lane - 1, f0, f1, f2, f3))) lookMissing(f, first, end, n, weight, sum)
  }
}

/** Sorts the node by a feature that lacks values: missing values stand last, then are tried on the left too. */
function lookMissing(f: u32, first: usize, end: usize, n: u32, weight: u32, sum: f64): void {
  const bound = load<u32>(bounds + (<usize>f << 2))
  const lo = bound & 0xffff
  const shift = binned ? shiftOf(bound, min(binsOf(n), maxBins)) : 0
  const at = codes + (<usize>f << 1)
  let out = sortWide
  for (let p = first; p < end; p += 16, out += 8) {
    store<u32>(out, <u32>(p - first))
    store<u32>(out, load<u16>(at + load<u32>(p)), 4)
  }
  const keys = sortWideByCode(n, 0xffff)
  let missingWeight: f64 = 0
  let missingSum: f64 = 0
  let held = n
  for (; held > 0; held--) {
    const key = keys + (<usize>(held - 1) << 3)
    if (load<u32>(key, 4) != MISSING) break
    const sample = first + load<u32>(key)
    missingWeight += <f64>(load<u32>(sample, 4) >> 24)
    missingSum += load<f64>(sample, 8)
  }
  const gone = n - held
  for (let side = GO_RIGHT; side <= GO_LEFT; side++) {
    if (gone == 0 && side == GO_LEFT) break
    let nl = side == GO_LEFT ? missingWeight : 0
    let sl = side == GO_LEFT ? missingSum : 0
    const before = side == GO_LEFT ? gone : 0
    for (let i: u32 = 0; i < held; i++) {
      const key = keys + (<usize>i << 3)
      const sample = first + load<u32>(key)
      nl += <f64>(load<u32>(sample, 4) >> 24)
      sl += load<f64>(sample, 8)
      const code = load<u32>(key, 4)
      let right = NO_RIGHT
      if (i + 1 < held) {
        right = load<u32>(key, 12)
        if (right == code || (right - lo) >> shift == (code - lo) >> shift) continue
      } else if (gone == 0 || side == GO_LEFT) {
        break
      }
      const rows = i + 1 + before
      if (rows < minLeaf || n - rows < minLeaf) continue
      const s = score(nl, sl, weight, sum)
      if (wins(s, f)) {
        setBest(s, f, code, right)
        setMissing(gone > 0 ? side : NONE)
        setLeft(nl, sl, 0, rows)
      }
    }
  }
}

function lookRandom(
  f0: u32,
  f1: u32,
  f2: u32,
  f3: u32,
  first: usize,
  end: usize,
  n: u32,
  weight: u32,
  sum: f64,
): void {
  const at = drawCuts(f0, f1, f2, f3, first, end, 16)
  const small = n <= <u32>NETWORK_ROWS
  const all = small ? roundValues(first, end, weight, sum) : 0
  let row = gathered
  let value = rowSums
  let count = i32x4.splat(0)
  let left = count
  let rounded = count
  let low = f64x2.splat(0)
  let high = low
  for (let p = first; p < end; p += 16, row += 16, value += 4) {
    const mask = f32x4.le(v128.load(row), at)
    const product = f64x2.splat(load<f64>(p, 8))
    count = i32x4.sub(count, mask)
    left = i32x4.add(left, v128.and(mask, i32x4.splat(load<u32>(p, 4) >> 24)))
    low = f64x2.add(low, v128.and(i64x2.extend_low_i32x4_s(mask), product))
    high = f64x2.add(high, v128.and(i64x2.extend_high_i32x4_s(mask), product))
    if (small) rounded = i32x4.add(rounded, v128.and(mask, i32x4.splat(load<i32>(value))))
  }
  v128.store(laneSums, count)
  v128.store(laneSums, left, 16)
  v128.store(laneSums, rounded, 32)
  v128.store(laneSums, low, 48)
  v128.store(laneSums, high, 64)
  for (let lane: u32 = 0; lane < 4; lane++) {
    const slot = laneSums + (<usize>lane << 2)
    const rows = load<u32>(slot)
    if (!isCut(lane) || rows < minLeaf || n - rows < minLeaf) continue
    const nl = load<u32>(slot, 16)
    const sl = load<f64>(laneSums + (<usize>lane << 3), 48)
    let s: f64
    if (small) {
      const twice: i32 = load<i32>(slot, 32) << 1
      const d = <f32>(twice - all)
      s = <f64>((d * d) / (<f32>nl * <f32>(weight - nl)))
    } else {
      s = score(nl, sl, weight, sum)
    }
    if (s > bestScore) {
      setBest(s, pick4(lane, f0, f1, f2, f3), 0, 1)
      setThreshold(thresholdOf(lane))
      setLeft(nl, sl, 0, rows)
    }
  }
}

/** Writes the values of a small node as i32 to rowSums; answers their sum. */
export function roundValues(first: usize, end: usize, weight: u32, sum: f64): i32 {
  const mean = sum / <f64>weight
  let size: f64 = 0
  for (let p = first; p < end; p += 16) {
    size += abs(load<f64>(p, 8) - <f64>(load<u32>(p, 4) >> 24) * mean)
  }
  // 2^28 / 2^exponent of size: sums stay below 2^30, their doubles within int32.
  const unit = reinterpret<f64>(<u64>(2046 + 28 - ((reinterpret<u64>(size) >> 52) & 0x7ff)) << 52)
  let to = rowSums
  let all: i32 = 0
  for (let p = first; p < end; p += 16, to += 4) {
    const q = <i32>nearest((load<f64>(p, 8) - <f64>(load<u32>(p, 4) >> 24) * mean) * unit)
    store<i32>(to, q)
    all += q
  }
  return all
}

function lookBig(
  f0: u32,
  f1: u32,
  f2: u32,
  f3: u32,
  first: usize,
  end: usize,
  n: u32,
  weight: u32,
  sum: f64,
): void {
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
  memory.fill(h, 0, <usize>used << CELL)
  // Without a fourth feature its lane stays empty, and 0/0 beats nothing.
  const full = f3 != f2
  const refined = !binned && (s0 | s1 | s2 | s3) != 0
  const extremes = h + (260 << CELL)
  const gaps = missing != 0 && (hasMissing(f0) || hasMissing(f1) || hasMissing(f2) || hasMissing(f3))
  if (gaps) {
    fillWithGaps(f0, f1, f2, f3, s0, s1, s2, s3, used, first, end, refined)
  } else if (refined) {
    memory.fill(extremes, 0, <usize>used << 5)
    for (let p = first; p < end; p += 16) {
      const row = load<u32>(p)
      const pay = load<u32>(p, 4)
      const cell = f64x2.replace_lane(v128.load(p), 0, <f64>(pay >> 24))
      const place = pay & 0xffffff
      const far = v128.load64_zero(p)
      const ends = i32x4.replace_lane(i32x4.replace_lane(far, 0, place), 1, 0xffffff - place)
      const i0 = <usize>((<u32>load<u16>(at0 + row) - lo0) >> s0)
      const i1 = <usize>((<u32>load<u16>(at1 + row) - lo1) >> s1)
      const i2 = <usize>((<u32>load<u16>(at2 + row) - lo2) >> s2)
      const a = h + (i0 << CELL)
      const b = h + (i1 << CELL)
      const c = h + (i2 << CELL)
      v128.store(a, f64x2.add(v128.load(a), cell))
      v128.store(b, f64x2.add(v128.load(b, 16), cell), 16)
      v128.store(c, f64x2.add(v128.load(c, 32), cell), 32)
      const ea = extremes + (i0 << 5)
      const eb = extremes + (i1 << 5)
      const ec = extremes + (i2 << 5)
      v128.store_lane<u64>(ea, i32x4.max_u(v128.load64_zero(ea), ends), 0)
      v128.store_lane<u64>(eb, i32x4.max_u(v128.load64_zero(eb, 8), ends), 0, 8)
      v128.store_lane<u64>(ec, i32x4.max_u(v128.load64_zero(ec, 16), ends), 0, 16)
      if (full) {
        const i3 = <usize>((<u32>load<u16>(at3 + row) - lo3) >> s3)
        const d = h + (i3 << CELL)
        const ed = extremes + (i3 << 5)
        v128.store(d, f64x2.add(v128.load(d, 48), cell), 48)
        v128.store_lane<u64>(ed, i32x4.max_u(v128.load64_zero(ed, 24), ends), 0, 24)
      }
    }
  } else {
    for (let p = first; p < end; p += 16) {
      const row = load<u32>(p)
      const cell = f64x2.replace_lane(v128.load(p), 0, <f64>(load<u32>(p, 4) >> 24))
      const a = h + (<usize>((<u32>load<u16>(at0 + row) - lo0) >> s0) << CELL)
      const b = h + (<usize>((<u32>load<u16>(at1 + row) - lo1) >> s1) << CELL)
      const c = h + (<usize>((<u32>load<u16>(at2 + row) - lo2) >> s2) << CELL)
      v128.store(a, f64x2.add(v128.load(a), cell))
      v128.store(b, f64x2.add(v128.load(b, 16), cell), 16)
      v128.store(c, f64x2.add(v128.load(c, 32), cell), 32)
      if (full) {
        const d = h + (<usize>((<u32>load<u16>(at3 + row) - lo3) >> s3) << CELL)
        v128.store(d, f64x2.add(v128.load(d, 48), cell), 48)
      }
    }
  }
  tryBins(GO_RIGHT, gaps, f0, f1, f2, f3, s0, s1, s2, s3, used, first, end, weight, sum)
  if (gaps) tryBins(GO_LEFT, gaps, f0, f1, f2, f3, s0, s1, s2, s3, used, first, end, weight, sum)
}

/** Fills the histogram, and the extremes of its bins where they are wanted, as lookBig does. */
function fillWithGaps(
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
  refined: bool,
): void {
  const h = histogram
  const extremes = h + (260 << CELL)
  memory.fill(h + (GONE << CELL), 0, 1 << CELL)
  if (refined) memory.fill(extremes, 0, <usize>used << 5)
  for (let lane: u32 = 0; lane < 4; lane++) {
    const f = pick4(lane, f0, f1, f2, f3)
    // Without a fourth feature its lane stays empty, and 0/0 beats nothing.
    if (lane == 3 && f == f2) break
    const at = codes + (<usize>f << 1)
    const lo = <u32>load<u16>(bounds + (<usize>f << 2))
    const shift = pick4(lane, s0, s1, s2, s3)
    const gone = goneCode(f)
    const cells = h + (<usize>lane << 4)
    const ends = extremes + (<usize>lane << 3)
    for (let p = first; p < end; p += 16) {
      const pay = load<u32>(p, 4)
      const bin = binOf(load<u16>(at + load<u32>(p)), lo, shift, gone)
      const to = cells + (bin << CELL)
      v128.store(to, f64x2.add(v128.load(to), f64x2.replace_lane(v128.load(p), 0, <f64>(pay >> 24))))
      if (refined && bin != GONE) {
        const place = pay & 0xffffff
        const e = ends + (bin << 5)
        store<u32>(e, max(load<u32>(e), place))
        store<u32>(e, max(load<u32>(e, 4), 0xffffff - place), 4)
      }
    }
  }
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
  weight: u32,
  sum: f64,
): void {
  const h = histogram
  const lo0 = <u32>load<u16>(bounds + (<usize>f0 << 2))
  const lo1 = <u32>load<u16>(bounds + (<usize>f1 << 2))
  const lo2 = <u32>load<u16>(bounds + (<usize>f2 << 2))
  const lo3 = <u32>load<u16>(bounds + (<usize>f3 << 2))
  const refined = !binned && (s0 | s1 | s2 | s3) != 0
  const start = side == GO_LEFT
  const plain = minLeaf == 1
  if (plain) scan(used, weight, sum, start)
  else {
    for (let lane: usize = 0; lane < 4; lane++) store<f64>(laneSums + (lane << 3), -1)
  }
  v128.store(laneSums, i32x4.splat(-1), 64)
  if (refined || !plain) {
    const top = max(bestScore, max(max(laneBest(0), laneBest(1)), max(laneBest(2), laneBest(3))))
    for (let lane: u32 = 0; lane < 4; lane++) {
      const s = pick4(lane, s0, s1, s2, s3)
      const f = pick4(lane, f0, f1, f2, f3)
      if (lane > 0 && f == pick4(lane - 1, f0, f1, f2, f3)) break
      if (!plain) memory.fill(marks, 1, 256)
      else if (s == 0 || (start && !lacks(lane)) || !mark(lane, used, weight, sum, top, start)) continue
      refine(lane, f, pick4(lane, lo0, lo1, lo2, lo3), s, first, end, weight, sum, start)
    }
  }
  for (let lane: u32 = 0; lane < 4; lane++) {
    const s = laneBest(lane)
    const f = pick4(lane, f0, f1, f2, f3)
    const gone = gaps && lacks(lane)
    if (start ? gone && wins(s, f) : s > bestScore) {
      const shift = pick4(lane, s0, s1, s2, s3)
      const lo = pick4(lane, lo0, lo1, lo2, lo3)
      const inside = load<u32>(laneSums + (<usize>lane << 2), 64)
      if (inside != NOT_KNOWN) {
        setBest(s, f, load<u32>(laneSums + (<usize>lane << 2), 48), inside)
        setLeft(load<f64>(laneSums + (<usize>lane << 3), 80), load<f64>(laneSums + (<usize>lane << 3), 112), 0, 0)
      } else {
        const bin = load<u32>(laneSums + (<usize>lane << 2), 32)
        const column = h + (<usize>lane << 4)
        let right: u32 = NOT_KNOWN
        if (shift == 0) {
          right = bin + 1
          while (right < used && load<f64>(column + (<usize>right << CELL)) == 0) right++
          right = right < used ? right + lo : NO_RIGHT
        }
        setBest(s, f, lo + ((bin + 1) << shift) - 1, right)
        let nl: f64 = start ? load<f64>(column + (GONE << CELL)) : 0
        let sl: f64 = start ? load<f64>(column + (GONE << CELL), 8) : 0
        for (let b: usize = 0; b <= bin; b++) {
          nl += load<f64>(column + (b << CELL))
          sl += load<f64>(column + (b << CELL), 8)
        }
        setLeft(nl, sl, 0, 0)
      }
      if (gone) setMissing(side)
    }
  }
}

/* laneSums as in two.ts; the left weight and sum of a cut inside a bin stand at 80 and 112 as f64[4]. */
function laneBest(lane: u32): f64 {
  return load<f64>(laneSums + (<usize>lane << 3))
}

function lacks(lane: u32): bool {
  return load<f64>(histogram + (GONE << CELL) + (<usize>lane << 4)) != 0
}

function scan(used: u32, weight: u32, sum: f64, start: bool): void {
  const h = histogram
  const whole = f64x2.splat(weight)
  const total = f64x2.splat(sum)
  let n01 = f64x2.splat(0)
  let s01 = n01
  let n23 = n01
  let s23 = n01
  if (start) {
    const g = h + (GONE << CELL)
    n01 = i64x2.shuffle(v128.load(g), v128.load(g, 16), 0, 2)
    s01 = i64x2.shuffle(v128.load(g), v128.load(g, 16), 1, 3)
    n23 = i64x2.shuffle(v128.load(g, 32), v128.load(g, 48), 0, 2)
    s23 = i64x2.shuffle(v128.load(g, 32), v128.load(g, 48), 1, 3)
  }
  let best01 = f64x2.splat(-1)
  let best23 = best01
  let at01 = i64x2.splat(0)
  let at23 = at01
  for (let b: u32 = 0; b < used; b++) {
    const cell = h + (<usize>b << CELL)
    const c0 = v128.load(cell)
    const c1 = v128.load(cell, 16)
    const c2 = v128.load(cell, 32)
    const c3 = v128.load(cell, 48)
    n01 = f64x2.add(n01, i64x2.shuffle(c0, c1, 0, 2))
    s01 = f64x2.add(s01, i64x2.shuffle(c0, c1, 1, 3))
    n23 = f64x2.add(n23, i64x2.shuffle(c2, c3, 0, 2))
    s23 = f64x2.add(s23, i64x2.shuffle(c2, c3, 1, 3))
    const d01 = f64x2.sub(f64x2.mul(s01, whole), f64x2.mul(total, n01))
    const d23 = f64x2.sub(f64x2.mul(s23, whole), f64x2.mul(total, n23))
    const score01 = f64x2.div(f64x2.mul(d01, d01), f64x2.mul(n01, f64x2.sub(whole, n01)))
    const score23 = f64x2.div(f64x2.mul(d23, d23), f64x2.mul(n23, f64x2.sub(whole, n23)))
    const better01 = f64x2.gt(score01, best01)
    const better23 = f64x2.gt(score23, best23)
    const place = i64x2.splat(b)
    best01 = v128.bitselect(score01, best01, better01)
    best23 = v128.bitselect(score23, best23, better23)
    at01 = v128.bitselect(place, at01, better01)
    at23 = v128.bitselect(place, at23, better23)
  }
  v128.store(laneSums, best01)
  v128.store(laneSums, best23, 16)
  v128.store(laneSums, i32x4.shuffle(at01, at23, 0, 2, 4, 6), 32)
}

/*
 * A cut inside a bin adds to the left a weight u <= A of the bin's samples and a sum that lies between u times the bin's
 * smallest value and u times its largest, and so does what stays on the right. The score is convex, so it is highest at
 * a corner of this parallelogram: with all of the smallest values on the left, or all of the largest.
 */
function mark(lane: u32, used: u32, weight: u32, sum: f64, top: f64, start: bool): bool {
  const floor = top / SLACK
  const whole = <f64>weight
  let cell = histogram + (<usize>lane << 4)
  let ends = histogram + (260 << CELL) + (<usize>lane << 3)
  let nl: f64 = start ? load<f64>(cell + (GONE << CELL)) : 0
  let sl: f64 = start ? load<f64>(cell + (GONE << CELL), 8) : 0
  let any: u32 = 0
  const size: usize = 1 << CELL
  for (let b: usize = 0; b < used; b++, cell += size, ends += 32) {
    const a = load<f64>(cell)
    const s = load<f64>(cell, 8)
    let marked: u32 = 0
    const last = load<u32>(ends)
    const first: u32 = 0xffffff - load<u32>(ends, 4)
    if (a > 1 && last >= first) {
      const low = fixedLowest + <f64>first * fixedStep
      const high = fixedLowest + <f64>(last + 1) * fixedStep
      const u = (a * high - s) / (high - low)
      const v = a - u
      marked = <u32>(atLeast(nl + u, sl + u * low, whole, sum, floor) || atLeast(nl + v, sl + v * high, whole, sum, floor))
    }
    store<u8>(marks + b, <u8>marked)
    any |= marked
    nl += a
    sl += s
  }
  return any != 0
}

function atLeast(nl: f64, sl: f64, weight: f64, sum: f64, floor: f64): bool {
  const d = sl * weight - sum * nl
  return d * d >= floor * (nl * (weight - nl))
}

/** Tries the cuts inside the marked bins of a lane, in order, against the lane's best. */
function refine(lane: u32, f: u32, lo: u32, shift: u32, first: usize, end: usize, weight: u32, sum: f64, start: bool): void {
  const at = codes + (<usize>f << 1)
  let out = sortWide
  if (hasMissing(f)) {
    for (let p = first; p < end; p += 16) {
      const value = <u32>load<u16>(at + load<u32>(p))
      const code = value - lo
      store<u32>(out, <u32>(p - first))
      store<u32>(out, code, 4)
      out += <usize>(value != MISSING && load<u8>(marks + <usize>(code >> shift)) != 0) << 3
    }
  } else for (let p = first; p < end; p += 16) {
    const code = <u32>load<u16>(at + load<u32>(p)) - lo
    store<u32>(out, <u32>(p - first))
    store<u32>(out, code, 4)
    out += <usize>load<u8>(marks + <usize>(code >> shift)) << 3
  }
  const count = <u32>((out - sortWide) >> 3)
  if (count < 2) return
  const bound = load<u32>(bounds + (<usize>f << 2))
  const keys = sortWideByCode(count, (bound >> 16) - (bound & 0xffff))
  const whole = <f64>weight
  const plain = minLeaf == 1
  let best = laneBest(lane)
  let bestCode: u32 = best < 0 ? NOT_KNOWN : ((load<u32>(laneSums + (<usize>lane << 2), 32) + 1) << shift) - 1
  let bin: u32 = 0
  const gone = histogram + (GONE << CELL) + (<usize>lane << 4)
  let before: f64 = start ? load<f64>(gone) : 0
  let beforeSum: f64 = start ? load<f64>(gone, 8) : 0
  let nl: f64 = 0
  let sl: f64 = 0
  let current = NOT_KNOWN
  for (let i: u32 = 0; i + 1 < count; i++) {
    const key = keys + (<usize>i << 3)
    const code = load<u32>(key, 4)
    if (code >> shift != current) {
      current = code >> shift
      for (; bin < current; bin++) {
        const cell = histogram + (<usize>bin << CELL) + (<usize>lane << 4)
        before += load<f64>(cell)
        beforeSum += load<f64>(cell, 8)
      }
      nl = before
      sl = beforeSum
    }
    const sample = first + load<u32>(key)
    nl += <f64>(load<u32>(sample, 4) >> 24)
    sl += load<f64>(sample, 8)
    const next = load<u32>(key, 12)
    if (next == code) continue
    if (plain) {
      if (next >> shift != current) continue
    } else if (i + 1 < minLeaf || count - i - 1 < minLeaf || (binned && next >> shift == current)) {
      continue
    }
    const s = score(nl, sl, whole, sum)
    if (s > best || (s == best && code < bestCode)) {
      best = s
      bestCode = code
      const slot = laneSums + (<usize>lane << 2)
      store<u32>(slot, code + lo, 48)
      store<u32>(slot, next + lo, 64)
      store<f64>(laneSums + (<usize>lane << 3), nl, 80)
      store<f64>(laneSums + (<usize>lane << 3), sl, 112)
    }
  }
  store<f64>(laneSums + (<usize>lane << 3), best)
}
