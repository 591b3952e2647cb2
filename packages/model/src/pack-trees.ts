import { atOnce } from './at-once.ts'
import type { SectionPlan, SectionPlans, SectionValues } from './format-write.ts'
import type { NodeRun } from './grown-tree.ts'
import { joinBits } from './join-bits.ts'
import { narrowRun } from './narrow-run.ts'
import { packShares, total } from './pack-shares.ts'
import { packThresholds } from './pack-thresholds.ts'
import { countWords, lengthen, levelsOf, mostWords, wordsOf } from './short-subsets.ts'
import type { Signature } from './table.ts'
import { LEAF, type Trees } from './trees.ts'

/**
 * Plans the sections of a file that hold the trees of all runs; `unpackTrees` reads them. Runs until done when iterated;
 * pauses after each pass over the trees.
 *
 * @param treeStart [trees + 1] as in `Trees`.
 */
export function* packRuns(
  runs: readonly NodeRun[],
  treeStart: Uint32Array,
  signature: Signature,
): Generator<void, SectionPlans> {
  const classes = signature.target.type === 'class' ? signature.target.classes.length : 0
  const thresholds = yield* packThresholds(runs, signature.features)
  return {
    treeStart,
    shape: packShape(runs, treeStart[treeStart.length - 1]),
    ...packFeatures(runs, signature.features.length),
    ...thresholds,
    ...packMissing(runs),
    ...packSubsets(runs, levelsOf(signature)),
    ...(classes > 0 ? packShares(runs, classes) : packValues(runs)),
    ...packRows(runs),
  }
}

/** The same for trees with links. */
export function packTrees(trees: Trees, signature: Signature): Generator<void, SectionPlans> {
  return packRuns([runOf(trees, signature)], trees.treeStart, signature)
}

function runOf(trees: Trees, signature: Signature): NodeRun {
  const { target } = signature
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
  const wide = { shape, feature, threshold, flags, subsets, leafStart, leafClass, leafShare, leafRows }
  return atOnce(narrowRun(wide, levelsOf(signature), target.type === 'class' ? target.classes.length : 0))
}

/** The bits of each run begin right behind those of the one before. */
function packShape(runs: readonly NodeRun[], nodes: number): SectionPlan {
  const sizeOf = ({ feature, leaves }: NodeRun) => feature.length + leaves
  const parts = runs.map((run) => ({ bits: run.shape, size: sizeOf(run) }))
  return { type: 1, length: Math.ceil(nodes / 8), fill: (to) => joinBits(parts, to as Uint8Array) }
}

function packFeatures(runs: readonly NodeRun[], features: number): SectionPlans {
  const length = total(runs, ({ feature }) => feature.length)
  if (length === 0) return {}
  return { feature: { type: features <= 256 ? 1 : 2, length, fill: filler(runs, ({ feature }) => feature) } }
}

function packMissing(runs: readonly NodeRun[]): SectionPlans {
  if (runs.every(({ missingLeft }) => missingLeft.length === 0)) return {}
  const parts = runs.map(({ missingLeft, feature }) => ({ bits: missingLeft, size: feature.length }))
  const length = Math.ceil(total(parts, ({ size }) => size) / 8)
  return { missingLeft: { type: 1, length, fill: (to: SectionValues) => joinBits(parts, to as Uint8Array) } }
}

/** In bytes, unless so few stand for so much that a reader would refuse them. */
function packSubsets(runs: readonly NodeRun[], levels: Uint32Array): SectionPlans {
  const length = total(runs, ({ subsets }) => subsets.length)
  if (length === 0) return {}
  const short: SectionPlans = { shortSubsets: { type: 1, length, fill: filler(runs, ({ subsets }) => subsets) } }
  // Mostly it need not be known how many words they stand for.
  const subsets = total(runs, ({ feature, threshold }) => feature.length - threshold.length)
  if (subsets * wordsOf(Math.max(...levels)) <= mostWords(length)) return short
  const words = total(runs, ({ feature }) => countWords(feature, levels))
  if (words <= mostWords(length)) return short
  return { subsets: { type: 3, length: words, fill: filler(runs, (run) => lengthen(run.subsets, run, levels)) } }
}

function packValues(runs: readonly NodeRun[]): SectionPlans {
  const single = runs.every(({ leafShare }) => leafShare instanceof Float32Array)
  const length = total(runs, ({ leafShare }) => leafShare.length)
  return { leafShare: { type: single ? 4 : 5, length, fill: filler(runs, ({ leafShare }) => leafShare) } }
}

function packRows(runs: readonly NodeRun[]): SectionPlans {
  const few = runs.flatMap(({ leafRows }) => leafRows ?? [])
  if (few.length < runs.length) return {}
  const many = runs.flatMap(({ leafRowsMany }) => leafRowsMany ?? [])
  const manyLength = total(many, (rows) => rows.length)
  return {
    leafRows: { type: 1, length: total(few, (rows) => rows.length), fill: filler(few, (rows) => rows) },
    ...(manyLength > 0 ? { leafRowsMany: { type: 3, length: manyLength, fill: filler(many, (rows) => rows) } } : {}),
  }
}

/** Fills a section with an array of each item, one after the other. */
function filler<T>(items: readonly T[], of: (item: T) => ArrayLike<number>): SectionPlan['fill'] {
  return (to) => {
    let at = 0
    for (const item of items) {
      const values = of(item)
      to.set(values, at)
      at += values.length
    }
  }
}
