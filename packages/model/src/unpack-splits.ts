import type { Counts } from './count-nodes.ts'
import type { Sections } from './format.ts'
import { expectLength, structure, take } from './sections.ts'
import { lengthen } from './short-subsets.ts'
import type { Signature } from './table.ts'
import { LEAF, MISSING_LEFT, SUBSET, type Trees } from './trees.ts'

/** Reads nodes and splits; the child of a split that comes next is the left one. */
export function unpackSplits(sections: Sections, signature: Signature, counts: Counts): Omit<SplitArrays, 'treeStart'> {
  const { nodes, splits } = counts
  const treeStart = take(sections, 'treeStart')
  const shape = take(sections, 'shape')
  const column = sections.feature ?? new Uint8Array(0)
  const levels = Int32Array.from(signature.features, (each) => (each.type === 'category' ? each.levels.length : -1))
  const subsetSplits = countSubsets(column, levels)
  const thresholds = readThresholds(sections, signature.features.length, splits - subsetSplits, column, levels)
  const { missingLeft } = sections

  const feature = new Uint16Array(nodes).fill(LEAF)
  const threshold = new Float32Array(nodes)
  const right = new Uint32Array(nodes)
  const flags = new Uint8Array(nodes)
  const subsetNode = new Uint32Array(subsetSplits)
  // invariant: the splits above the node at hand whose right child is not reached yet
  let pending = new Uint32Array(64)
  let split = 0
  let leaf = 0
  let number = 0
  let subset = 0
  for (let tree = 0; tree < counts.trees; tree++) {
    const end = treeStart[tree + 1] // exclusive
    let depth = 0
    for (let node = treeStart[tree]; node < end; node++) {
      if (((shape[node >>> 3] >>> (node & 7)) & 1) === 0) {
        right[node] = leaf++
        if (depth > 0) {
          const parent = pending[--depth]
          right[parent] = node + 1 - parent
        } else if (node + 1 !== end) throw structure(`tree ${tree} ends at node ${node}, expected ${end - 1}`)
        continue
      }
      // The left child and depth + 1 right ones are still to come.
      if (end - node - 1 < depth + 2) throw structure(`tree ${tree} has too many splits before node ${end}`)
      const of = column[split]
      feature[node] = of
      if (missingLeft !== undefined && ((missingLeft[split >>> 3] >>> (split & 7)) & 1) === 1)
        flags[node] = MISSING_LEFT
      split++
      if (levels[of] < 0) threshold[node] = thresholds[number++]
      else {
        flags[node] |= SUBSET
        subsetNode[subset++] = node
      }
      if (depth === pending.length) pending = doubled(pending)
      pending[depth++] = node
    }
  }
  return { feature, threshold, right, flags, subsetNode, ...readSubsets(sections, subsetNode, feature, levels) }
}

type SplitArrays = Pick<Trees, 'feature' | 'threshold' | 'right' | 'flags' | 'subsetNode' | 'subsetStart' | 'subsets'>

function doubled(stack: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * stack.length)
  larger.set(stack)
  return larger
}

/** Splits of categories; every feature is one of the signature's. */
function countSubsets(column: Uint8Array | Uint16Array, levels: Int32Array): number {
  let subsets = 0
  for (let split = 0; split < column.length; split++) {
    if (column[split] >= levels.length) {
      throw structure(`split ${split} looks at feature ${column[split]}, expected one below ${levels.length}`)
    }
    if (levels[column[split]] >= 0) subsets++
  }
  return subsets
}

/** [number splits] finite thresholds. */
function readThresholds(
  sections: Sections,
  features: number,
  count: number,
  column: Uint8Array | Uint16Array,
  levels: Int32Array,
): Float32Array {
  const threshold = sections.threshold ?? new Float32Array(0)
  for (let i = 0; i < threshold.length; i++) {
    if (threshold[i] - threshold[i] !== 0) throw structure(`threshold ${i} is ${threshold[i]}, expected a finite one`)
  }
  const { thresholdIndex, thresholdStart } = sections
  if (thresholdIndex === undefined) {
    expectLength(sections, 'threshold', threshold.length, count)
    return threshold
  }
  expectLength(sections, 'thresholdIndex', thresholdIndex.length, count)
  const start = thresholdStart ?? take(sections, 'thresholdStart')
  for (let f = 0; f <= features; f++) {
    const least = f === 0 ? 0 : start[f - 1]
    const most = f === 0 ? 0 : threshold.length
    if (start[f] < least || start[f] > most) {
      throw structure(`thresholdStart[${f}] is ${start[f]}, expected ${least} to ${most}`)
    }
  }
  expectLength(sections, 'threshold', threshold.length, start[features])
  const thresholds = new Float32Array(count)
  let number = 0
  for (let split = 0; split < column.length; split++) {
    const of = column[split]
    if (levels[of] >= 0) continue
    const at = start[of] + thresholdIndex[number]
    if (at >= start[of + 1]) {
      throw structure(
        `split ${split} has threshold number ${at - start[of]}, expected one below ${start[of + 1] - start[of]}`,
      )
    }
    thresholds[number++] = threshold[at]
  }
  return thresholds
}

function readSubsets(
  sections: Sections,
  subsetNode: Uint32Array,
  feature: Uint16Array,
  levels: Int32Array,
): Pick<Trees, 'subsetStart' | 'subsets'> {
  const { feature: column = [], missingLeft, shortSubsets } = sections
  const subsets = shortSubsets
    ? lengthen(
        shortSubsets,
        { feature: column, missingLeft },
        Uint32Array.from(levels, (count) => Math.max(0, count)),
      )
    : (sections.subsets ?? new Uint32Array(0))
  const subsetStart = new Uint32Array(subsetNode.length + 1)
  let next = 0
  for (let subset = 0; subset < subsetNode.length; subset++) {
    const count = levels[feature[subsetNode[subset]]]
    next += Math.ceil(count / 32)
    if (next > subsets.length) break
    if (count % 32 !== 0 && subsets[next - 1] >>> (count % 32) !== 0) {
      throw structure(`subset ${subset} has bits beyond the ${count} levels of its feature, expected none`)
    }
    subsetStart[subset + 1] = next
  }
  expectLength(sections, 'subsets', subsets.length, next)
  return { subsetStart, subsets }
}
