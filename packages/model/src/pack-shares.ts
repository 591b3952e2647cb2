import type { SectionPlan, SectionPlans, SectionValues } from './format-write.ts'
import type { NodeRun } from './grown-tree.ts'

/** Shares are written as whole counts where those give the same shares, and not at all where every leaf is pure. */
export function packShares(runs: readonly NodeRun[], classes: number): SectionPlans {
  const narrow = classes <= 256
  const entries = total(runs, ({ leafClass }) => leafClass.length)
  const leaves = total(runs, (run) => run.leaves)
  const leafClass: SectionPlan = {
    type: narrow ? 1 : 2,
    length: entries,
    fill: (to) => {
      let at = 0
      for (const run of runs) {
        to.set(run.leafClass, at)
        at += run.leafClass.length
      }
    },
  }
  if (entries === leaves && runs.every(({ leafShare }) => leafShare.length === 0)) return { leafClass }
  const leafEntries: SectionPlan = {
    type: narrow ? 1 : 2,
    length: leaves,
    fill: (to) => {
      let at = 0
      for (const run of runs) {
        to.set(run.leafEntries, at) // none where each leaf has one
        at += run.leaves
      }
    },
  }
  const listed = entries === leaves ? { leafClass } : { leafEntries, leafClass }
  if (runs.some(({ leafShare }) => leafShare.length > 0)) {
    return { ...listed, leafShare: { type: 5, length: entries, fill: (to: SectionValues) => fillShares(runs, to) } }
  }
  const widest = runs.reduce((most, { leafCount }) => Math.max(most, leafCount.BYTES_PER_ELEMENT), 1)
  const type = widest === 4 ? 3 : (widest as 1 | 2)
  const fill = (to: SectionValues) => {
    let at = 0
    for (const { leafCount } of runs) {
      to.set(leafCount, at)
      at += leafCount.length
    }
  }
  return { ...listed, leafCount: { type, length: total(runs, ({ leafCount }) => leafCount.length), fill } }
}

function fillShares(runs: readonly NodeRun[], to: SectionValues): void {
  let at = 0
  for (const run of runs) {
    to.set(sharesOf(run), at)
    at += run.leafClass.length
  }
}

/** [entries] the shares of a run of classes. */
export function sharesOf({ leaves, leafEntries, leafClass, leafCount, leafShare }: NodeRun): Float64Array {
  if (leafShare.length > 0) return leafShare as Float64Array
  const shares = new Float64Array(leafClass.length)
  if (leafEntries.length === 0) return shares.fill(1)
  let entry = 0
  let counted = 0
  for (let leaf = 0; leaf < leaves; leaf++) {
    const count = leafEntries[leaf] + 1
    if (count === 1) {
      shares[entry++] = 1
      continue
    }
    let sum = 0
    for (let i = 0; i < count; i++) sum += leafCount[counted + i]
    for (let i = 0; i < count; i++) shares[entry++] = leafCount[counted++] / sum
  }
  return shares
}

/** [leaves + 1] the first entry of each leaf of a run of classes. */
export function leafStarts({ leaves, leafEntries }: NodeRun): Uint32Array {
  const starts = new Uint32Array(leaves + 1)
  for (let leaf = 0; leaf < leaves; leaf++) starts[leaf + 1] = starts[leaf] + (leafEntries[leaf] ?? 0) + 1
  return starts
}

export function total<T>(items: readonly T[], size: (item: T) => number): number {
  return items.reduce((sum, item) => sum + size(item), 0)
}
