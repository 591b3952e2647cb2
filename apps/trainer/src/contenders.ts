import { setImmediate } from 'node:timers/promises'
import type { Dataset } from '@copse/dataset'
import { type Forest, type Parameters, train } from '@copse/model'
import { BASELINE, baselineParams, baselineTrees, growBaseline } from './baseline.ts'
import { configurations } from './configurations.ts'
import { type Settings, type Task, workersOf } from './settings.ts'
import type { Contender, Watch } from './trial.ts'

/** Two workers take about as long to start (0.2 s) as they save on so many cells (rows x features) times trees. */
const WORKERS_PAY = 4_000_000

/** Copse's own configurations in their order; last, when it gets rows to be checked on, the run to beat. */
export function contenders(task: Task, settings: Settings, check: Dataset | undefined): Contender[] {
  const own = configurations(task, settings).map(({ name, parameters }) => ({
    name,
    baseline: false,
    trees: settings.trees,
    grow: (table: Dataset, outOfBag: boolean, watch: Watch) =>
      growOwn(table, { ...parameters, oobScore: outOfBag }, settings, watch),
  }))
  if (check === undefined) return own
  const theirs: Contender = {
    name: BASELINE,
    baseline: true,
    trees: baselineTrees(settings.trees),
    params: baselineParams(task, settings),
    grow: (table, _, watch) => growTheirs(table, check, settings, watch),
  }
  return [...own, theirs]
}

async function growOwn(table: Dataset, parameters: Parameters, settings: Settings, watch: Watch): Promise<Forest> {
  const work = table.rows * table.columns.length * settings.trees
  let done = 0
  return train(table, parameters, {
    workers: work < WORKERS_PAY ? 0 : workersOf(settings),
    signal: watch.signal,
    onProgress: ({ treesDone }) => {
      watch.onTrees(treesDone - done)
      done = treesDone
    },
  })
}

async function growTheirs(table: Dataset, check: Dataset, settings: Settings, watch: Watch): Promise<Forest> {
  // It trains without a pause: let signals in before.
  await setImmediate()
  watch.signal.throwIfAborted()
  const forest = growBaseline(table, check, settings)
  watch.onTrees(baselineTrees(settings.trees))
  return forest
}
