import { setCounted } from './best'
import { clearBytes } from './bytes'
import { keepSorted, keptLevels } from './levels'
import { present } from './many-node'
import { leftCounts, levelSamples, levelSamplesBytes, levelSides, localCounts } from './state'

/*
 * What level-rows.ts leaves of its best cut: the samples and the records, from which the side of each level is told once that cut is known to be
 * the best of the node.
 */

// A sample, 8 bytes: u32 weight << 16 | class, u16 level, u16 the one before it in its level, counted from 1; 0 if there is none.
export const LEVEL: usize = 4
export const BEFORE: usize = 6

// A record of levels.ts has, at 8, u32 the last sample of a level and its weight, or a class and 0 for all levels with one sample, of this class.
export const LAST: usize = 8
export const WEIGHT: usize = 12

/** The sample before another one of its level; 0 if there is none. */
export function chainBefore(sample: usize, samples: usize): usize {
  const number = <usize>load<u16>(sample, BEFORE)
  return number == 0 ? 0 : samples + ((number - 1) << 3)
}

let kept: usize = 0
let keptEnd: usize = 0
let keptRecords: u32 = 0

/** Of two lists of samples the one that is not that of the best cut. */
export function freeSamples(): usize {
  return kept == levelSamples ? levelSamples + levelSamplesBytes : levelSamples
}

/** Keeps n samples and the sorted records of a cut. */
export function keepRecords(samples: usize, n: u32, list: usize, count: u32): void {
  keepSorted(list)
  kept = samples
  keptEnd = samples + (<usize>n << 3)
  keptRecords = count
}

/** Levels on the left. */
export let sidesLeft: u32 = 0

/**
 * Sets the sides of levels, those of the records up to one on the left, counts the classes there, and lists the levels in keptLevels; answers how
 * many there are.
 */
export function setSides(upTo: u32, left: u8, right: u8): u32 {
  const classSides = localCounts
  let to = keptLevels
  let count: u32 = 0
  for (let i: u32 = 0; i < keptRecords; i++) {
    const record = keptLevels + (<usize>i << 4)
    const last = <usize>load<u32>(record, LAST)
    const side = i <= upTo ? left : right
    if (load<u32>(record, WEIGHT) == 0) {
      store<u32>(classSides + (last << 2), side)
      continue
    }
    const level = <u32>load<u16>(last, LEVEL)
    store<u8>(levelSides + <usize>level, side)
    store<u32>(to, level, 8)
    to += 16
    count += <u32>(side == left)
  }
  const counts = leftCounts
  clearBytes(counts, <usize>present << 2)
  setCounted()
  for (let sample = kept; sample < keptEnd; sample += 8) {
    const told = load<u32>(sample)
    const level = <u32>load<u16>(sample, LEVEL)
    const at = levelSides + <usize>level
    const c = <usize>(told & 0xffff) << 2
    const known = load<u8>(at)
    const ofClass = load<u8>(classSides + c)
    const side = <u8>select<u32>(known, ofClass, known != 0)
    store<u8>(at, side)
    store<u32>(counts + c, load<u32>(counts + c) + select<u32>(told >> 16, 0, side == left))
    store<u32>(to, level, 8)
    to += <usize>(known == 0) << 4
    count += <u32>(known == 0 && ofClass == left)
  }
  kept = 0
  sidesLeft = count
  return <u32>((to - keptLevels) >> 4)
}
