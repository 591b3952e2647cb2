/** Answers rows a block at a time: in WebAssembly (kernel-walk.ts) or, its slow twin, in TypeScript (plain-walk.ts). */
export interface Walker {
  /** Most rows in a block. */
  readonly blockRows: number
  /** Classes, or 1 for regression. */
  readonly outputs: number
  /** Where `count` <= blockRows rows are to be written, row-major, before they are answered. */
  rows(count: number): Float32Array
  /** [at least count * outputs] what the forest says about those rows; good until the next call. */
  answer(count: number): Float64Array
  /** Writes the leaf that each of those rows reaches in each tree: row-major [count * trees] from `start` on. */
  apply(count: number, leafIds: Uint32Array, start: number): void
  /** How sure the forest is of those rows; a leaf is rare when fewer training rows than `rareBelow` reached it. */
  signal(count: number, rareBelow: number): Signals
}

/** Good until the next call. */
export interface Signals {
  /** [at least count * outputs] as `answer` gives them. */
  readonly answers: Float64Array
  /**
   * [at least count] classes: share of the trees that vote (their leaf's first maximum) for another class than the
   * answer's first maximum. Numbers: standard deviation of the trees' values.
   */
  readonly disagreement: Float64Array
  /** [at least count] share of the row's leaves that are rare; undefined where the file does not say. */
  readonly rareShare: Float64Array | undefined
}

/** Rows that are walked through one tree before the next tree is taken. */
export const BLOCK_ROWS = 4096

/** Features of one block of rows, at most this many values: 4 MB. */
const BLOCK_VALUES = 1 << 20

/** Rows of a block, when a row takes `values` places. */
export function blockRowsOf(values: number): number {
  return Math.max(1, Math.min(BLOCK_ROWS, Math.floor(BLOCK_VALUES / values)))
}
