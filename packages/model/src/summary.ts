/** What training learnt about itself. Never a time or anything else that depends on the machine. */
export interface TrainingSummary {
  /** Rows of the training table. */
  readonly rows: number
  /** Out-of-bag accuracy (classes) or R2 (numbers); absent without `oobScore` or when no row was ever left out. */
  readonly score?: number
  /** Entry i: out-of-bag error (1 - accuracy, or mean squared error) of the first i + 1 trees, over the rows that one of them left out. */
  readonly oobErrorByTrees?: readonly number[]
  /** Share of the impurity decrease by feature; sums to 1, or all 0 when no tree has a split. */
  readonly importances: readonly number[]
  /** One sentence each. */
  readonly warnings: readonly string[]
  /** Names of the columns with more distinct values than exact splits take, cut between quantiles instead. */
  readonly quantized: readonly string[]
}

/** What the trees that did not see a row say about it. */
export interface OutOfBag {
  /** Classes: [rows * K] mean leaf distribution, NaN where no tree left the row out. */
  readonly probabilities?: Float64Array
  /** Numbers: [rows] mean leaf value, NaN where no tree left the row out. */
  readonly values?: Float64Array
  /** [rows] how many trees left the row out. */
  readonly treesPerRow: Uint32Array
}
