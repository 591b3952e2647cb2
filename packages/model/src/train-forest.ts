import { checkTable } from './check-table.ts'
import { ModelError } from './errors.ts'
import { expectRoom, foreseeBytes, withRoom } from './foresee-memory.ts'
import { type Forest, forestOfGrown } from './forest.ts'
import { Grower } from './grow.ts'
import type { GrownTree } from './grown-tree.ts'
import { importancesOf } from './importance.ts'
import { KernelGrower } from './kernel-grower.ts'
import { fitsKernel, type KernelShare, planIn, shareKernel } from './kernel-share.ts'
import { createTally, type Tally } from './out-of-bag.ts'
import { Pace } from './pace.ts'
import { type Parameters, resolveParameters } from './parameters.ts'
import { type Plan, planForest } from './plan.ts'
import type { WorkerPool } from './pool.ts'
import type { Table } from './table.ts'
import type { TrainOptions } from './train.ts'

/** What `train` does; see there. */
export async function trainForest(table: Table, parameters: Parameters, options: TrainOptions): Promise<Forest> {
  const { workers, workerUrl, onProgress, signal } = checkOptions(options)
  const check = checkTable(table)
  let pace = new Pace(0, undefined, signal)
  pace.check()
  const { signature, warnings } = await pace.run(check)
  const { rows, columns, target, weights } = table
  const resolved = resolveParameters(parameters, signature.target)
  pace = new Pace(resolved.nEstimators, onProgress, signal)
  pace.report()
  const needed = foreseeBytes({ rows, signature, weights }, resolved, threadsOf(workers, resolved.nEstimators))
  expectRoom(needed)
  const allocate = (bytes: number) =>
    withRoom(needed, () => (workers > 0 ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes)))
  const threads = threadsOf(workers, resolved.nEstimators)
  const pool = workers > 0 ? await openPool(threads, workerUrl) : undefined
  let plan: Plan
  let tally: Tally | undefined
  let grown: GrownTree[]
  try {
    plan = await pace.run(planForest({ signature, rows, columns, target, weights }, resolved, allocate))
    const share = fitsKernel(plan) ? await pace.run(shareKernel(plan, threads)) : undefined
    if (share) plan = planIn(share, plan)
    tally = plan.outOfBag ? withRoom(needed, () => createTally(plan)) : undefined
    grown = await growAll(plan, share, pool, tally, pace)
  } finally {
    await pool?.close()
  }

  const judged = tally && (await pace.run(tally.finish()))
  const about = {
    signature,
    parameters: resolved,
    summary: {
      rows,
      ...(judged?.score === undefined ? {} : { score: judged.score }),
      ...(judged?.errorByTrees === undefined ? {} : { oobErrorByTrees: judged.errorByTrees }),
      importances: importancesOf(
        grown.map((tree) => tree.importances),
        signature.features.length,
      ),
      warnings: [...warnings, ...(judged?.warnings ?? [])],
      quantized: signature.features.filter((_, f) => !plan.columns[f].exact).map(({ name }) => name),
    },
    aggregation: 'mean',
  } as const
  const forest = await pace.run(forestOfGrown(about, grown))
  if (judged) forest.outOfBag = judged.outOfBag
  pace.report()
  return forest
}

const NO_ROWS = new Uint32Array(0)

/** Grows the trees and counts them, wherever they are grown, in their order. */
async function growAll(
  plan: Plan,
  share: KernelShare | undefined,
  pool: WorkerPool | undefined,
  tally: Tally | undefined,
  pace: Pace,
): Promise<GrownTree[]> {
  const grown: GrownTree[] = new Array(plan.trees)
  let tallied = 0
  const onTree = (index: number, tree: GrownTree) => {
    grown[index] = tree
    pace.countTree()
    for (; tally && grown[tallied] !== undefined; tallied++) {
      tally.add(grown[tallied])
      // Tallied rows would take more memory than the trees themselves.
      grown[tallied] = { ...grown[tallied], outRows: NO_ROWS, outLeaf: NO_ROWS }
    }
  }
  pace.startGrowing()
  if (pool) await pool.grow(plan, share, onTree, pace)
  else {
    const grower = share ? new KernelGrower(plan, share, 0) : new Grower(plan)
    for (let index = 0; index < plan.trees; index++) onTree(index, await pace.run(grower.grow(index)))
  }
  return grown
}

/** Loaded only where it is used: browsers have no such workers. */
async function openPool(threads: number, workerUrl: URL | undefined): Promise<WorkerPool> {
  const { WorkerPool } = await import('./pool.ts')
  return new WorkerPool(threads, workerUrl)
}

/** Threads that grow trees, the calling one included where there are no workers. */
function threadsOf(workers: number, trees: number): number {
  return Math.max(1, Math.min(workers, trees))
}

function checkOptions(options: TrainOptions): TrainOptions & { readonly workers: number } {
  const { workers = 0, workerUrl, onProgress, signal } = options
  if (!Number.isInteger(workers) || workers < 0 || workers > 1024) {
    throw new ModelError(
      'MODEL_ERR_PARAMETER',
      `Option workers is ${String(workers)}, but must be an integer in 0..1024.`,
    )
  }
  if (workerUrl !== undefined && !(workerUrl instanceof URL && workerUrl.protocol === 'file:')) {
    throw new ModelError('MODEL_ERR_PARAMETER', `Option workerUrl is ${String(workerUrl)}, but must be a file: URL.`)
  }
  return { workers, workerUrl, onProgress, signal }
}
