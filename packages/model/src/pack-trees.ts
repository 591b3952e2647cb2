import type { Sections } from './format.ts'
import type { Signature } from './table.ts'
import { LEAF, MISSING_LEFT, SUBSET, type Trees } from './trees.ts'

/** Writes valid trees as sections of a file, each array in its smallest form; `unpackTrees` reads them. */
export function packTrees(trees: Trees, signature: Signature): Sections {
  const classes = signature.target.type === 'class' ? signature.target.classes.length : 0
  return {
    treeStart: trees.treeStart,
    ...packSplits(trees, signature.features.length),
    ...(trees.subsets.length > 0 ? { subsets: trees.subsets } : {}),
    ...(classes > 0 ? packShares(trees, classes) : packValues(trees)),
    ...(trees.leafRows ? packRows(trees.leafRows) : {}),
  }
}

function packSplits({ feature, threshold, flags, treeStart }: Trees, features: number): Sections {
  const nodes = feature.length
  const splits = (nodes - (treeStart.length - 1)) / 2
  const shape = new Uint8Array(Math.ceil(nodes / 8))
  const column = new (features <= 256 ? Uint8Array : Uint16Array)(splits)
  const missingLeft = new Uint8Array(Math.ceil(splits / 8))
  const numbers = new Float32Array(splits)
  const numberFeature = new Uint16Array(splits)
  let split = 0
  let number = 0
  for (let node = 0; node < nodes; node++) {
    if (feature[node] === LEAF) continue
    shape[node >>> 3] |= 1 << (node & 7)
    column[split] = feature[node]
    if ((flags[node] & MISSING_LEFT) !== 0) missingLeft[split >>> 3] |= 1 << (split & 7)
    if ((flags[node] & SUBSET) === 0) {
      numberFeature[number] = feature[node]
      numbers[number++] = threshold[node] + 0 // minus zero is zero
    }
    split++
  }
  return {
    shape,
    ...(splits > 0 ? { feature: column } : {}),
    ...packThresholds(numbers.subarray(0, number), numberFeature, features),
    ...(missingLeft.some((byte) => byte !== 0) ? { missingLeft } : {}),
  }
}

/** The thresholds as they are, or as indices into each feature's distinct ones where that takes fewer bytes. */
function packThresholds(threshold: Float32Array, feature: Uint16Array, features: number): Sections {
  if (threshold.length === 0) return {}
  if (looksDistinct(threshold, feature)) return { threshold }
  const numberOf = Array.from({ length: features }, () => new Map<number, number>())
  for (let i = 0; i < threshold.length; i++) numberOf[feature[i]].set(threshold[i], 0)
  const thresholdStart = new Uint32Array(features + 1)
  let most = 0
  for (let f = 0; f < features; f++) {
    thresholdStart[f + 1] = thresholdStart[f] + numberOf[f].size
    most = Math.max(most, numberOf[f].size)
  }
  const width = most <= 0x100 ? 1 : 2
  const indexedBytes = width * threshold.length + 4 * (thresholdStart[features] + features + 1)
  if (most > 0x10000 || indexedBytes >= 4 * threshold.length) return { threshold }

  const values = new Float32Array(thresholdStart[features])
  numberOf.forEach((numbers, f) => {
    const ascending = Float32Array.from(numbers.keys()).sort()
    values.set(ascending, thresholdStart[f])
    for (let i = 0; i < ascending.length; i++) numbers.set(ascending[i], i)
  })
  const thresholdIndex = new (width === 1 ? Uint8Array : Uint16Array)(threshold.length)
  for (let i = 0; i < threshold.length; i++) thresholdIndex[i] = numberOf[feature[i]].get(threshold[i])!
  return { threshold: values, thresholdIndex, thresholdStart }
}

/**
 * Whether the first of many thresholds are nearly all distinct: then numbering them hardly pays, and finding out for sure
 * takes longer than all other packing.
 */
function looksDistinct(threshold: Float32Array, feature: Uint16Array): boolean {
  if (threshold.length < 4 * SAMPLE) return false
  const seen = new Set<string>()
  for (let i = 0; i < SAMPLE; i++) seen.add(`${feature[i]} ${threshold[i]}`)
  return seen.size > 0.9 * SAMPLE
}

const SAMPLE = 4096

function packValues({ leafShare }: Trees): Sections {
  const exact = leafShare.every((value) => Object.is(Math.fround(value), value))
  return { leafShare: exact ? new Float32Array(leafShare) : leafShare }
}

/** Shares are written as whole counts where those give the same shares, and not at all where every leaf is pure. */
function packShares({ leafStart, leafClass, leafShare }: Trees, classes: number): Sections {
  const leaves = leafStart.length - 1
  const narrow = classes <= 256
  const listed = narrow ? new Uint8Array(leafClass) : leafClass
  const single = leafClass.length === leaves
  const leafEntries = new (narrow ? Uint8Array : Uint16Array)(single ? 0 : leaves)
  for (let leaf = 0; leaf < leafEntries.length; leaf++) leafEntries[leaf] = leafStart[leaf + 1] - leafStart[leaf] - 1
  const sections = { leafClass: listed, ...(single ? {} : { leafEntries }) }
  const counts = countsOf(leafStart, leafShare)
  if (counts === undefined) return { ...sections, leafShare }
  return counts.length === 0 ? sections : { ...sections, leafCount: narrowed(counts) }
}

/** Counts of the leaves with several classes; undefined where shares are no fractions of small whole numbers. */
function countsOf(leafStart: Uint32Array, leafShare: Float64Array): Uint32Array | undefined {
  const counts = new Uint32Array(leafShare.length)
  let used = 0
  for (let leaf = 0; leaf + 1 < leafStart.length; leaf++) {
    const first = leafStart[leaf]
    const end = leafStart[leaf + 1] // exclusive
    if (end - first === 1) {
      if (leafShare[first] !== 1) return undefined
      continue
    }
    let total = 1
    for (let entry = first; entry < end; entry++) {
      const of = denominator(leafShare[entry])
      total = of === 0 ? 0 : (total / greatestDivisor(total, of)) * of
      if (total === 0 || total > MAX_TOTAL) return undefined
    }
    let sum = 0
    for (let entry = first; entry < end; entry++) {
      const count = Math.round(leafShare[entry] * total)
      if (count / total !== leafShare[entry]) return undefined
      sum += count
      counts[used++] = count
    }
    if (sum !== total) return undefined
  }
  return counts.subarray(0, used)
}

/** Fractions of smaller numbers than this are found again from the float64 next to them. */
const MAX_TOTAL = 2 ** 26

/** The least denominator of a fraction in (0, 1] that rounds to `share`; 0 where it is above MAX_TOTAL. */
function denominator(share: number): number {
  // Convergents of the continued fraction: each is the best fraction up to its denominator.
  let before = 0
  let last = 1
  let rest = share
  for (let i = 0; i < 40; i++) {
    if (Math.round(share * last) / last === share) return last
    rest = 1 / (rest - Math.floor(rest))
    const next = Math.floor(rest) * last + before
    if (!(next <= MAX_TOTAL)) return 0
    before = last
    last = next
  }
  return 0
}

function greatestDivisor(a: number, b: number): number {
  let [greater, smaller] = [a, b]
  while (smaller > 0) [greater, smaller] = [smaller, greater % smaller]
  return greater
}

function narrowed(counts: Uint32Array): Uint8Array | Uint16Array | Uint32Array {
  let most = 0
  for (const count of counts) most = Math.max(most, count)
  return most <= 0xff ? new Uint8Array(counts) : most <= 0xffff ? new Uint16Array(counts) : counts
}

/** Counts up to 254 in a byte each; 255 stands for the next of `leafRowsMany`. */
function packRows(leafRows: Uint32Array): Sections {
  const few = new Uint8Array(leafRows.length)
  for (let leaf = 0; leaf < leafRows.length; leaf++) few[leaf] = Math.min(leafRows[leaf], MANY_ROWS)
  const leafRowsMany = leafRows.filter((rows) => rows >= MANY_ROWS)
  return { leafRows: few, ...(leafRowsMany.length > 0 ? { leafRowsMany } : {}) }
}

export const MANY_ROWS = 255
