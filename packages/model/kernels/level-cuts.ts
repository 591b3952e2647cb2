import { GO_LEFT, GO_RIGHT, NO_RIGHT, NONE, setBest, setLeft, setMissing } from './best'
import { Entropy, Gini } from './criteria'
import { wins } from './draw'
import { clearLevels, holdLevel, levelList, listCells, listLevels, looksAtCells, shiftOfPlaces, sortLevels } from './levels'
import { NETWORK_ROWS } from './network'
import { codes, hasMissing, levelCells, levelRows, minLeaf, MISSING, terms } from './state'
import { keepList } from './subsets'
import { scoreCut } from './two-cut'
import { LIGHT } from './two-score'

/*
 * A category of a node, small or large: one pass sums up its levels, these are ordered by the share of the class with the
 * higher number or by their mean, and the cuts between their places are tried, missing values right, then left. For two
 * classes and for numbers one of these is the best of all subsets (Fisher 1958; Breiman et al. 1984).
 */

/** Two classes; `upper` tells whether the second one has the higher number. */
export function lookLevelsOfTwo(f: u32, first: usize, end: usize, n: u32, c0: u32, c1: u32, upper: bool): void {
  if (terms != 0) tryLevels<Entropy>(f, first, end, n, c0, c1, upper)
  else tryLevels<Gini>(f, first, end, n, c0, c1, upper)
}

function tryLevels<C>(f: u32, first: usize, end: usize, n: u32, c0: u32, c1: u32, upper: bool): void {
  const at = codes + (<usize>f << 1)
  const lacking = hasMissing(f) ? MISSING : 0x10000
  const counted = minLeaf > 1
  const cells = looksAtCells(f, n)
  let m0: u32 = 0
  let m1: u32 = 0
  let gone: u32 = 0
  for (let p = first; p < end; p += 8) {
    const level = <u32>load<u16>(at + load<u32>(p))
    const both = load<u32>(p, 4)
    if (level == lacking) {
      m0 += both & 0xffff
      m1 += both >> 16
      gone++
      continue
    }
    const cell = levelCells + (<usize>level << 4)
    // Without a branch: whether a level is new is as good as chance.
    if (!cells) holdLevel(level)
    store<u64>(cell, load<u64>(cell) + (<u64>(both & 0xffff) | (<u64>(both >> 16) << 32)))
    if (counted) countRow(level)
  }
  const count = cells ? listCells(f, levelCells, 4) : listLevels(f)
  for (let i: usize = 0; i < count; i++) order(i, upper, n <= <u32>NETWORK_ROWS)
  const list = sortLevels(count)
  const shift = shiftOfPlaces(count, n)
  const light = c0 + c1 < LIGHT
  let top: f64 = -1
  let topAt: u32 = 0
  let top0: u32 = 0
  let top1: u32 = 0
  let topRows: u32 = 0
  for (let side = GO_RIGHT; side <= GO_LEFT; side++) {
    if (gone == 0 && side == GO_LEFT) break
    const before = top
    let l0 = side == GO_LEFT ? m0 : 0
    let l1 = side == GO_LEFT ? m1 : 0
    let rows = side == GO_LEFT ? gone : 0
    for (let i: u32 = 0; i < count; i++) {
      const level = <usize>load<u32>(list + (<usize>i << 4), 8)
      l0 += load<u32>(levelCells + (level << 4))
      l1 += load<u32>(levelCells + (level << 4), 4)
      if (counted) rows += load<u32>(levelRows + (level << 2))
      if (!isEnd(i, count, shift, gone > 0 && side == GO_RIGHT)) continue
      if (counted && (rows < minLeaf || n - rows < minLeaf)) continue
      const score = scoreCut<C>(l0, l1, c0, c1, light)
      if (score > top) {
        top = score
        topAt = i
        top0 = l0
        top1 = l1
        topRows = rows
      }
    }
    if (top > before && wins(top, f)) {
      setBest(top, f, topAt, NO_RIGHT)
      setMissing(gone > 0 ? side : NONE)
      setLeft(top0, top1, 0, counted ? topRows : 0)
      keepList(list, count)
    }
  }
  clearLevels(list, count, counted)
}

function order(i: usize, upper: bool, small: bool): void {
  const record = levelList + (i << 4)
  const cell = levelCells + (<usize>load<u32>(record, 8) << 4)
  const l0 = <f64>load<u32>(cell)
  const l1 = <f64>load<u32>(cell, 4)
  const share = (upper ? l1 : l0) / (l0 + l1)
  store<f64>(record, small ? <f64>(<f32>share) : share)
}

export function countRow(level: u32): void {
  const at = levelRows + (<usize>level << 2)
  store<u32>(at, load<u32>(at) + 1)
}

/** Whether a cut follows place i; after the last one only missing values may be on the right. */
function isEnd(i: u32, count: u32, shift: u32, gone: bool): bool {
  return i + 1 < count ? (i + 1) >> shift != i >> shift : gone
}
