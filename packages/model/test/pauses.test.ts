import t from 'tap'
import { atOnce } from '../src/at-once.ts'
import { checkTable } from '../src/check-table.ts'
import { writeGrown } from '../src/format-forest.ts'
import { readFile } from '../src/format-read.ts'
import { Grower } from '../src/grow.ts'
import type { GrownTree } from '../src/grown-tree.ts'
import { KernelGrower, ROWS_AT_ONCE } from '../src/kernel-grower.ts'
import { shareKernel } from '../src/kernel-share.ts'
import { createTally } from '../src/out-of-bag.ts'
import { resolveParameters } from '../src/parameters.ts'
import { planForest } from '../src/plan.ts'
import { randomNumbers } from './tables.ts'
import { tableOf } from './training-tables.ts'

/*
 * How long the calling thread is held is counted, not timed: as work between two pauses. At a million rows a pass over one
 * column, or over the rows of one node, takes 5 to 30 ms; so nothing may do more than that without a pause.
 */

const ROWS = 120_000
const COLUMNS = 6
const random = randomNumbers(1)
const cells = Array.from({ length: ROWS }, () => Array.from({ length: COLUMNS }, () => random()))
const table = tableOf(
  cells,
  cells.map(([a, b]) => Number(a + b + random() > 1.5)),
  { classes: 2 },
)
const parameters = resolveParameters({ nEstimators: 2, oobScore: true, seed: 5 }, table.signature.target)

t.test('every stage of a training pauses between passes over a column', async (t) => {
  t.ok(count(checkTable(table)).pauses >= COLUMNS + 1, 'checking')
  const planning = count(planForest(table, parameters, (bytes) => new ArrayBuffer(bytes)))
  t.ok(planning.pauses >= 5 * COLUMNS, `encoding: ${planning.pauses} pauses`)
  const plan = planning.result
  const sharing = count(shareKernel(plan, 1))
  t.ok(sharing.pauses >= 1, 'copying the plan')
  if (sharing.result === undefined) throw new Error('There are no kernels here.')

  const limits = { ...parameters, maxLeafNodes: 1000 }
  const limited = count(planForest(table, limits, (bytes) => new ArrayBuffer(bytes))).result
  const sharingLimited = count(shareKernel(limited, 1)).result
  if (sharingLimited === undefined) throw new Error('There are no kernels here.')
  const growers = {
    kernel: new KernelGrower(plan, sharing.result, 0),
    plain: new Grower(plan),
    'kernel, best first': new KernelGrower(limited, sharingLimited, 0),
    'plain, best first': new Grower(limited),
  }
  for (const [name, grower] of Object.entries(growers)) {
    const { pauses, result: tree } = count(grower.grow(0))
    const { visits, most } = visitsOf(tree)
    const least = Math.floor(visits / (ROWS_AT_ONCE + most)) + Math.floor(tree.outRows.length / ROWS_AT_ONCE) + 1
    t.ok(pauses >= least, `${name}: ${pauses} pauses in ${visits} rows of nodes, at least ${least} expected`)
  }

  const grown = [0, 1].map((index) => atOnce(growers.kernel.grow(index)))
  const tally = createTally(plan)
  for (const tree of grown) tally.add(tree)
  t.ok(count(tally.finish()).pauses >= 1, 'the out-of-bag score')
  const summary = { rows: ROWS, importances: table.signature.features.map(() => 0), warnings: [], quantized: [] }
  const description = {
    signature: table.signature,
    parameters,
    summary,
    aggregation: 'mean',
    ties: 'first-class',
  } as const
  const writing = count(writeGrown(description, grown))
  const sections = Object.keys(readFile(writing.result).sections).length
  t.ok(writing.pauses >= sections + writing.result.length / (1 << 20), `writing: ${writing.pauses} pauses`)
})

function count<T>(work: Generator<void, T>): { pauses: number; result: T } {
  for (let pauses = 0; ; pauses++) {
    const { done, value } = work.next()
    if (done) return { pauses, result: value as T }
  }
}

/** The rows of all nodes together, and of the largest. */
function visitsOf({ shape, feature, leafRows }: GrownTree): { visits: number; most: number } {
  let visits = 0
  let leaf = leafRows.length
  // invariant: the rows of the subtrees that have no parent yet, the next left child last
  const waiting: number[] = []
  for (let node = feature.length + leafRows.length - 1; node >= 0; node--) {
    const isSplit = ((shape[node >>> 3] >>> (node & 7)) & 1) === 1
    const rows = isSplit ? (waiting.pop() as number) + (waiting.pop() as number) : leafRows[--leaf]
    waiting.push(rows)
    visits += rows
  }
  return { visits, most: waiting[0] }
}
