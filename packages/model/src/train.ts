/** How far training is. */
export interface Progress {
  readonly treesDone: number
  readonly trees: number
  /** Estimate of the seconds left; undefined until the first tree is done. */
  readonly secondsLeft: number | undefined
}

export interface TrainOptions {
  /** Threads to grow trees on, an integer in 0..1024; 0 (default) = the calling thread, which is let go at least every 50 ms. */
  readonly workers?: number | undefined
  /** Called at the start, at least twice a second, and at the end. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /** Aborting it ends training within 100 ms with MODEL_ERR_ABORTED. */
  readonly signal?: AbortSignal | undefined
}
