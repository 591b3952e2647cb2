import { Worker } from 'node:worker_threads'
import { ModelError } from './errors.ts'
import type { GrownTree } from './grown-tree.ts'
import type { KernelShare } from './kernel-share.ts'
import type { Pace } from './pace.ts'
import type { Plan } from './plan.ts'

/** Places in `control`: the next tree to grow, and whether to stop. */
export const NEXT = 0
export const STOP = 1
/** How many threads have started. */
export const THREADS = 2

/** What a worker is sent when there is something to grow; the plan's buffers and `control` are shared. */
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
 * Worker threads, which load their modules while the table is still being prepared, and then take the next tree each time
 * they are done with one. Whoever opens a pool closes it.
 */
export class WorkerPool {
  readonly #control = new Int32Array(new SharedArrayBuffer(12))
  readonly #threads: Worker[] = []
  readonly #exits: Promise<void>[] = []
  #running: number
  #receive: (delivery: Delivery) => void = () => {}
  /** Trees that have not come; undefined until there is a plan. */
  #missing: number | undefined
  #resolve: () => void = () => {}
  #reject: (error: unknown) => void = () => {}
  /** Settles when all trees have come, or with the first thing that goes wrong, whenever that is. */
  readonly #outcome = new Promise<void>((resolve, reject) => {
    this.#resolve = resolve
    this.#reject = reject
  })

  /** @param entry the workers' module; the package's own where absent. */
  constructor(workers: number, entry?: URL) {
    this.#running = workers
    // A pool may fail, or be closed, before anybody waits for it.
    this.#outcome.catch(() => {})
    for (let i = 0; i < workers; i++) this.#start(entry)
  }

  /**
   * Grows the trees of a plan. To be called once.
   *
   * @param onTree called for each tree once, in any order.
   * @throws ModelError MODEL_ERR_WORKER when a worker fails, has failed or did not start, MODEL_ERR_ABORTED, and whatever a callback throws.
   */
  async grow(
    plan: Plan,
    share: KernelShare | undefined,
    onTree: (index: number, tree: GrownTree) => void,
    pace: Pace,
  ): Promise<void> {
    pace.check()
    this.#missing = plan.trees
    this.#receive = ({ index, tree }) => {
      onTree(index, tree)
      this.#missing!--
    }
    const unwatch = pace.watch(this.#reject)
    try {
      for (const thread of this.#threads)
        thread.postMessage({ plan, control: this.#control, share } satisfies Assignment)
      await this.#outcome
    } finally {
      unwatch()
    }
  }

  /** Ends the threads, whatever they are at; settles when all are gone. */
  async close(): Promise<void> {
    Atomics.store(this.#control, STOP, 1)
    const end = () => {
      for (const thread of this.#threads) void thread.terminate()
    }
    const overdue = setTimeout(end, this.#missing === undefined ? 0 : GRACE_MS)
    await Promise.all(this.#exits)
    clearTimeout(overdue)
  }

  #start(entry: URL | undefined): void {
    let thread: Worker
    try {
      thread = new Worker(entry ?? ownEntry(), { name: 'copse-train' })
    } catch (cause) {
      this.#running--
      this.#reject(cause instanceof ModelError ? cause : workerError('A worker thread did not start', cause))
      return
    }
    this.#threads.push(thread)
    this.#exits.push(new Promise((gone) => thread.once('exit', () => gone())))
    thread.on('message', (delivery) => {
      try {
        this.#receive(delivery)
      } catch (error) {
        this.#reject(error)
      }
    })
    thread.on('error', (cause) => this.#reject(workerError('A worker thread failed', cause)))
    thread.on('messageerror', (cause) =>
      this.#reject(workerError('A tree did not arrive from its worker thread', cause)),
    )
    thread.on('exit', (code) => this.#leave(code))
  }

  #leave(code: number): void {
    this.#running--
    if (code !== 0) this.#reject(workerError(`A worker thread ended with code ${code} before its work was done`))
    else if (this.#running > 0) return
    else if (this.#missing === 0) this.#resolve()
    else this.#reject(workerError(`The worker threads ended while ${this.#missing ?? 'all'} trees were missing`))
  }
}

/** The package's own module of the workers, once it has been looked up. */
let own: URL | undefined

/** What is bundled has no module of its own for the threads, nor the manifest that names it. */
function ownEntry(): URL {
  try {
    own ??= new URL(import.meta.resolve('#worker'))
    return own
  } catch (cause) {
    throw workerError('@copse/model/worker was not found, in a bundle option workerUrl must say where it is', cause)
  }
}

function workerError(sentence: string, cause?: unknown): ModelError {
  return new ModelError('MODEL_ERR_WORKER', `${sentence}.`, { cause })
}
