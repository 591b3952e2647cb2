import type { Dataset } from './dataset.ts'
import { DatasetError } from './errors.ts'
import { checkNumber, checkSeed } from './options.ts'
import { type Partition, partition } from './partition.ts'
import { seededRandom } from './random.ts'
import { shuffledStrata } from './strata.ts'

export interface SplitOptions {
  /** Share of the rows in `test`, between 0 and 1, both exclusive. */
  testShare?: number | undefined
  /** An integer in 0..2^53-1. */
  seed?: number | undefined
}

const DEFAULTS = { testShare: 0.2, seed: 0 }

/**
 * Splits the rows at random, the same way for the same seed. `test` holds rows * testShare of them, rounded, and of each
 * class its own share, rounded up or down. Neither side is empty, and no class is all in `test` (but one, where every class
 * has a single row). Wants two rows.
 */
export function split(dataset: Dataset, options: SplitOptions = {}): Partition {
  const { testShare = DEFAULTS.testShare, seed = DEFAULTS.seed } = options
  checkNumber('testShare', testShare, testShare > 0 && testShare < 1, 'a number between 0 and 1, both exclusive')
  checkSeed(seed)
  if (dataset.rows < 2) throw new DatasetError('DATASET_ERR_OPTION', 'Expected at least two rows to split.')
  const strata = shuffledStrata(dataset, seededRandom(seed))
  const quotas = testQuotas(strata, dataset.rows, testShare)
  const isTest = new Uint8Array(dataset.rows)
  for (const [s, stratum] of strata.entries()) for (let i = 0; i < quotas[s]; i++) isTest[stratum[i]] = 1
  return partition(dataset.rows, (row) => isTest[row] === 1)
}

/** Test rows of each stratum by largest remainder, the first stratum first among equals. */
function testQuotas(strata: readonly Uint32Array[], rows: number, share: number): number[] {
  const quotas: number[] = strata.map((stratum) => Math.floor(stratum.length * share))
  let left = Math.max(1, Math.round(rows * share)) - quotas.reduce((sum, quota) => sum + quota, 0)
  const remainder = (s: number): number => strata[s].length * share - quotas[s]
  const order = [...strata.keys()].sort((a, b) => remainder(b) - remainder(a) || a - b)
  for (const s of order) {
    if (left <= 0) break
    if (quotas[s] + 1 === strata[s].length) continue
    quotas[s]++
    left--
  }
  if (!quotas.some((quota) => quota > 0)) quotas[0] = 1
  return quotas
}
