import { readFileSync } from 'node:fs'
import { atOnce } from '../src/at-once.ts'
import { Forest, forestOfGrown } from '../src/forest.ts'
import { Grower } from '../src/grow.ts'
import type { GrownTree } from '../src/grown-tree.ts'
import { createNode, measure, type Node, prepare } from '../src/measure.ts'
import { type Parameters, resolveParameters } from '../src/parameters.ts'
import { type Plan, planForest } from '../src/plan.ts'
import { Random } from '../src/random.ts'
import { drawSamples } from '../src/sample.ts'
import type { Feature, Table } from '../src/table.ts'
import { LEAF, MISSING_LEFT, SUBSET, type Trees } from '../src/trees.ts'
import { createWorkspace, type Workspace } from '../src/workspace.ts'
import { irisTable } from './tables.ts'

export type Cells = readonly (readonly (number | null)[])[]

export interface TableOptions {
  /** Number of classes or their names; 0 (default) = numbers. */
  classes?: number | readonly string[]
  /** Number of levels by column; a column without is of numbers. */
  levels?: Readonly<Record<number, number>>
  weights?: readonly number[]
}

/** A table from rows of cells, null = missing. */
export function tableOf(rows: Cells, target: readonly number[], options: TableOptions = {}): Table {
  const { classes = 0, levels = {}, weights } = options
  const names = typeof classes === 'number' ? Array.from({ length: classes }, (_, k) => `c${k}`) : classes
  const columns = rows[0].map((_, f) => Float32Array.from(rows, (row) => row[f] ?? Number.NaN))
  return {
    signature: {
      features: columns.map((column, f) => describeColumn(column, `x${f}`, levels[f])),
      target: names.length > 0 ? { name: 'y', type: 'class', classes: names } : { name: 'y', type: 'number' },
    },
    rows: rows.length,
    columns,
    target: names.length > 0 ? Uint16Array.from(target) : Float64Array.from(target),
    weights: weights && Float64Array.from(weights),
  }
}

function describeColumn(column: Float32Array, name: string, levels: number | undefined): Feature {
  const values = Array.from(column).filter((value) => !Number.isNaN(value))
  const missing = values.length < column.length
  if (levels !== undefined) {
    return { name, type: 'category', missing, levels: Array.from({ length: levels }, (_, level) => `l${level}`) }
  }
  const empty = values.length === 0
  const min = empty ? null : values.reduce((a, b) => Math.min(a, b))
  const max = empty ? null : values.reduce((a, b) => Math.max(a, b))
  return { name, type: 'number', missing, min, max }
}

/** Tables of fixtures/training-tables.json. */
export function fixtureTable(
  name: string,
  changes: { missing?: readonly number[]; weights?: readonly number[] } = {},
): Table {
  const { rows, target, classes } = fixture('training-tables.json')[name]
  const cells = rows.map((row: number[]) => [...row])
  for (const place of changes.missing ?? []) cells[Math.floor(place / cells[0].length)][place % cells[0].length] = null
  return tableOf(cells, target, { classes, ...(changes.weights ? { weights: changes.weights } : {}) })
}

// biome-ignore lint/suspicious/noExplicitAny: a fixture has the shape its script gave it.
export function fixture(file: string): any {
  return JSON.parse(readFileSync(new URL(`./fixtures/${file}`, import.meta.url), 'utf8'))
}

export function planOf(table: Table, parameters: Parameters = {}): Plan {
  const resolved = resolveParameters(parameters, table.signature.target)
  return atOnce(planForest(table, resolved, (bytes) => new ArrayBuffer(bytes)))
}

/** A node of the samples [start, end) of a tree, measured, and prepared unless it is pure; end absent = to the last. */
export function nodeOf(
  table: Table,
  parameters: Parameters = {},
  start = 0,
  end?: number,
): { plan: Plan; workspace: Workspace; node: Node } {
  const plan = planOf(table, { bootstrap: false, ...parameters })
  const workspace = createWorkspace(plan)
  const node = createNode()
  const count = atOnce(drawSamples(plan, Random.ofTree(plan.seed, 0), workspace))
  measure(plan, workspace, node, start, end ?? count)
  if (!node.pure) prepare(plan, workspace, node)
  return { plan, workspace, node }
}

/** Grows the trees of a forest at once. */
export function growAll(plan: Plan): GrownTree[] {
  const grower = new Grower(plan)
  return Array.from({ length: plan.trees }, (_, index) => atOnce(grower.grow(index)))
}

/** One tree on all rows and features, as scikit-learn's DecisionTree. */
export function growTree(table: Table, parameters: Parameters = {}): Trees {
  const plan = planOf(table, { nEstimators: 1, bootstrap: false, maxFeatures: 'all', ...parameters })
  return treesOf(growAll(plan), table)
}

/** Grown trees with links, by way of a file's sections. */
export function treesOf(grown: readonly GrownTree[], { signature, rows }: Table): Trees {
  const summary = { rows, importances: signature.features.map(() => 0), warnings: [], quantized: [] }
  const parameters = resolveParameters({}, signature.target)
  return atOnce(forestOfGrown({ signature, parameters, summary, aggregation: 'mean' }, grown)).trees
}

/** The same as a forest of one tree. */
export function treeForest(table: Table, parameters: Parameters = {}): Forest {
  const { signature, rows } = table
  const trees = growTree(table, parameters)
  const summary = { rows, importances: signature.features.map(() => 0), warnings: [], quantized: [] }
  return Forest.fromTrees({
    signature,
    parameters: resolveParameters(parameters, signature.target),
    summary,
    aggregation: 'mean',
    trees,
  })
}

/** A node of a tree with the rows of a table that reach it. */
export interface Reached {
  node: number
  leaf: boolean
  depth: number
  rows: number[]
  left?: Reached
  right?: Reached
}

/** Sends all rows of weight > 0 down the first tree by its thresholds and subsets; answers its nodes in pre-order. */
export function sendDown(trees: Trees, table: Table): Reached[] {
  const start: number[] = []
  for (let row = 0; row < table.rows; row++) if ((table.weights?.[row] ?? 1) > 0) start.push(row)
  const reached: Reached[] = []
  visit(0, 0, start)
  return reached

  function visit(node: number, depth: number, rows: number[]): Reached {
    const at: Reached = { node, leaf: trees.feature[node] === LEAF, depth, rows }
    reached.push(at)
    if (at.leaf) return at
    const sides = rows.map((row) => goesLeft(trees, node, table.columns[trees.feature[node]][row]))
    at.left = visit(
      node + 1,
      depth + 1,
      rows.filter((_, i) => sides[i]),
    )
    at.right = visit(
      node + trees.right[node],
      depth + 1,
      rows.filter((_, i) => !sides[i]),
    )
    return at
  }
}

export function goesLeft(trees: Trees, node: number, value: number): boolean {
  if (Number.isNaN(value)) return (trees.flags[node] & MISSING_LEFT) !== 0
  if ((trees.flags[node] & SUBSET) === 0) return value <= trees.threshold[node]
  const word = trees.subsetStart[trees.subsetNode.indexOf(node)] + (value >> 5)
  return ((trees.subsets[word] >>> (value & 31)) & 1) === 1
}

export function irisTraining(): Table {
  const { rows, target, signature } = irisTable()
  return { ...tableOf(rows, target, { classes: 3 }), signature }
}

export function column(values: readonly (number | null)[]): Cells & (number | null)[][] {
  return values.map((value) => [value])
}

export function select(table: Table, rows: readonly number[]): Table {
  const { signature, columns, target, weights } = table
  const pick = <T extends Float32Array | Float64Array | Uint16Array>(from: T) =>
    (from.constructor as unknown as { from(rows: readonly number[], of: (row: number) => number): T }).from(
      rows,
      (row) => from[row],
    )
  return {
    signature,
    rows: rows.length,
    columns: columns.map(pick),
    target: pick(target),
    weights: weights && pick(weights),
  }
}

export function values(forest: Forest, table: Table): Float64Array {
  const out = new Float64Array(table.rows * forest.outputs)
  forest.predictInto(table.columns, out)
  return out
}

export function score(forest: Forest, table: Table): number {
  const found = new Uint16Array(table.rows)
  forest.predictClassesInto(table.columns, found)
  return found.filter((of, row) => of === table.target[row]).length / table.rows
}
