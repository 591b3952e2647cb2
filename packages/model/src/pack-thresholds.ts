import type { SectionPlans, SectionValues } from './format-write.ts'
import type { NodeRun } from './grown-tree.ts'
import { SUBSET } from './trees.ts'

/** The thresholds as they are, or as indices into each feature's distinct ones where that takes fewer bytes. */
export function packThresholds(runs: readonly NodeRun[], features: number): SectionPlans {
  let count = 0
  for (const run of runs) count += numberSplits(run)
  if (count === 0) return {}
  const plain = { threshold: { type: 4, length: count, fill: (to: SectionValues) => fillPlain(runs, to) } } as const
  if (looksDistinct(runs, count)) return plain
  const numbers = numberThresholds(runs, features, count)
  if (numbers === undefined) return plain
  const { index, seen, thresholdStart } = numbers
  const distinct = thresholdStart[features]
  let most = 0
  for (let f = 0; f < features; f++) most = Math.max(most, thresholdStart[f + 1] - thresholdStart[f])
  const width = most <= 0x100 ? 1 : 2
  if (width * count + 4 * (distinct + features + 1) >= 4 * count) return plain

  const threshold = new Float32Array(distinct)
  const rank = new Uint16Array(distinct)
  for (let f = 0; f < features; f++) {
    const ofFeature = seen.subarray(thresholdStart[f], thresholdStart[f + 1])
    const ascending = threshold.subarray(thresholdStart[f], thresholdStart[f + 1])
    ascending.set(ofFeature)
    ascending.sort()
    for (let i = 0; i < ofFeature.length; i++) rank[thresholdStart[f] + i] = placeOf(ofFeature[i], ascending)
  }
  const fill = (to: SectionValues) => {
    let number = 0
    for (const { feature, flags } of runs) {
      for (let i = 0; i < feature.length; i++) {
        if ((flags[i] & SUBSET) !== 0) continue
        to[number] = rank[thresholdStart[feature[i]] + index[number]]
        number++
      }
    }
  }
  return { threshold, thresholdIndex: { type: width, length: count, fill }, thresholdStart }
}

interface Numbers {
  /** [number splits] number of the threshold among those of its feature, in the order they were met. */
  readonly index: Uint16Array
  /** [distinct] the thresholds of feature f from `thresholdStart[f]` on, in the order they were met. */
  readonly seen: Float32Array
  /** [features + 1] */
  readonly thresholdStart: Uint32Array
}

/** Numbers the distinct thresholds of each feature; undefined once there are too many for that to save a byte. */
function numberThresholds(runs: readonly NodeRun[], features: number, count: number): Numbers | undefined {
  const index = new Uint16Array(count)
  const found = new Uint32Array(features)
  // Open addressing: bits of the threshold, then feature << 16 | number; no feature is 0xffff.
  let table = new Uint32Array(1 << 13).fill(FREE)
  let distinct = 0
  let number = 0
  for (const { feature, threshold, flags } of runs) {
    const words = new Uint32Array(threshold.buffer, threshold.byteOffset, threshold.length)
    for (let i = 0; i < words.length; i++) {
      if ((flags[i] & SUBSET) !== 0) continue
      const bits = words[i] === MINUS_ZERO ? 0 : words[i]
      const f = feature[i]
      let slot = firstSlot(bits, f) & (table.length - 2)
      // invariant of each step: the slot is taken by another threshold
      while (table[slot] !== bits || table[slot + 1] >>> 16 !== f) {
        if (table[slot + 1] === FREE) break
        slot = (slot + 2) & (table.length - 2)
      }
      if (table[slot + 1] === FREE) {
        if (found[f] > 0xffff || count + 4 * ++distinct >= 4 * count) return undefined
        table[slot] = bits
        table[slot + 1] = (f << 16) | found[f]
        index[number++] = found[f]++
        if (4 * distinct > table.length) table = doubled(table)
      } else {
        index[number++] = table[slot + 1] & 0xffff
      }
    }
  }
  const thresholdStart = new Uint32Array(features + 1)
  for (let f = 0; f < features; f++) thresholdStart[f + 1] = thresholdStart[f] + found[f]
  const seen = new Uint32Array(distinct)
  for (let slot = 0; slot < table.length; slot += 2) {
    const word = table[slot + 1]
    if (word !== FREE) seen[thresholdStart[word >>> 16] + (word & 0xffff)] = table[slot]
  }
  return { index, seen: new Float32Array(seen.buffer), thresholdStart }
}

const FREE = 0xffff_ffff
const MINUS_ZERO = 0x8000_0000

function firstSlot(bits: number, feature: number): number {
  return Math.imul(bits ^ Math.imul(feature, 0x85eb_ca6b), 0x9e37_79b1) >>> 11
}

function doubled(table: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * table.length).fill(FREE)
  for (let from = 0; from < table.length; from += 2) {
    if (table[from + 1] === FREE) continue
    let slot = firstSlot(table[from], table[from + 1] >>> 16) & (larger.length - 2)
    while (larger[slot + 1] !== FREE) slot = (slot + 2) & (larger.length - 2)
    larger[slot] = table[from]
    larger[slot + 1] = table[from + 1]
  }
  return larger
}

function placeOf(value: number, ascending: Float32Array): number {
  let from = 0
  let to = ascending.length - 1
  while (from < to) {
    const middle = (from + to) >>> 1
    if (ascending[middle] < value) from = middle + 1
    else to = middle
  }
  return from
}

function numberSplits({ flags }: NodeRun): number {
  let subsets = 0
  for (let i = 0; i < flags.length; i++) subsets += (flags[i] & SUBSET) / SUBSET
  return flags.length - subsets
}

function fillPlain(runs: readonly NodeRun[], to: SectionValues): void {
  let number = 0
  for (const { threshold, flags } of runs) {
    for (let i = 0; i < threshold.length; i++) {
      if ((flags[i] & SUBSET) === 0) to[number++] = threshold[i] + 0 // minus zero is zero
    }
  }
}

/**
 * Whether the first of many thresholds are nearly all distinct: then numbering them hardly pays, and finding out for sure
 * takes longer than all other packing.
 */
function looksDistinct(runs: readonly NodeRun[], count: number): boolean {
  if (count < 4 * SAMPLE) return false
  const seen = new Set<string>()
  let looked = 0
  for (const { feature, threshold, flags } of runs) {
    for (let i = 0; i < threshold.length && looked < SAMPLE; i++) {
      if ((flags[i] & SUBSET) !== 0) continue
      seen.add(`${feature[i]} ${threshold[i]}`)
      looked++
    }
  }
  return seen.size > 0.9 * SAMPLE
}

const SAMPLE = 4096
