import { MAX_CODES } from './encode.ts'
import type { Plan } from './plan.ts'

/** Most cells (bin x class) of a class histogram. */
export const MAX_CELLS = 1 << 20

/** Most rows of a node whose positions fit beside a code in one 32-bit sort key. */
export const MAX_KEYS = 0x10000

/**
 * The buffers that one thread grows its trees in, allocated once. Two invariants hold the whole trainer together:
 * - The samples of a node are contiguous: [start, end) of `rows`, `weight` and `label`, and a split reorders them so that
 *   its left child is [start, middle) and its right child [middle, end), both in their old order.
 * - What belongs to the node at hand is indexed from 0: position p is sample start + p.
 */
export interface Workspace {
  /** Samples of the tree: row of the table (each at most once), weight in whole units, class or value. */
  readonly rows: Uint32Array
  readonly weight: Float64Array
  readonly label: Uint16Array | Float64Array
  /** Right part of a node while it is being parted. */
  readonly spareRows: Uint32Array
  readonly spareWeight: Float64Array
  readonly spareLabel: Uint16Array | Float64Array
  /** [table rows] how often the tree drew each row. */
  readonly drawn: Uint32Array

  /** Position: code of the feature at hand. */
  readonly code: Uint16Array
  /** Position: value of the feature at hand; random cuts only. */
  readonly value: Float32Array
  /** Position: what a split of two classes or of numbers sums beside the weight (see measure.ts). */
  readonly second: Float64Array
  /** [1] power of two that products of weight and value are multiplied by in this tree, where weights are fractional. */
  readonly productScale: Float64Array
  /** Position: weight as the node's sums of more than two classes take it. */
  readonly units: Float64Array
  /** Position: number of the sample's class among those in the node, when these are more than two. */
  readonly local: Uint16Array

  /** Class: weight in the node, kept all 0 between nodes; and its number in the node. */
  readonly classWeight: Float64Array
  readonly classNumber: Uint16Array
  /** Number in the node: class, weight in the node, weight on the left and right of a cut, weight without a value. */
  readonly classAt: Uint16Array
  readonly total: Float64Array
  readonly left: Float64Array
  readonly right: Float64Array
  readonly without: Float64Array

  readonly keys: Uint32Array
  readonly spareKeys: Uint32Array
  readonly digits: Uint32Array
  /** Code or bin: sums over its samples. */
  readonly codeWeight: Float64Array
  readonly codeSecond: Float64Array
  readonly codeRows: Uint32Array
  /** Bin x class. */
  readonly cells: Float64Array

  /** The bins of the feature at hand by ascending code, none empty: code (see bins.ts), rows, sums. */
  readonly binCode: Uint16Array
  readonly binRows: Uint32Array
  readonly binWeight: Float64Array
  readonly binSecond: Float64Array
  /** More than two classes: bin b holds entries [binEnd[b - 1], binEnd[b]), each a weight of a class. */
  readonly binEnd: Uint32Array
  readonly entryClass: Uint16Array
  readonly entryWeight: Float64Array
  /** Bin: score of everything right of it. */
  readonly rightScore: Float64Array

  /** Level: its place in the order of levels, which levels may share, or the bit of its side. */
  readonly levelRank: Uint16Array
  /** The levels that a node holds, in their order. */
  readonly levelAt: Uint16Array
  readonly levelScore: Float64Array
  /** Level: weight in the node, kept all 0 between features. */
  readonly levelWeight: Float64Array
}

export function createWorkspace(plan: Plan): Workspace {
  const present = plan.present?.length ?? plan.rows
  const n = plan.draws > 0 ? Math.min(plan.draws, present) : present
  const classes = Math.max(1, plan.classes)
  const levels = plan.columns.reduce((most, column) => Math.max(most, column.levels), 0)
  const codes = plan.columns.reduce((most, { levels, low }) => Math.max(most, levels, low.length), 1)
  const bins = Math.min(n, MAX_CODES)
  const many = plan.classes > 2
  const labels = (length: number) => (plan.classes > 0 ? new Uint16Array(length) : new Float64Array(length))
  return {
    rows: new Uint32Array(n),
    weight: new Float64Array(n),
    label: labels(n),
    spareRows: new Uint32Array(n),
    spareWeight: new Float64Array(n),
    spareLabel: labels(n),
    drawn: new Uint32Array(plan.rows),
    code: new Uint16Array(n),
    value: new Float32Array(plan.randomCuts ? n : 0),
    second: new Float64Array(n),
    productScale: new Float64Array(1),
    units: new Float64Array(many ? n : 0),
    local: new Uint16Array(many ? n : 0),
    classWeight: new Float64Array(classes),
    classNumber: new Uint16Array(classes),
    classAt: new Uint16Array(classes),
    total: new Float64Array(classes),
    left: new Float64Array(classes),
    right: new Float64Array(classes),
    without: new Float64Array(classes),
    keys: new Uint32Array(many ? n : Math.min(n, MAX_KEYS)),
    spareKeys: new Uint32Array(Math.min(n, MAX_KEYS)),
    digits: new Uint32Array(MAX_CODES),
    codeWeight: new Float64Array(codes),
    codeSecond: new Float64Array(codes),
    codeRows: new Uint32Array(codes),
    cells: new Float64Array(many ? Math.min(MAX_CELLS, 4 * n) : 0),
    binCode: new Uint16Array(bins),
    binRows: new Uint32Array(bins),
    binWeight: new Float64Array(bins),
    binSecond: new Float64Array(bins),
    binEnd: new Uint32Array(many ? bins : 0),
    entryClass: new Uint16Array(many ? n : 0),
    entryWeight: new Float64Array(many ? n : 0),
    rightScore: new Float64Array(many ? bins : 0),
    levelRank: new Uint16Array(levels),
    levelAt: new Uint16Array(levels),
    levelScore: new Float64Array(levels),
    levelWeight: new Float64Array(levels),
  }
}
