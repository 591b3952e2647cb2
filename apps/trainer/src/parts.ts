import { type Dataset, holdOut, iris, kFold, readCsv } from '@copse/dataset'
import { TrainerError } from './errors.ts'
import { plural } from './output.ts'
import type { Settings } from './settings.ts'

export const FOLDS = 5

/** Fewer rows to train on make folds of less than two. */
const LEAST_ROWS = 2 * FOLDS

/** The table of an experiment, cut once for all its contenders. */
export interface Parts {
  readonly whole: Dataset
  readonly train: Dataset
  /** The held-out rows. */
  readonly test: Dataset
  /** Row numbers within `train`. */
  readonly folds: readonly { readonly train: Uint32Array; readonly test: Uint32Array }[]
}

/** The table that the settings name: a CSV file, or Iris. */
export async function readTable(settings: Settings): Promise<Dataset> {
  const { data, target, task, types, ignore } = settings
  if (data === undefined || target === undefined) return iris()
  return readCsv(data, { target, types: { ...types }, ignore: [...ignore], ...(task === undefined ? {} : { task }) })
}

/**
 * Holds rows out by a hash of their own values, and lays folds over the rest by `seed`.
 * @throws TrainerError TRAINER_ERR_TOO_FEW_ROWS
 */
export function cutTable(whole: Dataset, seed: number): Parts {
  const { train: trainRows, test: testRows } = holdOut(whole)
  if (trainRows.length < LEAST_ROWS || testRows.length === 0) {
    throw new TrainerError(
      'TRAINER_ERR_TOO_FEW_ROWS',
      `${whole.name} has ${plural(whole.rows, 'row')}, of which ${trainRows.length} are left to train on and ` +
        `${testRows.length} held out, and an experiment needs at least ${LEAST_ROWS} and 1.`,
    )
  }
  const train = whole.select(trainRows)
  if (train.signature.target.type === 'class' && new Set(train.target).size < 2) {
    throw new TrainerError(
      'TRAINER_ERR_TOO_FEW_ROWS',
      `${whole.name} leaves rows of one class only to train on, and an experiment needs two.`,
    )
  }
  return { whole, train, test: whole.select(testRows), folds: kFold(train, { folds: FOLDS, seed }) }
}
