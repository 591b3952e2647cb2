import { setCounted, setLeft } from './best'
import { clearBytes } from './bytes'
import { present, setPresent } from './many-node'
import { classList, classLocal, classTotals, leftCounts, localTotals, samples, waitingCounts } from './state'

/*
 * The classes of a child are known before it is looked at: the search for the cut has counted what is on its left, and what is on
 * the right is the rest. While a right child waits, its classes wait with it, a record u32 class, u32 weight each.
 */

/** Where the next record of a waiting child goes. */
let waitingEnd: usize = 0

export function startChildren(): void {
  waitingEnd = waitingCounts
}

/** The best cut has on its left the samples `from` to `to` (exclusive) of a small node's sorted column, and no others yet if `fresh`. */
export function countKeys(column: usize, from: u32, to: u32, fresh: bool): void {
  if (fresh) clearBytes(leftCounts, <usize>present << 2)
  const end = column + (<usize>to << 4)
  for (let key = column + (<usize>from << 4); key < end; key += 16) {
    const pay = load<u32>(key)
    const at = leftCounts + (<usize>(pay & 0xff) << 2)
    store<u32>(at, load<u32>(at) + ((pay >> 8) & 0xff))
  }
  setCounted()
}

/** The best cut has on its left the first `count` sorted samples, u32 class in the node and weight << 16, 8 bytes each. */
export function countSorted(keys: usize, count: u32): void {
  clearBytes(leftCounts, <usize>present << 2)
  const end = keys + (<usize>count << 3)
  for (let key = keys; key < end; key += 8) {
    const pay = load<u32>(key)
    const at = leftCounts + (<usize>(pay & 0xffff) << 2)
    store<u32>(at, load<u32>(at) + (pay >> 16))
  }
  setCounted()
}

/** The best cut has on its left bins 0 to `last` of a lane, u16 [class] each, and the bin `gone` unless it is 0. */
export function countBins(lane: usize, last: u32, line: u32, groups: usize, gone: usize): void {
  const end = lane + (<usize>last << line)
  for (let g: usize = 0; g < groups; g += 16) {
    let sum = gone == 0 ? i32x4.splat(0) : v128.load(gone + g)
    for (let bin = lane + g; bin <= end + g; bin += <usize>1 << line) sum = i16x8.add(sum, v128.load(bin))
    v128.store(leftCounts + (g << 1), i32x4.extend_low_i16x8_u(sum))
    v128.store(leftCounts + (g << 1), i32x4.extend_high_i16x8_u(sum), 16)
  }
  setCounted()
}

/** Sums up what is on the left: its weight, the sum of its squares by class, and of its products with the classes' weights in the node. */
export function sumLeft(): void {
  let nl: u32 = 0
  let lsq: u32 = 0
  let m: u32 = 0
  for (let i: usize = 0; i < present; i++) {
    const l = load<u32>(leftCounts + (i << 2))
    nl += l
    lsq += l * l
    m += l * load<u32>(localTotals + (i << 2))
  }
  setLeft(nl, lsq, m, 0)
}

/** The best cut has on its left what `counts` says, u32 [class][4 lanes] from a lane on: its lower half, if `low`, and its upper half, if `high`. */
export function countLane(counts: usize, low: bool, high: bool): void {
  for (let i: usize = 0; i < present; i++) {
    const both = load<u32>(counts + (i << 4))
    const count = low ? (both & 0xffff) + (high ? both >> 16 : 0) : both
    store<u32>(leftCounts + (i << 2), count)
  }
  setCounted()
}

/** Makes the classes of the node at hand those of its left child; those of the right one wait. Answers how many these are. */
export function splitClasses(): u32 {
  let lefts: u32 = 0
  let rest: u32 = 0
  let to = waitingEnd
  for (let i: usize = 0; i < present; i++) {
    const label = load<u16>(classList + (i << 1))
    const at = classTotals + (<usize>label << 2)
    const left = load<u32>(leftCounts + (i << 2))
    const right = load<u32>(at) - left
    store<u32>(at, left)
    store<u16>(classLocal + (<usize>label << 1), <u16>lefts)
    store<u16>(classList + (<usize>lefts << 1), label)
    lefts += <u32>(left != 0)
    rest += left
    store<u32>(to, label)
    store<u32>(to, right, 4)
    to += <usize>(right != 0) << 3
  }
  const rights = <u32>((to - waitingEnd) >> 3)
  waitingEnd = to
  setPresent(lefts, rest)
  return rights
}

/** Makes the classes of the child that waits last, so many, those of the node at hand. */
export function takeClasses(count: u32): void {
  waitingEnd -= <usize>count << 3
  readClasses(waitingEnd, count)
}

function readClasses(from: usize, count: u32): void {
  let sum: u32 = 0
  for (let i: usize = 0; i < count; i++) {
    const label = load<u32>(from + (i << 3))
    const weight = load<u32>(from + (i << 3), 4)
    store<u32>(classTotals + (<usize>label << 2), weight)
    store<u16>(classLocal + (<usize>label << 1), <u16>i)
    store<u16>(classList + (i << 1), <u16>label)
    sum += weight
  }
  setPresent(count, sum)
}

/*
 * Best first, children wait in no order. The records of a node stand where its samples do, which are as large; a node that is parted
 * has those of its children in place of its own.
 */

/** Keeps the classes of the children of the node at hand, parted at `middle`; answers how many each has, the left one's in the low half. */
export function keepClasses(first: usize, middle: usize): u32 {
  const left = waitingCounts + (first - samples)
  const right = waitingCounts + (middle - samples)
  let toLeft = left
  let toRight = right
  for (let i: usize = 0; i < present; i++) {
    const label = load<u16>(classList + (i << 1))
    const all = load<u32>(classTotals + (<usize>label << 2))
    const part = load<u32>(leftCounts + (i << 2))
    if (part != 0) {
      store<u32>(toLeft, label)
      store<u32>(toLeft, part, 4)
      toLeft += 8
    }
    if (part != all) {
      store<u32>(toRight, label)
      store<u32>(toRight, all - part, 4)
      toRight += 8
    }
  }
  return <u32>((toLeft - left) >> 3) | (<u32>((toRight - right) >> 3) << 16)
}

/** Makes the classes that were kept for the samples from `first` on, so many, those of the node at hand. */
export function takeKeptClasses(first: usize, count: u32): void {
  readClasses(waitingCounts + (first - samples), count)
}
