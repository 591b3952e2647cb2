import { ModelError } from './errors.ts'
import type { SectionName, Sections } from './format.ts'
import { MANY_ROWS } from './pack-trees.ts'
import type { Signature } from './table.ts'
import { LEAF, MISSING_LEFT, SUBSET, type Trees } from './trees.ts'

/** How far the shares of a leaf may sum from 1: the rounding of 65,536 additions is below it. */
const SHARE_TOLERANCE = 1e-9

/**
 * Reads the trees out of a file's sections and checks everything that prediction relies on. What passes can be walked for
 * any row: no read out of range, no loop, no NaN in an answer. Lengths are checked before anything is allocated.
 */
export function unpackTrees(sections: Sections, signature: Signature): Trees {
  const counts = countNodes(sections, signature)
  const splits = unpackSplits(sections, signature, counts)
  const rest = { ...splits, treeStart: take(sections, 'treeStart') }
  const leaves =
    signature.target.type === 'class'
      ? unpackShares(sections, counts.leaves, signature.target.classes.length)
      : unpackValues(sections, counts)
  return { ...rest, ...leaves, leafRows: unpackRows(sections, counts.leaves) }
}

export interface Counts {
  readonly trees: number
  readonly nodes: number
  readonly splits: number
  readonly leaves: number
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
  const counts = { trees, nodes, splits, leaves: splits + trees }
  expectLength(sections, 'feature', sections.feature?.length ?? 0, splits)
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

function unpackSplits(sections: Sections, signature: Signature, counts: Counts): Omit<SplitArrays, 'treeStart'> {
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
  const subsets = sections.subsets ?? new Uint32Array(0)
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

type LeafArrays = Pick<Trees, 'leafStart' | 'leafClass' | 'leafShare'>

/** Values are so bounded that their sum over the trees is finite. */
function unpackValues(sections: Sections, { leaves, trees }: Counts): LeafArrays {
  const values = take(sections, 'leafShare')
  const most = Number.MAX_VALUE / trees
  for (let leaf = 0; leaf < leaves; leaf++) {
    if (!(Math.abs(values[leaf]) <= most)) {
      throw structure(`leaf ${leaf} has the value ${values[leaf]}, expected -${most} to ${most}`)
    }
  }
  const leafShare = values instanceof Float64Array ? values : new Float64Array(values)
  return { leafStart: new Uint32Array(0), leafClass: new Uint16Array(0), leafShare }
}

function unpackShares(sections: Sections, leaves: number, classes: number): LeafArrays {
  const { leafEntries, leafCount = new Uint8Array(0), leafShare } = sections
  const listed = take(sections, 'leafClass')
  let entries = leaves
  if (leafEntries !== undefined) for (let leaf = 0; leaf < leaves; leaf++) entries += leafEntries[leaf]
  expectLength(sections, 'leafClass', listed.length, entries)
  const shares = new Float64Array(entries)
  const leafStart = new Uint32Array(leaves + 1)
  let entry = 0
  let counted = 0
  for (let leaf = 0; leaf < leaves; leaf++) {
    const count = leafEntries === undefined ? 1 : leafEntries[leaf] + 1
    const first = entry
    entry += count
    leafStart[leaf + 1] = entry
    if (leafShare !== undefined) for (let i = first; i < entry; i++) shares[i] = leafShare[i]
    else if (count === 1) shares[first] = 1
    else {
      let total = 0
      for (let i = 0; i < count; i++) total += leafCount[counted + i]
      for (let i = 0; i < count; i++) shares[first + i] = leafCount[counted++] / total
    }
    checkLeaf(leaf, first, entry, listed, shares, classes)
  }
  expectLength(sections, 'leafCount', leafCount.length, counted)
  return { leafStart, leafClass: listed instanceof Uint16Array ? listed : new Uint16Array(listed), leafShare: shares }
}

function checkLeaf(
  leaf: number,
  first: number,
  end: number,
  listed: Uint8Array | Uint16Array,
  shares: Float64Array,
  classes: number,
): void {
  let last = -1
  let sum = 0
  for (let entry = first; entry < end; entry++) {
    const index = listed[entry]
    const share = shares[entry]
    if (index <= last || index >= classes) {
      throw structure(`leaf ${leaf} lists class ${index}, expected one from ${last + 1} to ${classes - 1}`)
    }
    if (!(share > 0 && share <= 1)) {
      throw structure(`leaf ${leaf} gives class ${index} the share ${share}, expected one in (0, 1]`)
    }
    last = index
    sum += share
  }
  if (Math.abs(sum - 1) > SHARE_TOLERANCE) throw structure(`the shares of leaf ${leaf} sum to ${sum}, expected 1`)
}

function unpackRows(sections: Sections, leaves: number): Uint32Array | undefined {
  const { leafRows, leafRowsMany = new Uint32Array(0) } = sections
  if (leafRows === undefined) return undefined
  const rows = new Uint32Array(leaves)
  let many = 0
  for (let leaf = 0; leaf < leaves; leaf++) {
    rows[leaf] = leafRows[leaf] < MANY_ROWS ? leafRows[leaf] : leafRowsMany[many++]
  }
  expectLength(sections, 'leafRowsMany', leafRowsMany.length, many)
  return rows
}

function take<N extends SectionName>(sections: Sections, name: N): NonNullable<Sections[N]> {
  const section = sections[name]
  if (section !== undefined) return section
  throw new ModelError('MODEL_ERR_FILE_STRUCTURE', `The forest file has no section ${name}, expected one.`)
}

function expectNone(sections: Sections, names: readonly SectionName[], where: string): void {
  const found = names.find((name) => sections[name] !== undefined)
  if (found === undefined) return
  throw new ModelError('MODEL_ERR_FILE_STRUCTURE', `The forest file has section ${found}, expected none ${where}.`)
}

function expectLength(sections: Sections, name: SectionName, found: number, expected: number): void {
  if (found === expected) return
  if (sections[name] === undefined) take(sections, name)
  throw structure(`${name} has ${found} entries, expected ${expected}`)
}

function structure(message: string): ModelError {
  return new ModelError('MODEL_ERR_FILE_STRUCTURE', `In the forest file, ${message}.`)
}
