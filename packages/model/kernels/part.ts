import { bestMissing, bestSubset, GO_LEFT, NO_RIGHT, NONE } from './best'
import { copyWords } from './bytes'
import { gatheredAt } from './cuts'
import { partByLevels } from './levels'
import { codes, MISSING, spare, valueRows } from './state'

/** Codes next to the last cut: the largest of the left rows and the smallest of the right ones. */
export let leftEdge: u32 = 0
export let rightEdge: u32 = 0

export function setEdges(left: u32, right: u32): void {
  leftEdge = left
  rightEdge = right
}

/**
 * Parts samples [first, end) in their order: left rows first, those of code <= cut, and where missing values go left those
 * too, which adding one turns into code 0. Returns the end of the left ones.
 */
export function part(feature: u32, cut: u32, first: usize, end: usize): usize {
  if (bestSubset) return partByLevels(feature, first, end, 8)
  const add = <u32>(bestMissing == GO_LEFT)
  const last = cut + add
  const at = codes + (<usize>feature << 1)
  let left = first
  let right = spare
  for (let p = first; p < end; p += 8) {
    const sample = load<u64>(p)
    store<u64>(left, sample)
    store<u64>(right, sample)
    const step = <usize>(((<u32>load<u16>(at + <u32>sample) + add) & 0xffff) <= last) << 3
    left += step
    right += 8 - step
  }
  copyWords(left, spare, right - spare)
  return left
}

/** The same, and finds the codes next to the cut. */
export function partAndFindEdges(feature: u32, cut: u32, first: usize, end: usize): usize {
  if (bestMissing != NONE) return partWithGaps(feature, cut, first, end, 8)
  const at = codes + (<usize>feature << 1)
  let left = first
  let right = spare
  let below: u32 = 0xffffffff
  let above: u32 = 0xffffffff
  for (let p = first; p < end; p += 8) {
    const sample = load<u64>(p)
    store<u64>(left, sample)
    store<u64>(right, sample)
    const code = <u32>load<u16>(at + <u32>sample)
    const step = <usize>(code <= cut) << 3
    left += step
    right += 8 - step
    // Unsigned differences: rows of the other side wrap round to large numbers.
    below = min(below, cut - code)
    above = min(above, code - cut - 1)
  }
  copyWords(left, spare, right - spare)
  leftEdge = cut - below
  rightEdge = cut + 1 + above
  return left
}

/** Parts by a threshold, samples of `size` bytes (8 or 16). Values that were gathered are read in their order. */
export function partByThreshold(feature: u32, threshold: f32, first: usize, end: usize, size: usize): usize {
  const at = valueRows + (<usize>feature << 2)
  let value = gatheredAt(feature, first)
  let left = first
  let right = spare
  if (size == 16) {
    for (let p = first; p < end; p += 16) {
      const sample = v128.load(p)
      v128.store(left, sample)
      v128.store(right, sample)
      const x = value == 0 ? load<f32>(at + (load<u32>(p) << 1)) : load<f32>(value + (p - first))
      const step = <usize>(x <= threshold) << 4
      left += step
      right += 16 - step
    }
  } else if (value != 0) {
    for (let p = first; p < end; p += 8, value += 16) {
      const sample = load<u64>(p)
      store<u64>(left, sample)
      store<u64>(right, sample)
      const step = <usize>(load<f32>(value) <= threshold) << 3
      left += step
      right += 8 - step
    }
  } else {
    for (let p = first; p < end; p += 8) {
      const sample = load<u64>(p)
      store<u64>(left, sample)
      store<u64>(right, sample)
      const step = <usize>(load<f32>(at + (<usize>(<u32>sample) << 1)) <= threshold) << 3
      left += step
      right += 8 - step
    }
  }
  copyWords(left, spare, right - spare)
  return left
}

/** `partAndFindEdges` where some samples, of `size` bytes (8 or 16), lack a value. */
export function partWithGaps(feature: u32, cut: u32, first: usize, end: usize, size: usize): usize {
  const at = codes + (<usize>feature << 1)
  const goneLeft = bestMissing == GO_LEFT
  let left = first
  let right = spare
  let last: u32 = 0
  let next: u32 = NO_RIGHT
  for (let p = first; p < end; p += size) {
    const code = <u32>load<u16>(at + load<u32>(p))
    let isLeft = code <= cut
    if (code == MISSING) isLeft = goneLeft
    else if (isLeft) last = max(last, code)
    else next = min(next, code)
    if (size == 8) {
      const sample = load<u64>(p)
      store<u64>(left, sample)
      store<u64>(right, sample)
    } else {
      const sample = v128.load(p)
      v128.store(left, sample)
      v128.store(right, sample)
    }
    const step = size & (0 - <usize>isLeft)
    left += step
    right += size - step
  }
  copyWords(left, spare, right - spare)
  leftEdge = last
  rightEdge = next
  return left
}
