import type { Dataset } from './dataset.ts'
import { checkNumber, checkSeed } from './options.ts'
import { type Partition, partition } from './partition.ts'
import { seededRandom } from './random.ts'
import { shuffledStrata } from './strata.ts'

export interface FoldOptions {
  /** An integer in 2..rows. */
  folds?: number | undefined
  /** An integer in 0..2^53-1. */
  seed?: number | undefined
}

const DEFAULTS = { folds: 5, seed: 0 }

/**
 * Deals the rows into folds at random, the same way for the same seed; fold k is the `test` of the k-th partition. Any two
 * folds differ by at most one row, in all and in each class; a class with fewer rows than folds is in some folds only.
 */
export function kFold(dataset: Dataset, options: FoldOptions = {}): Partition[] {
  const { folds = DEFAULTS.folds, seed = DEFAULTS.seed } = options
  const fits = Number.isInteger(folds) && folds >= 2 && folds <= dataset.rows
  checkNumber('folds', folds, fits, `an integer in 2..${dataset.rows} (the number of rows)`)
  checkSeed(seed)
  const foldOf = new Uint32Array(dataset.rows)
  // One deal over all classes: where a class ends, the next goes on.
  let dealt = 0
  for (const stratum of shuffledStrata(dataset, seededRandom(seed))) {
    for (const row of stratum) foldOf[row] = dealt++ % folds
  }
  return Array.from({ length: folds }, (_, fold) => partition(dataset.rows, (row) => foldOf[row] === fold))
}
