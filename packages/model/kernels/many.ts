import {
  accept,
  bestCut,
  bestFeature,
  bestRight,
  bestScore,
  bestThreshold,
  binned,
  leftFirst,
  leftRows,
  leftSecond,
  leftThird,
  GO_LEFT,
  GO_RIGHT,
  NONE,
  NO_RIGHT,
  setMissing,
  NOT_KNOWN,
  setBest,
  setBinned,
  setLeft,
  setThreshold,
  startNode,
} from './best'
import { budget, spend } from './budget'
import { clearBytes } from './bytes'
import { drawCuts, isCut, setGroup, thresholdOf } from './cuts'
import { drawFeatures, drawVarying, firstVarying, setAsideLevels, wins } from './draw'
import { binOf, GONE, goneCode } from './gaps'
import { lookLevelsOfMany } from './level-direction'
import { bringNear } from './near'
import { NETWORK_ROWS, sortColumns } from './network'
import { linkRight, writeEntry, writeLeaf, writeSides, writeSplit } from './nodes'
import { scanHistogram, scanSmall, setLeftOfBin, setLeftOfSmall, startWeighted, sumSmall } from './class-weights'
import { leftEdge, part, partAndFindEdges, partByThreshold, rightEdge } from './part'
import { stepBack, stepLeft, stepRight, undoCount } from './path'
import { sortWideByCode } from './sort'
import {
  bounds,
  candidates,
  classFactor,
  classFactors,
  classList,
  classLocal,
  classStride,
  classSums,
  classTotals,
  codes,
  FRAME,
  gathered,
  histogram,
  keyRows,
  laneSums,
  levelCandidates,
  levelCount,
  levels,
  localCounts,
  localFactors,
  localTotals,
  maxBins,
  hasMissing,
  maxDepth,
  MISSING,
  minLeaf,
  missing,
  minSplit,
  randomCuts,
  rowSums,
  shortTotals,
  sortWide,
  stack,
} from './state'
import { binsOf, growTwo, LIGHT, resumeTwo, pick4, shiftOf } from './two'

/*
 * Trees of three and more classes. The payload of a sample is its class in the low half, its weight in the high half.
 * With l the left weights by class and T those of the node, a cut needs only lsq = sum l^2 and M = sum T l, for the
 * right side's sum of squares is rsq = sum T^2 - 2 M + lsq; a sample of weight w moves them by w (2 l + w) and w T. The score
 *
 *   (lsq nr + rsq nl) / (nl nr)
 *
 * is taken in float32 in a node that weighs less than LIGHT_MANY, where both products are exact, in float64 above.
 * A node that is left with two classes goes to the kernel of two classes, subtree and all.
 */

const LIGHT_MANY: u32 = 256

/** Up to here the products of the score are exact in float64; above, its two quotients are taken one by one. */
const EXACT_MANY: u32 = 131072

// The node at hand.
let present: u32 = 0
let weight: u32 = 0
/** The same with the classes' weights, and the sum of its squares by class. */
let whole: f64 = 0
let squares: f64 = 0
/** Whether scores are taken in float32; if not, whether as one quotient or as two. */
let light: bool = true
let joint: bool = true

// Where a paused tree goes on.
let savedFirst: usize = 0
let savedEnd: usize = 0
let savedDepth: u32 = 0
let savedFrame: usize = 0
let insideTwo: bool = false

export function resumeMany(): bool {
  if (!insideTwo) return growMany(savedFirst, savedEnd, savedDepth, savedFrame)
  if (!resumeTwo()) return false
  insideTwo = false
  return growMany(0, 0, 0, savedFrame)
}

/** Grows a tree, or goes on with it: no rows mean that the node on top of the stack is next. False when the budget is spent. */
export function growMany(first: usize, end: usize, depth: u32, frame: usize): bool {
  if (first == 0) {
    if (frame == stack) return true
    frame -= FRAME
    first = load<u32>(frame)
    end = load<u32>(frame, 4)
    depth = load<u32>(frame, 16)
    linkRight(load<u32>(frame, 20))
    stepBack(load<u32>(frame, 24))
    if (end - first > <usize>(NETWORK_ROWS << 3) && !randomCuts) stepRight(load<u32>(frame, 28), load<u32>(frame, 32))
  }
  while (true) {
    const n = <u32>((end - first) >> 3)
    if (budget <= 0) {
      savedFirst = first
      savedEnd = end
      savedDepth = depth
      savedFrame = frame
      return false
    }
    spend(n)
    bringNear(first, end, n, 8)
    countClasses(first, end)
    let split = false
    if (present == 2) {
      const a = load<u16>(classList)
      const b = load<u16>(classList, 2)
      const c0 = load<u32>(classTotals + (<usize>a << 2))
      const c1 = load<u32>(classTotals + (<usize>b << 2))
      clearTotals()
      for (let p = first; p < end; p += 8) {
        const pay = load<u32>(p, 4)
        store<u32>(p, (pay >> 16) << (<u32>((pay & 0xffff) != a) << 4), 4)
      }
      if (!growTwo(first, end, c0, c1, a, b, depth, frame, frame)) {
        insideTwo = true
        savedFrame = frame
        return false
      }
    } else {
      if (present > 2 && n >= minSplit && n >= minLeaf << 1 && depth < maxDepth) split = findCut(first, end, n)
      if (!split) writeMixed(n)
      clearTotals()
    }
    if (split) {
      const f = bestFeature
      let middle: usize
      let left = bestCut
      let right = bestRight
      if (right == NOT_KNOWN) {
        middle = partAndFindEdges(f, bestCut, first, end)
        left = leftEdge
        right = rightEdge
      } else {
        middle = randomCuts ? partByThreshold(f, bestThreshold, first, end, 8) : part(f, bestCut, first, end)
      }
      const node = writeSplit(f, left, right)
      writeSides(node, <u32>((middle - first) >> 3), <u32>((end - middle) >> 3))
      depth++
      if (onlyClass(first, middle)) {
        writePure(first, middle)
        linkRight(node)
        if (onlyClass(middle, end)) {
          writePure(middle, end)
        } else {
          if (n > <u32>NETWORK_ROWS && !randomCuts) stepRight(f, right)
          first = middle
          continue
        }
      } else {
        store<u32>(frame, <u32>middle)
        store<u32>(frame, <u32>end, 4)
        store<u32>(frame, depth, 16)
        store<u32>(frame, node, 20)
        store<u32>(frame, undoCount, 24)
        store<u32>(frame, f, 28)
        store<u32>(frame, right, 32)
        frame += FRAME
        if (n > <u32>NETWORK_ROWS && !randomCuts) stepLeft(f, left)
        end = middle
        continue
      }
    }
    if (frame == stack) return true
    frame -= FRAME
    first = load<u32>(frame)
    end = load<u32>(frame, 4)
    depth = load<u32>(frame, 16)
    linkRight(load<u32>(frame, 20))
    stepBack(load<u32>(frame, 24))
    if (end - first > <usize>(NETWORK_ROWS << 3) && !randomCuts) stepRight(load<u32>(frame, 28), load<u32>(frame, 32))
  }
}

function countClasses(first: usize, end: usize): void {
  let k: u32 = 0
  let sum: u32 = 0
  for (let p = first; p < end; p += 8) {
    const pay = load<u32>(p, 4)
    const label = pay & 0xffff
    const at = classTotals + (<usize>label << 2)
    const old = load<u32>(at)
    if (old == 0) {
      store<u16>(classLocal + (<usize>label << 1), <u16>k)
      store<u16>(classList + (<usize>k << 1), <u16>label)
      k++
    }
    store<u32>(at, old + (pay >> 16))
    sum += pay >> 16
  }
  present = k
  weight = sum
}

function clearTotals(): void {
  for (let i: usize = 0; i < present; i++) {
    store<u32>(classTotals + (<usize>load<u16>(classList + (i << 1)) << 2), 0)
  }
}

function onlyClass(first: usize, end: usize): bool {
  const label = load<u16>(first, 4)
  for (let p = first + 8; p < end; p += 8) if (load<u16>(p, 4) != label) return false
  return true
}

function writePure(first: usize, end: usize): void {
  let sum: u32 = 0
  for (let p = first; p < end; p += 8) sum += load<u16>(p, 6)
  writeLeaf(<u32>((end - first) >> 3))
  writeEntry(load<u16>(first, 4), sum)
}

/** A leaf of the node's classes in ascending order. */
function writeMixed(n: u32): void {
  for (let i: usize = 1; i < present; i++) {
    const label = load<u16>(classList + (i << 1))
    let j = i
    while (j > 0 && load<u16>(classList + ((j - 1) << 1)) > label) {
      store<u16>(classList + (j << 1), load<u16>(classList + ((j - 1) << 1)))
      j--
    }
    store<u16>(classList + (j << 1), label)
  }
  writeLeaf(n)
  for (let i: usize = 0; i < present; i++) {
    const label = load<u16>(classList + (i << 1))
    writeEntry(label, load<u32>(classTotals + (<usize>label << 2)))
  }
}

function findCut(first: usize, end: usize, n: u32): bool {
  startNode()
  squares = 0
  whole = 0
  for (let i: usize = 0; i < present; i++) {
    const label = load<u16>(classList + (i << 1))
    const factor = classFactor(label)
    const total = load<u32>(classTotals + (<usize>label << 2)) * factor
    store<u32>(localFactors + (i << 2), factor)
    store<u32>(localTotals + (i << 2), total)
    whole += <f64>total
    squares += <f64>total * <f64>total
  }
  if (classFactors != 0) startWeighted(present, whole, squares)
  light = classFactors == 0 && weight < LIGHT_MANY
  joint = classFactors == 0 && weight < EXACT_MANY
  const drawn = drawFeatures()
  const count = levels == 0 ? drawn : setAsideLevels(drawn)
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
    )
  }
  for (let i: u32 = 0; i < drawn - count; i++) {
    lookLevelsOfMany(load<u32>(levelCandidates + (<usize>i << 2)), first, end, n, present)
  }
  if (bestScore < 0) {
    while (bestScore < 0) {
      setGroup(0)
      const f = drawVarying(first, end)
      if (f < 0) break
      look(f, f, f, f, first, end, n)
    }
    if (bestScore < 0 && binned && n > <u32>NETWORK_ROWS) {
      const f = firstVarying(first, end)
      if (f < 0) return false
      setBinned(false)
      look(f, f, f, f, first, end, n)
      setBinned(true)
    }
    if (bestScore < 0) return false
  }
  const nl = leftFirst
  const lsq = leftSecond
  const rsq = squares - 2 * leftThird + lsq
  const decrease = lsq / nl + rsq / (whole - nl) - squares / whole
  return accept(max(decrease, 0))
}

function look(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32): void {
  if (levelCount(f0) > 0) lookLevelsOfMany(f0, first, end, n, present)
  else if (randomCuts) lookRandom(f0, f1, f2, f3, first, end, n)
  else if (n <= <u32>NETWORK_ROWS) lookSmall(f0, f1, f2, f3, first, end, n)
  else lookBig(f0, f1, f2, f3, first, end, n)
}

function lookSmall(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32): void {
  const keys = keyRows
  const at0 = codes + (<usize>f0 << 1)
  const at1 = codes + (<usize>f1 << 1)
  const at2 = codes + (<usize>f2 << 1)
  const at3 = codes + (<usize>f3 << 1)
  const local = classLocal
  let out = keys
  for (let p = first; p < end; p += 8, out += 16) {
    const row = load<u32>(p)
    const pay = load<u32>(p, 4)
    let v = i32x4.splat(((pay >> 16) << 8) | load<u16>(local + (<usize>(pay & 0xffff) << 1)))
    v = v128.load_lane<u16>(at0 + row, v, 1)
    v = v128.load_lane<u16>(at1 + row, v, 3)
    v = v128.load_lane<u16>(at2 + row, v, 5)
    v = v128.load_lane<u16>(at3 + row, v, 7)
    v128.store(out, v)
  }
  sortColumns(keys, n)
  const k = <usize>present
  const totals = localTotals
  const sums = rowSums
  const counts = localCounts
  const few = light && present <= FEW
  if (few) scanFew(keys, n)
  else if (classFactors != 0) sumSmall(keys, n)
  else for (let lane: usize = 0; lane < 4; lane++) {
    clearBytes(counts, k << 2)
    let lsq: u32 = 0
    let m: u32 = 0
    let nl: u32 = 0
    let key = keys + (lane << 2)
    let to = sums + (lane << 2)
    for (let i: u32 = 1; i < n; i++, key += 16, to += 48) {
      const pay = load<u32>(key)
      const w = (pay >> 8) & 0xff
      const label = <usize>(pay & 0xff) << 2
      const l = load<u32>(counts + label)
      store<u32>(counts + label, l + w)
      lsq += w * (2 * l + w)
      m += w * load<u32>(totals + label)
      nl += w
      store<u32>(to, lsq)
      store<u32>(to, m, 16)
      store<u32>(to, nl, 32)
    }
  }
  if (few) {
    // scanFew found the best cuts too.
  } else if (light) {
    const all = i32x4.splat(weight)
    const tsq = i32x4.splat(<u32>squares)
    let best = f32x4.splat(-1)
    let bestAt = i32x4.splat(0)
    let i: u32 = minLeaf - 1
    let code = i32x4.shr_u(v128.load(keys + (<usize>i << 4)), 16)
    for (; i < n - minLeaf; i++) {
      const at = sums + <usize>(i * 48)
      const nextCode = i32x4.shr_u(v128.load(keys + (<usize>(i + 1) << 4)), 16)
      const lsq = v128.load(at)
      const nl = v128.load(at, 32)
      const nr = i32x4.sub(all, nl)
      const rsq = i32x4.add(i32x4.sub(tsq, i32x4.shl(v128.load(at, 16), 1)), lsq)
      const s = scoreFour(lsq, rsq, nl, nr)
      const better = v128.andnot(f32x4.gt(s, best), i32x4.eq(code, nextCode))
      best = v128.bitselect(s, best, better)
      bestAt = v128.bitselect(i32x4.splat(i), bestAt, better)
      code = nextCode
    }
    v128.store(laneSums, f64x2.promote_low_f32x4(best))
    v128.store(laneSums, f64x2.promote_low_f32x4(upper(best)), 16)
    v128.store(laneSums, bestAt, 32)
  } else if (classFactors != 0) {
    scanSmall(keys, n)
  } else {
    for (let lane: usize = 0; lane < 4; lane++) {
      let best: f64 = -1
      let bestAt: u32 = 0
      for (let i: u32 = minLeaf - 1; i < n - minLeaf; i++) {
        const key = keys + (<usize>i << 4) + (lane << 2)
        if (load<u16>(key, 2) == load<u16>(key, 18)) continue
        const at = sums + <usize>(i * 48) + (lane << 2)
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
  for (let lane: u32 = 0; lane < 4; lane++) {
    const score = load<f64>(laneSums + (<usize>lane << 3))
    const f = pick4(lane, f0, f1, f2, f3)
    const column = keys + (<usize>lane << 2)
    const gone = hasMissing(f) && load<u16>(column + (<usize>(n - 1) << 4), 2) == MISSING
    if (score > bestScore) {
      const place = load<u32>(laneSums + (<usize>lane << 2), 32)
      const at = sums + <usize>(place * 48) + (<usize>lane << 2)
      const right = <u32>load<u16>(column + (<usize>place << 4), 18)
      setBest(score, f, load<u16>(column + (<usize>place << 4), 2), gone && right == MISSING ? NO_RIGHT : right)
      if (gone) setMissing(GO_RIGHT)
      const slot = laneSums + (<usize>lane << 2)
      if (few) setLeft(load<u32>(slot, 80), load<u32>(slot, 48), load<u32>(slot, 64), place + 1)
      else if (classFactors != 0) setLeftOfSmall(lane, place)
      else setLeft(load<u32>(at, 32), load<u32>(at), load<u32>(at, 16), place + 1)
    }
    if (gone && (lane == 0 || f != pick4(lane - 1, f0, f1, f2, f3))) scanSmallMissing(column, f, n)
  }
}

/** Most classes of a small node whose sums fit four vectors, two classes a lane. */
const FEW: u32 = 8

/**
 * Scores all cuts of four sorted columns: laneSums gets f64[4] best score, u32[4] its place (at 32), lsq, M and the weight on the
 * left (48, 64, 80). A class is an i16 half of a lane, and l l, l T and l 1 are products of pairs.
 */
function scanFew(keys: usize, n: u32): void {
  const totals = localTotals
  const t0 = i32x4.splat(pairOfTotals(totals, 0))
  const t1 = i32x4.splat(pairOfTotals(totals, 2))
  const t2 = i32x4.splat(pairOfTotals(totals, 4))
  const t3 = i32x4.splat(pairOfTotals(totals, 6))
  const ones = i32x4.splat(0x00010001)
  const all = i32x4.splat(weight)
  const tsq = i32x4.splat(<u32>squares)
  const labels = i8x16(0, 16, 0, 16, 4, 16, 4, 16, 8, 16, 8, 16, 12, 16, 12, 16)
  const weights = i8x16(1, 16, 1, 16, 5, 16, 5, 16, 9, 16, 9, 16, 13, 16, 13, 16)
  let a0 = i32x4.splat(0)
  let a1 = a0
  let a2 = a0
  let a3 = a0
  let best = f32x4.splat(-1)
  let bestAt = a0
  let lsqAt = a0
  let mAt = a0
  let nlAt = a0
  let key = v128.load(keys)
  let code = i32x4.shr_u(key, 16)
  const last = n - minLeaf
  for (let i: u32 = 0; i < last; i++) {
    const label = i8x16.swizzle(key, labels)
    const w = i8x16.swizzle(key, weights)
    a0 = i16x8.add(a0, v128.and(i16x8.eq(label, i32x4.splat(0x00010000)), w))
    a1 = i16x8.add(a1, v128.and(i16x8.eq(label, i32x4.splat(0x00030002)), w))
    let lsq = i32x4.add(i32x4.dot_i16x8_s(a0, a0), i32x4.dot_i16x8_s(a1, a1))
    let m = i32x4.add(i32x4.dot_i16x8_s(a0, t0), i32x4.dot_i16x8_s(a1, t1))
    let sum = i16x8.add(a0, a1)
    if (present > 4) {
      a2 = i16x8.add(a2, v128.and(i16x8.eq(label, i32x4.splat(0x00050004)), w))
      a3 = i16x8.add(a3, v128.and(i16x8.eq(label, i32x4.splat(0x00070006)), w))
      lsq = i32x4.add(lsq, i32x4.add(i32x4.dot_i16x8_s(a2, a2), i32x4.dot_i16x8_s(a3, a3)))
      m = i32x4.add(m, i32x4.add(i32x4.dot_i16x8_s(a2, t2), i32x4.dot_i16x8_s(a3, t3)))
      sum = i16x8.add(sum, i16x8.add(a2, a3))
    }
    key = v128.load(keys + (<usize>(i + 1) << 4))
    const nextCode = i32x4.shr_u(key, 16)
    if (i + 1 >= minLeaf) {
      const nl = i32x4.dot_i16x8_s(sum, ones)
      const rsq = i32x4.add(i32x4.sub(tsq, i32x4.shl(m, 1)), lsq)
      const s = scoreFour(lsq, rsq, nl, i32x4.sub(all, nl))
      const better = v128.andnot(f32x4.gt(s, best), i32x4.eq(code, nextCode))
      best = v128.bitselect(s, best, better)
      bestAt = v128.bitselect(i32x4.splat(i), bestAt, better)
      lsqAt = v128.bitselect(lsq, lsqAt, better)
      mAt = v128.bitselect(m, mAt, better)
      nlAt = v128.bitselect(nl, nlAt, better)
    }
    code = nextCode
  }
  v128.store(laneSums, f64x2.promote_low_f32x4(best))
  v128.store(laneSums, f64x2.promote_low_f32x4(upper(best)), 16)
  v128.store(laneSums, bestAt, 32)
  v128.store(laneSums, lsqAt, 48)
  v128.store(laneSums, mAt, 64)
  v128.store(laneSums, nlAt, 80)
}

function pairOfTotals(totals: usize, first: u32): u32 {
  const a = first < present ? load<u32>(totals + (<usize>first << 2)) : 0
  const b = first + 1 < present ? load<u32>(totals + (<usize>(first + 1) << 2)) : 0
  return a | (b << 16)
}

/** Copies a sorted column out, so that its cuts are tried with missing values on the left too. */
function scanSmallMissing(column: usize, f: u32, n: u32): void {
  for (let i: usize = 0; i < n; i++) {
    const key = load<u32>(column + (i << 4))
    store<u32>(sortWide + (i << 3), ((key << 8) & 0xff0000) | (key & 0xff))
    store<u32>(sortWide + (i << 3), key >> 16, 4)
  }
  scanMissing(f, sortWide, 0, 0, n, GO_LEFT)
}

/** Sorts the node by a feature that lacks values: missing values stand last, then are tried on the left too. */
function lookMissing(f: u32, first: usize, end: usize, n: u32): void {
  const bound = load<u32>(bounds + (<usize>f << 2))
  const lo = bound & 0xffff
  const shift = binned ? shiftOf(bound, min(binsOf(n), maxBins)) : 0
  const at = codes + (<usize>f << 1)
  const local = classLocal
  let out = sortWide
  for (let p = first; p < end; p += 8, out += 8) {
    const pay = load<u32>(p, 4)
    store<u32>(out, (pay & 0xffff0000) | load<u16>(local + (<usize>(pay & 0xffff) << 1)))
    store<u32>(out, load<u16>(at + load<u32>(p)), 4)
  }
  scanMissing(f, sortWideByCode(n, 0xffff), lo, shift, n, GO_RIGHT)
}

/** Tries the cuts between sorted codes, missing values, which stand last, on `firstSide`, and on the left. */
export function scanMissing(f: u32, keys: usize, lo: u32, shift: u32, n: u32, firstSide: u32): void {
  const totals = localTotals
  const counts = localCounts
  const factors = localFactors
  let held = n
  while (held > 0 && load<u32>(keys + (<usize>(held - 1) << 3), 4) == MISSING) held--
  const gone = n - held
  for (let side = firstSide; side <= GO_LEFT; side++) {
    if (gone == 0 && side == GO_LEFT) break
    clearBytes(counts, <usize>present << 2)
    let lsq: f64 = 0
    let m: f64 = 0
    let nl: f64 = 0
    // With missing values on the left they come first, then the others.
    const before = side == GO_LEFT ? gone : 0
    for (let i: u32 = 0; i < held + before; i++) {
      const place = i < before ? held + i : i - before
      const key = keys + (<usize>place << 3)
      const pay = load<u32>(key)
      const label = <usize>(pay & 0xffff) << 2
      const w = (pay >> 16) * load<u32>(factors + label)
      const l = load<u32>(counts + label)
      store<u32>(counts + label, l + w)
      lsq += <f64>w * <f64>(2 * l + w)
      m += <f64>w * <f64>load<u32>(totals + label)
      nl += <f64>w
      if (i < before) continue
      const code = load<u32>(key, 4)
      let right = NO_RIGHT
      if (place + 1 < held) {
        right = load<u32>(key, 12)
        if (right == code || (right - lo) >> shift == (code - lo) >> shift) continue
      } else if (gone == 0 || side == GO_LEFT) {
        break
      }
      const rows = i + 1
      if (rows < minLeaf || n - rows < minLeaf) continue
      const score = light ? <f64>scoreLight(lsq, m, nl) : scoreHeavy(lsq, m, nl)
      if (wins(score, f)) {
        setBest(score, f, code, right)
        setMissing(gone > 0 ? side : NONE)
        setLeft(nl, lsq, m, rows)
      }
    }
  }
}

/** i32 [class][lane] left weights: one vector of four features a class. */
function lookRandom(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32): void {
  const at = drawCuts(f0, f1, f2, f3, first, end, 8)
  const counts = localCounts
  const local = classLocal
  clearBytes(counts, <usize>present << 4)
  let row = gathered
  let rows = i32x4.splat(0)
  for (let p = first; p < end; p += 8, row += 16) {
    const mask = f32x4.le(v128.load(row), at)
    const pay = load<u32>(p, 4)
    const to = counts + (<usize>load<u16>(local + (<usize>(pay & 0xffff) << 1)) << 4)
    rows = i32x4.sub(rows, mask)
    v128.store(to, i32x4.add(v128.load(to), v128.and(mask, i32x4.splat(pay >> 16))))
  }
  v128.store(laneSums, rows, 128)
  if (weight < LIGHT && classFactors == 0) scoreRandom()
  else scoreRandomHeavy()
  for (let lane: u32 = 0; lane < 4; lane++) {
    const at = laneSums + (<usize>lane << 3)
    const score = load<f64>(at)
    const l = load<u32>(laneSums + (<usize>lane << 2), 128)
    if (score > bestScore && isCut(lane) && l >= minLeaf && n - l >= minLeaf) {
      setBest(score, pick4(lane, f0, f1, f2, f3), 0, 1)
      setThreshold(thresholdOf(lane))
      setLeft(load<f64>(at, 96), load<f64>(at, 32), load<f64>(at, 64), l)
    }
  }
}

/** laneSums gets f64[4] scores and, at 32, 64 and 96, lsq, M and the left weights. */
function scoreRandom(): void {
  let lsq = i32x4.splat(0)
  let m = lsq
  let nl = lsq
  for (let i: usize = 0; i < present; i++) {
    const l = v128.load(localCounts + (i << 4))
    const total = v128.load32_splat(classTotals + (<usize>load<u16>(classList + (i << 1)) << 2))
    lsq = i32x4.add(lsq, i32x4.mul(l, l))
    m = i32x4.add(m, i32x4.mul(l, total))
    nl = i32x4.add(nl, l)
  }
  const nr = i32x4.sub(i32x4.splat(weight), nl)
  const rsq = i32x4.add(i32x4.sub(i32x4.splat(<u32>squares), i32x4.shl(m, 1)), lsq)
  if (weight < LIGHT_MANY) {
    const score = scoreFour(lsq, rsq, nl, nr)
    v128.store(laneSums, f64x2.promote_low_f32x4(score))
    v128.store(laneSums, f64x2.promote_low_f32x4(upper(score)), 16)
  } else {
    v128.store(laneSums, scorePair(lsq, rsq, nl, nr))
    v128.store(laneSums, scorePair(upper(lsq), upper(rsq), upper(nl), upper(nr)), 16)
  }
  storeFour(laneSums + 32, lsq)
  storeFour(laneSums + 64, m)
  storeFour(laneSums + 96, nl)
}

function storeFour(at: usize, v: v128): void {
  v128.store(at, f64x2.convert_low_i32x4_s(v))
  v128.store(at, f64x2.convert_low_i32x4_s(upper(v)), 16)
}

function scoreRandomHeavy(): void {
  for (let lane: usize = 0; lane < 4; lane++) {
    let lsq: f64 = 0
    let m: f64 = 0
    let nl: f64 = 0
    for (let i: usize = 0; i < present; i++) {
      const l = <f64>(load<u32>(localCounts + (i << 4) + (lane << 2)) * load<u32>(localFactors + (i << 2)))
      lsq += l * l
      m += l * <f64>load<u32>(localTotals + (i << 2))
      nl += l
    }
    const at = laneSums + (lane << 3)
    store<f64>(at, scoreHeavy(lsq, m, nl))
    store<f64>(at, lsq, 32)
    store<f64>(at, m, 64)
    store<f64>(at, nl, 96)
  }
}

function scoreHeavy(lsq: f64, m: f64, nl: f64): f64 {
  const nr = whole - nl
  const rsq = squares - 2 * m + lsq
  return joint ? (lsq * nr + rsq * nl) / (nl * nr) : lsq / nl + rsq / nr
}

function scoreLight(lsq: f64, m: f64, nl: f64): f32 {
  const l = <f32>nl
  const r = <f32>(<f64>weight - nl)
  const rsq = squares - 2 * m + lsq
  return (<f32>lsq * r + <f32>rsq * l) / (l * r)
}

function lookBig(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, n: u32): void {
  const b0 = load<u32>(bounds + (<usize>f0 << 2))
  const b1 = load<u32>(bounds + (<usize>f1 << 2))
  const b2 = load<u32>(bounds + (<usize>f2 << 2))
  const b3 = load<u32>(bounds + (<usize>f3 << 2))
  let bins = binsOf(n)
  if (binned) bins = min(bins, maxBins)
  else bins = 256
  const s0 = shiftOf(b0, bins)
  const s1 = shiftOf(b1, bins)
  const s2 = shiftOf(b2, bins)
  const s3 = shiftOf(b3, bins)
  const used = max(
    max(((b0 >> 16) - (b0 & 0xffff)) >> s0, ((b1 >> 16) - (b1 & 0xffff)) >> s1),
    max(((b2 >> 16) - (b2 & 0xffff)) >> s2, ((b3 >> 16) - (b3 & 0xffff)) >> s3),
  ) + 1
  const exact = binned || (s0 | s1 | s2 | s3) == 0
  if (exact && weight < LIGHT && minLeaf == 1 && used * (8 + 3 * ((present + 7) >> 3)) < 15 * n) {
    lookHistogram(f0, f1, f2, f3, s0, s1, s2, s3, used, first, end)
  } else {
    lookAlone(f0, !binned ? 0 : s0, first, end, n)
    if (f1 == f0) return
    lookAlone(f1, !binned ? 0 : s1, first, end, n)
    if (f2 == f1) return
    lookAlone(f2, !binned ? 0 : s2, first, end, n)
    if (f3 == f2) return
    lookAlone(f3, !binned ? 0 : s3, first, end, n)
  }
}

function lookAlone(f: u32, shift: u32, first: usize, end: usize, n: u32): void {
  if (hasMissing(f)) lookMissing(f, first, end, n)
  else lookSorted(f, shift, first, end, n)
}

/** u16 [bin][lane][class]: one row of a bin holds the four lanes. */
function lookHistogram(
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
): void {
  const width = <usize>classStride(present) << 1
  const line = ctz(<u32>width) + 2
  const h = histogram
  const h1 = h + width
  const h2 = h1 + width
  const h3 = h2 + width
  clearBytes(h, <usize>used << line)
  const local = classLocal
  const lo0 = load<u16>(bounds + (<usize>f0 << 2))
  const lo1 = load<u16>(bounds + (<usize>f1 << 2))
  const lo2 = load<u16>(bounds + (<usize>f2 << 2))
  const lo3 = load<u16>(bounds + (<usize>f3 << 2))
  const at0 = codes + (<usize>f0 << 1)
  const at1 = codes + (<usize>f1 << 1)
  const at2 = codes + (<usize>f2 << 1)
  const at3 = codes + (<usize>f3 << 1)
  const gaps = missing != 0 && (hasMissing(f0) || hasMissing(f1) || hasMissing(f2) || hasMissing(f3))
  if (gaps) {
    const g0 = goneCode(f0)
    const g1 = goneCode(f1)
    const g2 = goneCode(f2)
    const g3 = goneCode(f3)
    memory.fill(h + (GONE << line), 0, <usize>1 << line)
    for (let p = first; p < end; p += 8) {
      const row = load<u32>(p)
      const pay = load<u32>(p, 4)
      const w = <u16>(pay >> 16)
      const label = <usize>load<u16>(local + (<usize>(pay & 0xffff) << 1)) << 1
      const a = h + label + (binOf(load<u16>(at0 + row), lo0, s0, g0) << line)
      const b = h1 + label + (binOf(load<u16>(at1 + row), lo1, s1, g1) << line)
      const c = h2 + label + (binOf(load<u16>(at2 + row), lo2, s2, g2) << line)
      const d = h3 + label + (binOf(load<u16>(at3 + row), lo3, s3, g3) << line)
      store<u16>(a, load<u16>(a) + w)
      store<u16>(b, load<u16>(b) + w)
      store<u16>(c, load<u16>(c) + w)
      store<u16>(d, load<u16>(d) + w)
    }
  } else if ((s0 | s1 | s2 | s3) == 0) {
    const base0 = h - (<usize>lo0 << line)
    const base1 = h1 - (<usize>lo1 << line)
    const base2 = h2 - (<usize>lo2 << line)
    const base3 = h3 - (<usize>lo3 << line)
    for (let p = first; p < end; p += 8) {
      const row = load<u32>(p)
      const pay = load<u32>(p, 4)
      const w = pay >> 16
      const label = <usize>load<u16>(local + (<usize>(pay & 0xffff) << 1)) << 1
      const a = base0 + label + (<usize>load<u16>(at0 + row) << line)
      const b = base1 + label + (<usize>load<u16>(at1 + row) << line)
      const c = base2 + label + (<usize>load<u16>(at2 + row) << line)
      const d = base3 + label + (<usize>load<u16>(at3 + row) << line)
      store<u16>(a, <u16>(<u32>load<u16>(a) + w))
      store<u16>(b, <u16>(<u32>load<u16>(b) + w))
      store<u16>(c, <u16>(<u32>load<u16>(c) + w))
      store<u16>(d, <u16>(<u32>load<u16>(d) + w))
    }
  } else for (let p = first; p < end; p += 8) {
    const row = load<u32>(p)
    const pay = load<u32>(p, 4)
    const w = <u16>(pay >> 16)
    const label = <usize>load<u16>(local + (<usize>(pay & 0xffff) << 1)) << 1
    const a = h + label + (<usize>((<u32>load<u16>(at0 + row) - lo0) >> s0) << line)
    const b = h1 + label + (<usize>((<u32>load<u16>(at1 + row) - lo1) >> s1) << line)
    const c = h2 + label + (<usize>((<u32>load<u16>(at2 + row) - lo2) >> s2) << line)
    const d = h3 + label + (<usize>((<u32>load<u16>(at3 + row) - lo3) >> s3) << line)
    store<u16>(a, load<u16>(a) + w)
    store<u16>(b, load<u16>(b) + w)
    store<u16>(c, load<u16>(c) + w)
    store<u16>(d, load<u16>(d) + w)
  }
  scanBins(GO_RIGHT, gaps, f0, f1, f2, f3, s0, s1, s2, s3, used, width, line)
  if (gaps) scanBins(GO_LEFT, gaps, f0, f1, f2, f3, s0, s1, s2, s3, used, width, line)
}

/** Tries the cuts of a filled histogram with missing values on one side; `gaps` tells whether there may be any. */
function scanBins(
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
  width: usize,
  line: u32,
): void {
  const h = histogram
  const groups = <usize>((present + 7) >> 3) << 4
  const sums = classSums
  if (side == GO_LEFT) memory.copy(sums, h + (GONE << line), width << 2)
  else clearBytes(sums, width << 2)
  if (classFactors != 0) {
    scanHistogram(used, width, line, groups)
    keepBins(side, gaps, f0, f1, f2, f3, s0, s1, s2, s3, used, width, line, groups)
    return
  }
  const totals = shortTotals
  v128.store(totals + width - 16, i16x8.splat(0))
  for (let i: usize = 0; i < <usize>classStride(present); i++) {
    store<u16>(totals + (i << 1), i < present ? <u16>load<u32>(classTotals + (<usize>load<u16>(classList + (i << 1)) << 2)) : 0)
  }
  const one = i16x8.splat(1)
  const all = i32x4.splat(weight)
  const tsq = i32x4.splat(<u32>squares)
  let best = f32x4.splat(-1)
  let bestLow = f64x2.splat(-1)
  let bestHigh = f64x2.splat(-1)
  let bestAt = i32x4.splat(0)
  let lsqAt = i32x4.splat(0)
  let mAt = i32x4.splat(0)
  let nlAt = i32x4.splat(0)
  for (let b: u32 = 0; b < used; b++) {
    const bin = h + (<usize>b << line)
    let q0 = i32x4.splat(0)
    let q1 = q0
    let q2 = q0
    let q3 = q0
    let m0 = q0
    let m1 = q0
    let m2 = q0
    let m3 = q0
    let w0 = q0
    let w1 = q0
    let w2 = q0
    let w3 = q0
    for (let g: usize = 0; g < groups; g += 16) {
      const t = v128.load(totals + g)
      const l0 = i16x8.add(v128.load(sums + g), v128.load(bin + g))
      const l1 = i16x8.add(v128.load(sums + width + g), v128.load(bin + width + g))
      const l2 = i16x8.add(v128.load(sums + 2 * width + g), v128.load(bin + 2 * width + g))
      const l3 = i16x8.add(v128.load(sums + 3 * width + g), v128.load(bin + 3 * width + g))
      v128.store(sums + g, l0)
      v128.store(sums + width + g, l1)
      v128.store(sums + 2 * width + g, l2)
      v128.store(sums + 3 * width + g, l3)
      q0 = i32x4.add(q0, i32x4.dot_i16x8_s(l0, l0))
      q1 = i32x4.add(q1, i32x4.dot_i16x8_s(l1, l1))
      q2 = i32x4.add(q2, i32x4.dot_i16x8_s(l2, l2))
      q3 = i32x4.add(q3, i32x4.dot_i16x8_s(l3, l3))
      m0 = i32x4.add(m0, i32x4.dot_i16x8_s(l0, t))
      m1 = i32x4.add(m1, i32x4.dot_i16x8_s(l1, t))
      m2 = i32x4.add(m2, i32x4.dot_i16x8_s(l2, t))
      m3 = i32x4.add(m3, i32x4.dot_i16x8_s(l3, t))
      w0 = i32x4.add(w0, i32x4.dot_i16x8_s(l0, one))
      w1 = i32x4.add(w1, i32x4.dot_i16x8_s(l1, one))
      w2 = i32x4.add(w2, i32x4.dot_i16x8_s(l2, one))
      w3 = i32x4.add(w3, i32x4.dot_i16x8_s(l3, one))
    }
    const lsq = sumColumns(q0, q1, q2, q3)
    const m = sumColumns(m0, m1, m2, m3)
    const nl = sumColumns(w0, w1, w2, w3)
    const nr = i32x4.sub(all, nl)
    const rsq = i32x4.add(i32x4.sub(tsq, i32x4.shl(m, 1)), lsq)
    let better: v128
    if (light) {
      const s = scoreFour(lsq, rsq, nl, nr)
      better = f32x4.gt(s, best)
      best = v128.bitselect(s, best, better)
    } else {
      const low = scorePair(lsq, rsq, nl, nr)
      const high = scorePair(upper(lsq), upper(rsq), upper(nl), upper(nr))
      const betterLow = f64x2.gt(low, bestLow)
      const betterHigh = f64x2.gt(high, bestHigh)
      bestLow = v128.bitselect(low, bestLow, betterLow)
      bestHigh = v128.bitselect(high, bestHigh, betterHigh)
      better = i8x16.shuffle(betterLow, betterHigh, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27)
    }
    bestAt = v128.bitselect(i32x4.splat(b), bestAt, better)
    lsqAt = v128.bitselect(lsq, lsqAt, better)
    mAt = v128.bitselect(m, mAt, better)
    nlAt = v128.bitselect(nl, nlAt, better)
  }
  if (light) {
    bestLow = f64x2.promote_low_f32x4(best)
    bestHigh = f64x2.promote_low_f32x4(upper(best))
  }
  v128.store(laneSums, bestLow)
  v128.store(laneSums, bestHigh, 16)
  v128.store(laneSums, bestAt, 32)
  v128.store(laneSums, lsqAt, 48)
  v128.store(laneSums, mAt, 64)
  v128.store(laneSums, nlAt, 80)
  keepBins(side, gaps, f0, f1, f2, f3, s0, s1, s2, s3, used, width, line, groups)
}

/** Keeps the best of the four lanes' best cuts if it beats what there is. */
function keepBins(
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
  width: usize,
  line: u32,
  groups: usize,
): void {
  const h = histogram
  for (let lane: u32 = 0; lane < 4; lane++) {
    const score = load<f64>(laneSums + (<usize>lane << 3))
    const f = pick4(lane, f0, f1, f2, f3)
    const gone = gaps && !emptyBin(h + (GONE << line) + <usize>lane * width, groups)
    if (side == GO_LEFT ? gone && wins(score, f) : score > bestScore) {
      const shift = pick4(lane, s0, s1, s2, s3)
      const lo = <u32>load<u16>(bounds + (<usize>f << 2))
      const slot = laneSums + (<usize>lane << 2)
      const bin = load<u32>(slot, 32)
      let right: u32 = NOT_KNOWN
      if (shift == 0) {
        right = bin + 1
        while (right < used && emptyBin(h + (<usize>right << line) + <usize>lane * width, groups)) right++
        right = right < used ? right + lo : NO_RIGHT
      }
      setBest(score, f, lo + ((bin + 1) << shift) - 1, right)
      if (classFactors != 0) setLeftOfBin(lane)
      else setLeft(load<u32>(slot, 80), load<u32>(slot, 48), load<u32>(slot, 64), 0)
      if (gone) setMissing(side)
    }
  }
}

function emptyBin(at: usize, bytes: usize): bool {
  for (let g: usize = 0; g < bytes; g += 16) if (v128.any_true(v128.load(at + g))) return false
  return true
}

/** The sums of four vectors, as a vector. */
function sumColumns(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(i32x4.shuffle(a, b, 0, 4, 2, 6), i32x4.shuffle(a, b, 1, 5, 3, 7))
  const cd = i32x4.add(i32x4.shuffle(c, d, 0, 4, 2, 6), i32x4.shuffle(c, d, 1, 5, 3, 7))
  return i32x4.add(i64x2.shuffle(ab, cd, 0, 2), i64x2.shuffle(ab, cd, 1, 3))
}

function upper(v: v128): v128 {
  return i64x2.shuffle(v, v, 1, 1)
}

/** The score of a node that weighs less than LIGHT_MANY, four cuts at a time. */
function scoreFour(lsq: v128, rsq: v128, nl: v128, nr: v128): v128 {
  const l = f32x4.convert_i32x4_s(nl)
  const r = f32x4.convert_i32x4_s(nr)
  return f32x4.div(
    f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(lsq), r), f32x4.mul(f32x4.convert_i32x4_s(rsq), l)),
    f32x4.mul(l, r),
  )
}

/** The same for two cuts of a node up to EXACT_MANY. */
function scorePair(lsq: v128, rsq: v128, nl: v128, nr: v128): v128 {
  const l = f64x2.convert_low_i32x4_s(nl)
  const r = f64x2.convert_low_i32x4_s(nr)
  return f64x2.div(
    f64x2.add(
      f64x2.mul(f64x2.convert_low_i32x4_s(lsq), r),
      f64x2.mul(f64x2.convert_low_i32x4_s(rsq), l),
    ),
    f64x2.mul(l, r),
  )
}

/** Sorts the node by one feature and tries each cut between codes (between bins of 2^shift codes when shift > 0). */
function lookSorted(f: u32, shift: u32, first: usize, end: usize, n: u32): void {
  const bound = load<u32>(bounds + (<usize>f << 2))
  const lo = bound & 0xffff
  const at = codes + (<usize>f << 1)
  const local = classLocal
  let out = sortWide
  for (let p = first; p < end; p += 8, out += 8) {
    const pay = load<u32>(p, 4)
    const label = <u32>load<u16>(local + (<usize>(pay & 0xffff) << 1))
    store<u32>(out, (pay & 0xffff0000) | label)
    store<u32>(out, <u32>load<u16>(at + load<u32>(p)) - lo, 4)
  }
  const keys = sortWideByCode(n, (bound >> 16) - lo)
  const totals = localTotals
  const counts = localCounts
  const factors = localFactors
  clearBytes(counts, <usize>present << 2)
  let best = bestScore
  let place: u32 = NOT_KNOWN
  let lsqAt: f64 = 0
  let mAt: f64 = 0
  let nlAt: f64 = 0
  let lsq: f64 = 0
  let m: f64 = 0
  let nl: f64 = 0
  let p = keys
  let code = load<u32>(p, 4)
  for (let i: u32 = 1; i < n; i++, p += 8) {
    const pay = load<u32>(p)
    const label = <usize>(pay & 0xffff) << 2
    const w = (pay >> 16) * load<u32>(factors + label)
    const l = load<u32>(counts + label)
    store<u32>(counts + label, l + w)
    lsq += <f64>w * <f64>(2 * l + w)
    m += <f64>w * <f64>load<u32>(totals + label)
    nl += <f64>w
    const next = load<u32>(p, 12)
    if (next >> shift != code >> shift && i >= minLeaf && n - i >= minLeaf) {
      const s = light ? <f64>scoreLight(lsq, m, nl) : scoreHeavy(lsq, m, nl)
      if (s > best) {
        best = s
        place = i
        lsqAt = lsq
        mAt = m
        nlAt = nl
      }
    }
    code = next
  }
  if (place != NOT_KNOWN) {
    const key = keys + (<usize>place << 3)
    setBest(best, f, load<u32>(key - 4) + lo, load<u32>(key, 4) + lo)
    setLeft(nlAt, lsqAt, mAt, place)
  }
}
