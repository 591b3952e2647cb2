import { copyWords } from './bytes'
import { entropyOfSides, termsOfSides } from './entropy'
import { heldIn, isInside } from './gaps'
import { upper } from './lanes'
import { sideTerms, wholeTerms } from './many-entropy'
import { present, weight, whole } from './many-node'
import { classFactors, keyRows, localCounts, localFactors, minLeaf, rowSums, termScale, termStarts } from './state'
import { OTHER, ROW, pickTop } from './two-entropy-small'

/** Scores all cuts of four sorted columns of a small node as scanEntropy of two classes does. */
export function scanEntropy(n: u32, gaps: bool): u32 {
  sumColumns(n, false)
  if (gaps) sumColumns(n, true)
  if (classFactors != 0) {
    addSides(n, 0)
    if (gaps) addSides(n, OTHER)
  }
  let top01 = f64x2.splat(0)
  let top23 = top01
  let left01 = top01
  let left23 = top01
  let at = rowSums
  let key = keyRows
  let code = i32x4.shr_u(v128.load(key), 16)
  for (let i: u32 = 0; i < n - minLeaf; i++, at += ROW, key += 16) {
    const next = i32x4.shr_u(v128.load(key, 16), 16)
    const same = i32x4.eq(code, next)
    const none = v128.or(same, i32x4.splat(i + 1 >= minLeaf ? 0 : -1))
    code = next
    maskScores(at, none)
    top01 = f64x2.pmax(top01, v128.load(at))
    top23 = f64x2.pmax(top23, v128.load(at, 16))
    if (!gaps) continue
    maskScores(at + OTHER, v128.or(same, v128.not(isInside(i))))
    left01 = f64x2.pmax(left01, v128.load(at + OTHER))
    left23 = f64x2.pmax(left23, v128.load(at + OTHER, 16))
  }
  return pickTop(top01, top23, left01, left23)
}

/** Where rowSums holds u32 [row][lane] weights on the left with class weights, and half of OTHER on those with missing values there. */
const WEIGHTS: usize = 2048

/** Adds the terms of the sides' weights. */
function addSides(n: u32, other: usize): void {
  const full = i32x4.splat(<u32>whole)
  const unit = f64x2.splat(whole * termScale)
  let at = rowSums + other
  let weights = rowSums + WEIGHTS + (other >> 1)
  for (let i: u32 = 1; i < n; i++, at += ROW, weights += 16) {
    const sides = entropyOfSides(v128.load(weights), full)
    v128.store(at, f64x2.add(v128.load(at), termsOfSides(sides, unit)))
    v128.store(at, f64x2.add(v128.load(at, 16), termsOfSides(upper(sides), unit)), 16)
  }
}

/** Makes the scores of some lanes 0. */
function maskScores(at: usize, none: v128): void {
  v128.store(at, v128.andnot(v128.load(at), i64x2.extend_low_i32x4_s(none)))
  v128.store(at, v128.andnot(v128.load(at, 16), i64x2.extend_high_i32x4_s(none)), 16)
}

/**
 * f64 [row][lane] in rowSums: the score of a cut behind each row of the sorted columns; from OTHER on, of lanes that lack values, with
 * those on the left if `start`. Of each class localCounts holds where its term is at the moment.
 */
function sumColumns(n: u32, start: bool): void {
  const cursors = localCounts
  const bytes = ((<usize>present << 2) + 15) & ~15
  const sides = sideTerms
  const eighths = weight << 3
  const weighted = classFactors != 0
  for (let lane: u32 = 0; lane < 4; lane++) {
    const column = keyRows + (<usize>lane << 2)
    const held = start ? heldIn(lane) : n
    const gone = n - held
    if (held == 0 || (start && gone == 0)) continue
    copyWords(cursors, termStarts, bytes)
    let sum = wholeTerms
    let nl: u32 = 0
    let key = column + (<usize>held << 4)
    for (let i: u32 = 0; i < gone; i++, key += 16) {
      const pay = load<u32>(key)
      const w = (pay >> 5) & 0x7f8
      const cursor = cursors + (<usize>(pay & 0xff) << 2)
      const from = load<u32>(cursor)
      store<u32>(cursor, from + w)
      sum += load<f64>(from + w) - load<f64>(from)
      nl += weighted ? (w >> 3) * load<u32>(localFactors + (cursor - cursors)) : w
    }
    key = column
    let to = rowSums + (<usize>lane << 3) + (start ? OTHER : 0)
    let toWeight = rowSums + WEIGHTS + (<usize>lane << 2) + (start ? OTHER >> 1 : 0)
    for (let i: u32 = 1; i < held; i++, key += 16, to += ROW, toWeight += 16) {
      const pay = load<u32>(key)
      const w = (pay >> 5) & 0x7f8
      const cursor = cursors + (<usize>(pay & 0xff) << 2)
      const from = load<u32>(cursor)
      store<u32>(cursor, from + w)
      sum += load<f64>(from + w) - load<f64>(from)
      if (weighted) {
        nl += (w >> 3) * load<u32>(localFactors + (cursor - cursors))
        store<f64>(to, sum)
        store<u32>(toWeight, nl)
        continue
      }
      nl += w
      store<f64>(to, sum + load<f64>(sides + <usize>min(nl, eighths - nl)))
    }
  }
}
