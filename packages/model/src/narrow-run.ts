import type { NodeRun } from './grown-tree.ts'
import { shorten } from './short-subsets.ts'
import { MISSING_LEFT, SUBSET } from './trees.ts'

/** A run of nodes with an element a split, a leaf or an entry, as wide as any forest needs it. */
export interface WideRun {
  /** As in `NodeRun`. */
  readonly shape: Uint8Array
  /** The words of the subset splits, a bit a level. */
  readonly subsets: Uint32Array
  /** [splits] as in `Trees`; the threshold of a subset split counts for nothing. */
  readonly feature: Uint16Array
  readonly threshold: Float32Array
  /** [splits] MISSING_LEFT | SUBSET */
  readonly flags: Uint8Array
  /** Classes: [leaves + 1] first entry of each leaf; numbers: empty. */
  readonly leafStart: Uint32Array
  /** Entries as in `Trees`. */
  readonly leafClass: Uint16Array
  readonly leafShare: Float64Array
  /** [leaves] */
  readonly leafRows?: Uint32Array | undefined
}

/**
 * Copies a run into the forms of a file. The slow twin of kernels/pack.ts. Pauses after each pass over the nodes.
 *
 * @param levels [features] levels of a category, 0 of a number.
 * @param classes 0 for numbers.
 */
export function* narrowRun(run: WideRun, levels: Uint32Array, classes: number): Generator<void, NodeRun> {
  const { shape, subsets, feature, flags, leafStart, leafShare, leafRows } = run
  const missingLeft = missingBits(flags)
  const splits = {
    shape: shape.slice(),
    feature: levels.length <= 256 ? new Uint8Array(feature) : feature.slice(),
    threshold: numberThresholds(run),
    missingLeft,
    subsets: shorten(subsets, { feature, missingLeft }, levels),
  }
  yield
  const rows = leafRows === undefined ? {} : { leafRows: fewRows(leafRows), leafRowsMany: manyRows(leafRows) }
  yield
  if (classes > 0) {
    return { ...splits, ...rows, leaves: leafStart.length - 1, ...(yield* narrowShares(run, classes)) }
  }
  return {
    ...splits,
    ...rows,
    leaves: leafShare.length,
    leafEntries: NO_BYTES,
    leafClass: NO_BYTES,
    leafCount: NO_BYTES,
    leafShare: areSingle(leafShare) ? new Float32Array(leafShare) : leafShare.slice(),
  }
}

export const MANY_ROWS = 255

const NO_BYTES = new Uint8Array(0)
const NO_SHARES = new Float64Array(0)

function numberThresholds({ threshold, flags }: WideRun): Float32Array {
  const numbers = new Float32Array(threshold.length)
  let count = 0
  for (let i = 0; i < threshold.length; i++) {
    if ((flags[i] & SUBSET) === 0) numbers[count++] = threshold[i] + 0 // minus zero is zero
  }
  return count === numbers.length ? numbers : numbers.slice(0, count)
}

function missingBits(flags: Uint8Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(flags.length / 8))
  let any = 0
  for (let i = 0; i < flags.length; i++) {
    const bit = flags[i] & MISSING_LEFT
    bits[i >>> 3] |= bit << (i & 7)
    any |= bit
  }
  return any === 0 ? NO_BYTES : bits
}

function fewRows(rows: Uint32Array): Uint8Array {
  const few = new Uint8Array(rows.length)
  for (let i = 0; i < rows.length; i++) few[i] = Math.min(rows[i], MANY_ROWS)
  return few
}

function manyRows(rows: Uint32Array): Uint32Array {
  const many: number[] = []
  for (let i = 0; i < rows.length; i++) if (rows[i] >= MANY_ROWS) many.push(rows[i])
  return Uint32Array.from(many)
}

function areSingle(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (Math.fround(values[i]) !== values[i]) return false
  return true
}

/** What a run says of the classes in its leaves. */
export type Leaves = Pick<NodeRun, 'leafEntries' | 'leafClass' | 'leafCount' | 'leafShare'>

export function* narrowShares(
  { leafStart, leafClass, leafShare }: Pick<WideRun, 'leafStart' | 'leafClass' | 'leafShare'>,
  classes: number,
): Generator<void, Leaves> {
  const leaves = leafStart.length - 1
  const narrow = classes <= 256
  const listed = narrow ? new Uint8Array(leafClass) : leafClass.slice()
  const single = leafClass.length === leaves
  const leafEntries = new (narrow ? Uint8Array : Uint16Array)(single ? 0 : leaves)
  for (let leaf = 0; leaf < leafEntries.length; leaf++) leafEntries[leaf] = leafStart[leaf + 1] - leafStart[leaf] - 1
  yield
  const counts = yield* countsOf(leafStart, leafShare)
  return {
    leafEntries,
    leafClass: listed,
    leafCount: counts === undefined ? NO_BYTES : narrowCounts(counts),
    leafShare: counts === undefined ? leafShare.slice() : NO_SHARES,
  }
}

/** Counts of the leaves with several classes; undefined where shares are no fractions of small whole numbers. */
function* countsOf(leafStart: Uint32Array, leafShare: Float64Array): Generator<void, Uint32Array | undefined> {
  const counts = new Uint32Array(leafShare.length)
  let used = 0
  for (let leaf = 0; leaf + 1 < leafStart.length; leaf++) {
    if (leaf % LEAVES_AT_ONCE === LEAVES_AT_ONCE - 1) yield
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

const LEAVES_AT_ONCE = 1 << 16

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

function narrowCounts(counts: Uint32Array): Uint8Array | Uint16Array | Uint32Array {
  let most = 0
  for (const count of counts) most = Math.max(most, count)
  return most <= 0xff ? new Uint8Array(counts) : most <= 0xffff ? new Uint16Array(counts) : counts
}
