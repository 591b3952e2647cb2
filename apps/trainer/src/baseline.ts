import type { Dataset } from '@copse/dataset'
import { type Forest, importMlRandomForest } from '@copse/model'
import { RandomForestClassifier, RandomForestRegression } from 'ml-random-forest'
import { TrainerError } from './errors.ts'
import { answers } from './measure.ts'
import { count } from './output.ts'
import type { Settings, Task } from './settings.ts'

export const BASELINE = 'ml-random-forest'

/** Its training time grows with the square of the rows: on Iris it takes most of the experiment already. */
export const MAX_ROWS = 250
export const MAX_CELLS = 1000
export const MAX_TREES = 200

/** Trees of the baseline in an experiment of so many trees a forest. */
export function baselineTrees(trees: number): number {
  return Math.min(trees, MAX_TREES)
}

/** Why ml-random-forest cannot be trained on this table: one clause, or undefined when it can. */
export function baselineObstacle(table: Dataset): string | undefined {
  const { features, target } = table.signature
  const cells = table.rows * features.length
  if (table.rows > MAX_ROWS || cells > MAX_CELLS) {
    return (
      `it is trained on at most ${count(MAX_ROWS)} rows and ${count(MAX_CELLS)} cells (rows x features), ` +
      `and this table trains on ${count(table.rows)} rows and ${count(cells)} cells`
    )
  }
  const category = features.find((feature) => feature.type === 'category')
  if (category !== undefined) return `it knows no categories, and "${category.name}" is one`
  const missing = features.find((feature) => feature.missing)
  if (missing !== undefined) return `it knows no missing values, and "${missing.name}" has some`
  if (target.type === 'class') {
    const seen = new Set(table.target)
    const absent = target.classes.find((_, k) => !seen.has(k))
    if (absent !== undefined) return `it needs a row of every class, and none of "${absent}" is left to train on`
  }
  return undefined
}

/** Params of its run: its own names, its own defaults but for trees and seed. */
export function baselineParams(task: Task, settings: Settings): Record<string, string | number | boolean> {
  return {
    library: 'ml-random-forest',
    nEstimators: baselineTrees(settings.trees),
    maxFeatures: 1,
    replacement: task === 'classification',
    useSampleBagging: true,
    seed: settings.seed,
  }
}

/**
 * Trains ml-random-forest and imports it, so that it answers at our speed. It learns what our forests learn: float32
 * features and class indices.
 * @throws TrainerError TRAINER_ERR_BASELINE when the import and the original differ on a row of `check`
 */
export function growBaseline(table: Dataset, check: Dataset, options: Pick<Settings, 'trees' | 'seed'>): Forest {
  const { signature } = table
  const settings = { nEstimators: baselineTrees(options.trees), seed: options.seed, noOOB: true }
  const theirs =
    signature.target.type === 'class' ? new RandomForestClassifier(settings) : new RandomForestRegression(settings)
  theirs.train(rowsOf(table), Array.from(table.target))
  const forest = importMlRandomForest(JSON.parse(JSON.stringify(theirs)), { signature })
  const expected: readonly number[] = theirs.predict(rowsOf(check))
  const { outputs, classIds } = answers(forest, check.columns)
  const decided = signature.target.type === 'class' ? classIds : outputs
  const differing = expected.filter((value, i) => value !== decided[i]).length
  if (differing > 0) {
    const share = `${count(differing)} of ${count(check.rows)} rows`
    throw new TrainerError(
      'TRAINER_ERR_BASELINE',
      `The imported ml-random-forest differs from the original on ${share}.`,
    )
  }
  return forest
}

function rowsOf(table: Dataset): number[][] {
  return Array.from({ length: table.rows }, (_, i) => table.columns.map((column) => column[i]!))
}
