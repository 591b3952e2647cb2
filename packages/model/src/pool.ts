import { Worker } from 'node:worker_threads'
import { ModelError } from './errors.ts'
import type { GrownTree } from './grown-tree.ts'
import type { KernelShare } from './kernel-grower.ts'
import type { Pace } from './pace.ts'
import type { Plan } from './plan.ts'

/** Places in `control`: the next tree to grow, and whether to stop. */
export const NEXT = 0
export const STOP = 1
/** How many threads have started. */
export const THREADS = 2

/** What a worker is started with; the plan's buffers and `control` are shared. */
export interface Assignment {
  readonly plan: Plan
  readonly control: Int32Array
  /** Where the trees are grown by kernels. */
  readonly share: KernelShare | undefined
}

/** What a worker sends for each tree. */
interface Delivery {
  readonly index: number
  readonly tree: GrownTree
}

/** How long a worker that is to stop may take before it is ended. */
const GRACE_MS = 40

/**
 * Grows the trees of a plan on worker threads, which take the next tree each time they are done with one. When the promise
 * settles, every worker is gone.
 *
 * @param onTree called for each tree once, in any order.
 * @param entry the worker's module.
 * @throws ModelError MODEL_ERR_WORKER when a worker fails, MODEL_ERR_ABORTED, and whatever a callback throws.
 */
export async function growInWorkers(
  plan: Plan,
  workers: number,
  onTree: (index: number, tree: GrownTree) => void,
  pace: Pace,
  entry: URL = new URL(import.meta.resolve('#worker')),
  share?: KernelShare,
): Promise<void> {
  pace.check()
  const control = new Int32Array(new SharedArrayBuffer(12))
  const assignment: Assignment = { plan, control, share }
  const threads: Worker[] = []
  const exits: Promise<void>[] = []
  let missing = plan.trees
  let running = Math.min(workers, plan.trees)
  let unwatch = () => {}
  try {
    await new Promise<void>((resolve, reject) => {
      unwatch = pace.watch(reject)
      for (let i = running; i > 0; i--) {
        const worker = startWorker(entry, assignment)
        threads.push(worker)
        exits.push(new Promise((gone) => worker.once('exit', () => gone())))
        worker.on('message', guarded(receive, reject))
        worker.on('error', (cause) => reject(workerError('A worker thread failed', cause)))
        worker.on('messageerror', (cause) => reject(workerError('A tree did not arrive from its worker thread', cause)))
        worker.on('exit', notice)
      }

      function receive({ index, tree }: Delivery): void {
        onTree(index, tree)
        missing--
      }

      function notice(code: number): void {
        running--
        if (code !== 0) reject(workerError(`A worker thread ended with code ${code} before its work was done`))
        else if (running === 0 && missing === 0) resolve()
        else if (running === 0) reject(workerError(`The worker threads ended while ${missing} trees were missing`))
      }
    })
  } finally {
    unwatch()
    Atomics.store(control, STOP, 1)
    const overdue = setTimeout(() => {
      for (const worker of threads) void worker.terminate()
    }, GRACE_MS)
    await Promise.all(exits)
    clearTimeout(overdue)
  }
}

function startWorker(entry: URL, workerData: Assignment): Worker {
  try {
    return new Worker(entry, { workerData, name: 'copse-train' })
  } catch (cause) {
    throw workerError('A worker thread did not start', cause)
  }
}

function guarded<T>(act: (value: T) => void, reject: (error: unknown) => void): (value: T) => void {
  return (value) => {
    try {
      act(value)
    } catch (error) {
      reject(error)
    }
  }
}

function workerError(sentence: string, cause?: unknown): ModelError {
  return new ModelError('MODEL_ERR_WORKER', `${sentence}.`, { cause })
}
