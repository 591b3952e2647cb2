import type { Sections } from './format.ts'
import { expectLength, expectNone, structure, take } from './sections.ts'
import { countWords, levelsOf, mostWords } from './short-subsets.ts'
import type { Signature } from './table.ts'

/** What a forest file holds. */
export interface Counts {
  readonly trees: number
  readonly nodes: number
  readonly splits: number
  readonly leaves: number
  /** Words that the subsets of `shortSubsets` take with a bit a level. */
  readonly subsetWords: number
}

/**
 * Counts what the sections hold, and checks all that can be checked without looking at nodes: which sections there are,
 * and their lengths as far as the counts tell them. A tree has one leaf more than splits, so its number of nodes is odd.
 */
export function countNodes(sections: Sections, signature: Signature): Counts {
  const treeStart = take(sections, 'treeStart')
  const trees = treeStart.length - 1
  if (trees < 1) throw structure(`treeStart has ${treeStart.length} entries, expected at least 2`)
  if (treeStart[0] !== 0) throw structure(`treeStart[0] is ${treeStart[0]}, expected 0`)
  for (let tree = 1; tree <= trees; tree++) {
    const nodes = treeStart[tree] - treeStart[tree - 1]
    if (nodes < 1 || nodes % 2 === 0) throw structure(`tree ${tree - 1} has ${nodes} nodes, expected an odd number`)
  }
  const nodes = treeStart[trees]
  const splits = (nodes - trees) / 2
  expectLength(sections, 'feature', sections.feature?.length ?? 0, splits)
  const counts = { trees, nodes, splits, leaves: splits + trees, subsetWords: countSubsets(sections, signature) }
  checkBits('shape', take(sections, 'shape'), nodes)
  if (sections.missingLeft) checkBits('missingLeft', sections.missingLeft, splits)
  if (sections.thresholdIndex) {
    expectLength(sections, 'thresholdStart', sections.thresholdStart?.length ?? 0, signature.features.length + 1)
  } else expectNone(sections, ['thresholdStart'], 'without thresholdIndex')
  if (sections.leafRows) expectLength(sections, 'leafRows', sections.leafRows.length, counts.leaves)
  else expectNone(sections, ['leafRowsMany'], 'without leafRows')
  countLeaves(sections, signature, counts.leaves)
  return counts
}

function countSubsets(sections: Sections, signature: Signature): number {
  const { shortSubsets, feature } = sections
  if (shortSubsets === undefined) return 0
  expectNone(sections, ['subsets'], 'beside shortSubsets')
  const words = countWords(feature ?? [], levelsOf(signature))
  const most = mostWords(shortSubsets.length)
  if (words <= most) return words
  throw structure(`shortSubsets stands for ${words} words, expected at most ${most}`)
}

function countLeaves(sections: Sections, signature: Signature, leaves: number): void {
  if (signature.target.type === 'number') {
    expectNone(sections, ['leafEntries', 'leafClass', 'leafCount'], 'in a forest of numbers')
    expectLength(sections, 'leafShare', take(sections, 'leafShare').length, leaves)
    return
  }
  const entries = take(sections, 'leafClass').length
  if (sections.leafEntries) expectLength(sections, 'leafEntries', sections.leafEntries.length, leaves)
  if (entries < leaves || !sections.leafEntries) expectLength(sections, 'leafClass', entries, leaves)
  if (sections.leafShare === undefined) return
  expectNone(sections, ['leafCount'], 'beside leafShare')
  expectLength(sections, 'leafShare', sections.leafShare.length, entries)
}

/** A bit each of `count`, and zeros up to the end of the last byte. */
function checkBits(name: 'shape' | 'missingLeft', bits: Uint8Array, count: number): void {
  if (bits.length !== Math.ceil(count / 8)) {
    throw structure(`${name} has ${bits.length} entries, expected ${Math.ceil(count / 8)}`)
  }
  if (count % 8 !== 0 && bits[bits.length - 1] >>> (count % 8) !== 0) {
    throw structure(`${name} has bits behind the last of ${count}, expected none`)
  }
}
