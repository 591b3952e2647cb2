import type { Forest } from './forest.ts'
import type { Progress } from './pace.ts'
import type { Parameters } from './parameters.ts'
import type { Table } from './table.ts'

export interface TrainOptions {
  /**
   * Threads to grow trees on, an integer in 0..1024; 0 (default) = the calling thread, which is let go at least every 50 ms
   * up to about a million rows (see docs/engine.md).
   */
  readonly workers?: number | undefined
  /**
   * Where the module of these threads is, a file: URL. Needed in a bundle alone, whose bundler takes `@copse/model/worker` as one
   * more entry.
   */
  readonly workerUrl?: URL | undefined
  /** Called at the start, at least twice a second, and at the end. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /** Aborting it ends training within 100 ms with MODEL_ERR_ABORTED. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Grows a random forest on a table, which must not change meanwhile. Equal tables, parameters and seeds give equal bytes,
 * whatever the workers.
 *
 * @throws ModelError MODEL_ERR_PARAMETER, MODEL_ERR_TABLE, MODEL_ERR_MEMORY, MODEL_ERR_ABORTED or MODEL_ERR_WORKER.
 */
export async function train(table: Table, parameters: Parameters = {}, options: TrainOptions = {}): Promise<Forest> {
  // Half of the package's modules, which whoever reads and asks forests does without.
  const { trainForest } = await import('./train-forest.ts')
  return trainForest(table, parameters, options)
}
