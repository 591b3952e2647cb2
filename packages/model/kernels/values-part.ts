import { bestMissing, bestSubset, GO_LEFT, NONE } from './best'
import { copyWords } from './bytes'
import { partByLevels } from './levels'
import { partWithGaps, setEdges } from './part'
import { codes, spare } from './state'

/** `part` of part.ts for samples of 16 bytes. */
export function partWide(feature: u32, cut: u32, first: usize, end: usize): usize {
  if (bestSubset) return partByLevels(feature, first, end, 16)
  const add = <u32>(bestMissing == GO_LEFT)
  const last = cut + add
  const at = codes + (<usize>feature << 1)
  let left = first
  let right = spare
  for (let p = first; p < end; p += 16) {
    const sample = v128.load(p)
    v128.store(left, sample)
    v128.store(right, sample)
    const step = <usize>(((<u32>load<u16>(at + load<u32>(p)) + add) & 0xffff) <= last) << 4
    left += step
    right += 16 - step
  }
  copyWords(left, spare, right - spare)
  return left
}

/** `partAndFindEdges` for samples of 16 bytes. */
export function partWideAndFindEdges(feature: u32, cut: u32, first: usize, end: usize): usize {
  if (bestMissing != NONE) return partWithGaps(feature, cut, first, end, 16)
  const at = codes + (<usize>feature << 1)
  let left = first
  let right = spare
  let below: u32 = 0xffffffff
  let above: u32 = 0xffffffff
  for (let p = first; p < end; p += 16) {
    const sample = v128.load(p)
    v128.store(left, sample)
    v128.store(right, sample)
    const code = <u32>load<u16>(at + load<u32>(p))
    const step = <usize>(code <= cut) << 4
    left += step
    right += 16 - step
    below = min(below, cut - code)
    above = min(above, code - cut - 1)
  }
  copyWords(left, spare, right - spare)
  setEdges(cut - below, cut + 1 + above)
  return left
}
