/** Thresholds as indices into each feature's distinct ones. */
export interface Numbered {
  /** [distinct] by feature, ascending. */
  readonly threshold: Float32Array
  /** [features + 1] */
  readonly thresholdStart: Uint32Array
  /** Writes [number splits] the place of each among those of its feature. */
  readonly fill: (to: Uint8Array | Uint16Array) => void
}

/** The splits of a run that have a threshold. */
export interface NumberSplits {
  readonly feature: Uint8Array | Uint16Array
  readonly threshold: Float32Array
}

/**
 * Numbers the distinct thresholds of each feature; 'many' once there are too many for that to save a byte, or when the first
 * of many are nearly all distinct: then numbering hardly pays, and finding out for sure takes longer than all other packing.
 * The slow twin of kernels/number.ts. Pauses after each run.
 *
 * @param count of all splits; more than 0.
 */
export function* numberPlainly(
  runs: readonly NumberSplits[],
  features: number,
  count: number,
): Generator<void, Numbered | 'many'> {
  const index = new Uint16Array(count)
  const found = new Uint32Array(features)
  // Open addressing: bits of the threshold, then feature << 16 | number; no feature is 0xffff.
  let table = new Uint32Array(1 << 13).fill(FREE)
  let distinct = 0
  let number = 0
  for (const { feature, threshold } of runs) {
    const words = new Uint32Array(threshold.buffer, threshold.byteOffset, threshold.length)
    for (let i = 0; i < words.length; i++) {
      if (number === SAMPLE && looksDistinct(distinct, count)) return 'many'
      const bits = words[i]
      const f = feature[i]
      let slot = firstSlot(bits, f) & (table.length - 2)
      // invariant of each step: the slot is taken by another threshold
      while (table[slot] !== bits || table[slot + 1] >>> 16 !== f) {
        if (table[slot + 1] === FREE) break
        slot = (slot + 2) & (table.length - 2)
      }
      if (table[slot + 1] === FREE) {
        if (found[f] > 0xffff || ++distinct > mostDistinct(count)) return 'many'
        table[slot] = bits
        table[slot + 1] = (f << 16) | found[f]
        index[number++] = found[f]++
        if (4 * distinct > table.length) table = doubled(table)
      } else {
        index[number++] = table[slot + 1] & 0xffff
      }
    }
    yield
  }
  const thresholdStart = startsOf(found)
  const seen = new Uint32Array(distinct)
  for (let slot = 0; slot < table.length; slot += 2) {
    const word = table[slot + 1]
    if (word !== FREE) seen[thresholdStart[word >>> 16] + (word & 0xffff)] = table[slot]
  }
  const threshold = new Float32Array(distinct)
  const rank = new Uint16Array(distinct)
  for (let f = 0; f < features; f++) {
    const ofFeature = new Float32Array(seen.buffer, 4 * thresholdStart[f], found[f])
    const ascending = threshold.subarray(thresholdStart[f], thresholdStart[f + 1])
    ascending.set(ofFeature)
    ascending.sort()
    for (let i = 0; i < ofFeature.length; i++) rank[thresholdStart[f] + i] = placeOf(ofFeature[i], ascending)
  }
  const fill = (to: Uint8Array | Uint16Array) => {
    let at = 0
    for (const { feature } of runs) {
      for (let i = 0; i < feature.length; i++, at++) to[at] = rank[thresholdStart[feature[i]] + index[at]]
    }
  }
  return { threshold, thresholdStart, fill }
}

/** Most distinct thresholds that save a byte: each takes four, and each split has at least one for its index. */
export function mostDistinct(count: number): number {
  return Math.ceil((3 * count) / 4) - 1
}

/** Thresholds that are looked at first. */
export const SAMPLE = 4096

/** Whether the first SAMPLE of many thresholds, so many of them distinct, tell that numbering does not pay. */
export function looksDistinct(distinct: number, count: number): boolean {
  return count >= 4 * SAMPLE && distinct > 0.9 * SAMPLE
}

/** Where the thresholds of each feature start. */
export function startsOf(found: Uint32Array): Uint32Array {
  const starts = new Uint32Array(found.length + 1)
  for (let f = 0; f < found.length; f++) starts[f + 1] = starts[f] + found[f]
  return starts
}

const FREE = 0xffff_ffff

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
