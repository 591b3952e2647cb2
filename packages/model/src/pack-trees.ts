import type { SectionPlan, SectionPlans, SectionValues } from './format-write.ts'
import type { NodeRun } from './grown-tree.ts'
import { packShares } from './pack-shares.ts'
import { packThresholds } from './pack-thresholds.ts'
import type { Signature } from './table.ts'
import { LEAF, MISSING_LEFT, SUBSET, type Trees } from './trees.ts'

/**
 * Plans the sections of a file that hold the trees of all runs, each array in its smallest form; `unpackTrees` reads them.
 * Runs until done when iterated; pauses after each pass over the trees.
 *
 * @param treeStart [trees + 1] as in `Trees`.
 */
export function* packRuns(
  runs: readonly NodeRun[],
  treeStart: Uint32Array,
  signature: Signature,
): Generator<void, SectionPlans> {
  const features = signature.features.length
  const classes = signature.target.type === 'class' ? signature.target.classes.length : 0
  const thresholds = packThresholds(runs, features)
  yield
  const leaves = classes > 0 ? yield* packShares(runs, classes) : packValues(runs)
  yield
  const rows = packRows(runs)
  yield
  return {
    treeStart,
    shape: packShape(runs, treeStart[treeStart.length - 1]),
    ...packFeatures(runs, features),
    ...thresholds,
    ...packMissing(runs),
    ...packSubsets(runs),
    ...leaves,
    ...rows,
  }
}

/** The same for trees with links. */
export function packTrees(trees: Trees, signature: Signature): Generator<void, SectionPlans> {
  return packRuns([runOf(trees)], trees.treeStart, signature)
}

function runOf(trees: Trees): NodeRun {
  const { subsets, leafStart, leafClass, leafShare, leafRows } = trees
  const nodes = trees.feature.length
  const splits = (nodes - (trees.treeStart.length - 1)) / 2
  const shape = new Uint8Array(Math.ceil(nodes / 8))
  const feature = new Uint16Array(splits)
  const threshold = new Float32Array(splits)
  const flags = new Uint8Array(splits)
  let split = 0
  for (let node = 0; node < nodes; node++) {
    if (trees.feature[node] === LEAF) continue
    shape[node >>> 3] |= 1 << (node & 7)
    feature[split] = trees.feature[node]
    threshold[split] = trees.threshold[node]
    flags[split++] = trees.flags[node]
  }
  return { shape, feature, threshold, flags, subsets, leafStart, leafClass, leafShare, leafRows }
}

/** The bits of each run begin right behind those of the one before. */
function packShape(runs: readonly NodeRun[], nodes: number): SectionPlan {
  return {
    type: 1,
    length: Math.ceil(nodes / 8),
    fill: (to) => {
      let end = 0
      for (const { shape, feature, leafShare, leafStart } of runs) {
        const shift = end & 7
        let at = end >>> 3
        for (let i = 0; i < shape.length; i++, at++) {
          to[at] |= shape[i] << shift
          // Behind the last byte there is nothing to write, and nothing of the run's to write there.
          to[at + 1] = (shape[i] << shift) >>> 8
        }
        end += feature.length + (leafStart.length > 0 ? leafStart.length - 1 : leafShare.length)
      }
    },
  }
}

function packFeatures(runs: readonly NodeRun[], features: number): SectionPlans {
  const length = total(runs, ({ feature }) => feature.length)
  if (length === 0) return {}
  return { feature: { type: features <= 256 ? 1 : 2, length, fill: filler(runs, ({ feature }) => feature) } }
}

function packMissing(runs: readonly NodeRun[]): SectionPlans {
  if (!runs.some(({ flags }) => flags.includes(MISSING_LEFT) || flags.includes(MISSING_LEFT | SUBSET))) return {}
  const fill = (to: SectionValues) => {
    let split = 0
    for (const { flags } of runs) {
      for (let i = 0; i < flags.length; i++, split++) to[split >>> 3] |= (flags[i] & MISSING_LEFT) << (split & 7)
    }
  }
  return { missingLeft: { type: 1, length: Math.ceil(total(runs, ({ flags }) => flags.length) / 8), fill } }
}

function packSubsets(runs: readonly NodeRun[]): SectionPlans {
  const length = total(runs, ({ subsets }) => subsets.length)
  return length === 0 ? {} : { subsets: { type: 3, length, fill: filler(runs, ({ subsets }) => subsets) } }
}

function packValues(runs: readonly NodeRun[]): SectionPlans {
  const single = runs.every(({ leafShare }) => areSingle(leafShare))
  const length = total(runs, ({ leafShare }) => leafShare.length)
  return { leafShare: { type: single ? 4 : 5, length, fill: filler(runs, ({ leafShare }) => leafShare) } }
}

function areSingle(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (Math.fround(values[i]) !== values[i]) return false
  return true
}

/** Counts up to 254 in a byte each; 255 stands for the next of `leafRowsMany`. */
function packRows(runs: readonly NodeRun[]): SectionPlans {
  const counts = runs.flatMap(({ leafRows }) => leafRows ?? [])
  if (counts.length < runs.length) return {}
  const length = total(counts, (rows) => rows.length)
  const fill = (to: SectionValues) => {
    let leaf = 0
    for (const rows of counts) for (let i = 0; i < rows.length; i++) to[leaf++] = Math.min(rows[i], MANY_ROWS)
  }
  const many = counts.flatMap(manyOf)
  return { leafRows: { type: 1, length, fill }, ...(many.length > 0 ? { leafRowsMany: Uint32Array.from(many) } : {}) }
}

function manyOf(rows: Uint32Array): number[] {
  const many: number[] = []
  for (let i = 0; i < rows.length; i++) if (rows[i] >= MANY_ROWS) many.push(rows[i])
  return many
}

export const MANY_ROWS = 255

function total<T>(items: readonly T[], size: (item: T) => number): number {
  return items.reduce((sum, item) => sum + size(item), 0)
}

/** Fills a section with an array of each item, one after the other. */
function filler<T>(items: readonly T[], of: (item: T) => ArrayLike<number>): SectionPlan['fill'] {
  return (to) => {
    let at = 0
    for (const item of items) {
      to.set(of(item), at)
      at += of(item).length
    }
  }
}
