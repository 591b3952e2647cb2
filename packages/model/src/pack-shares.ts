import type { Sections } from './format.ts'
import type { NodeRun } from './grown-tree.ts'

/** Shares are written as whole counts where those give the same shares, and not at all where every leaf is pure. */
export function* packShares(runs: readonly NodeRun[], classes: number): Generator<void, Sections> {
  const { leafStart, leafClass, leafShare } = runs.length === 1 ? runs[0] : joined(runs)
  yield
  const leaves = leafStart.length - 1
  const narrow = classes <= 256
  const listed = narrow ? new Uint8Array(leafClass) : leafClass
  const single = leafClass.length === leaves
  const leafEntries = new (narrow ? Uint8Array : Uint16Array)(single ? 0 : leaves)
  for (let leaf = 0; leaf < leafEntries.length; leaf++) leafEntries[leaf] = leafStart[leaf + 1] - leafStart[leaf] - 1
  const sections = { leafClass: listed, ...(single ? {} : { leafEntries }) }
  yield
  const counts = yield* countsOf(leafStart, leafShare)
  if (counts === undefined) return { ...sections, leafShare }
  return counts.length === 0 ? sections : { ...sections, leafCount: narrowed(counts) }
}

type Leaves = Pick<NodeRun, 'leafStart' | 'leafClass' | 'leafShare'>

/** Numbers the entries of the runs through. */
function joined(runs: readonly NodeRun[]): Leaves {
  let leaves = 0
  let entries = 0
  for (const { leafStart, leafClass } of runs) {
    leaves += leafStart.length - 1
    entries += leafClass.length
  }
  const leafStart = new Uint32Array(leaves + 1)
  const leafClass = new Uint16Array(entries)
  const leafShare = new Float64Array(entries)
  let leaf = 0
  let entry = 0
  for (const run of runs) {
    for (let i = 0; i + 1 < run.leafStart.length; i++) leafStart[leaf++] = run.leafStart[i] + entry
    leafClass.set(run.leafClass, entry)
    leafShare.set(run.leafShare, entry)
    entry += run.leafClass.length
  }
  leafStart[leaves] = entries
  return { leafStart, leafClass, leafShare }
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

function narrowed(counts: Uint32Array): Uint8Array | Uint16Array | Uint32Array {
  let most = 0
  for (const count of counts) most = Math.max(most, count)
  return most <= 0xff ? new Uint8Array(counts) : most <= 0xffff ? new Uint16Array(counts) : counts
}
