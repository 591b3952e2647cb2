import { type Criterion, ENTROPY, GINI, SQUARED_ERROR } from './criterion.ts'
import { type Codes, encode, encodeLevels } from './encode.ts'
import { ModelError } from './errors.ts'
import { type FixedValues, fixValues } from './fixed-values.ts'
import { scaleOfTerms } from './logarithm.ts'
import type { ResolvedParameters } from './parameters.ts'
import { placeValues } from './place-values.ts'
import { type Range, rangeOf } from './range.ts'
import { isSmall, MAX_WEIGHT, mostWeight, presentRows, type RowWeights, weighRows } from './row-weights.ts'
import type { Table } from './table.ts'

/** Everything that growing a tree needs, with counts in place of shares: what a worker is sent. */
export interface Plan extends Codes, RowWeights {
  readonly rows: number
  /**
   * Random cuts only, and in place of the numbers' codes: the value of (row, f) is values[row * stride + f]; a level's is its
   * index, a missing one's NaN.
   */
  readonly values: Float32Array | undefined
  /** Classes of the target; 0 = numbers. */
  readonly classes: number
  /** [rows] class index or value. */
  readonly target: Uint16Array | Float64Array
  /** The values as whole numbers; absent for classes and where a weight is fractional or large. */
  readonly fixed: FixedValues | undefined
  /** Whether weights are fractional or large, so that sums go by their units (see sample.ts). */
  readonly weighed: boolean
  /** Their values' range, for numbers; absent elsewhere. */
  readonly range: Range | undefined
  /** Rows of weight > 0, ascending; absent = all of them. The others are as if they were not there. */
  readonly present: Uint32Array | undefined
  readonly criterion: Criterion
  /** Entropy of weights that are small whole numbers: what its terms are scaled by before they are rounded; 0 elsewhere. */
  readonly entropyScale: number
  readonly randomCuts: boolean
  readonly trees: number
  readonly seed: number
  readonly maxDepth: number
  readonly minSamplesSplit: number
  readonly minSamplesLeaf: number
  readonly maxFeatures: number
  /** 0 = no limit, or none that the others do not imply. */
  readonly maxLeafNodes: number
  readonly minImpurityDecrease: number
  /** Rows drawn for a tree with replacement; 0 = every row once. */
  readonly draws: number
  /** 0 = no limit. */
  readonly maxBins: number
  readonly outOfBag: boolean
}

const CRITERIA = { squared_error: SQUARED_ERROR, gini: GINI, entropy: ENTROPY } as const

/**
 * Prepares a checked table for growing.
 *
 * @param allocate gives the buffers; shared ones make the plan free to send.
 */
export function* planForest(
  table: Table,
  parameters: ResolvedParameters,
  allocate: (bytes: number) => ArrayBufferLike,
): Generator<void, Plan> {
  const randomCuts = parameters.splitter === 'random'
  const codes = randomCuts ? yield* encodeLevels(table, allocate) : yield* encode(table, allocate)
  const placed = randomCuts ? yield* placeValues(table, allocate) : undefined
  const { target: about, features } = table.signature
  const classes = about.type === 'class' ? about.classes.length : 0
  const target = classes > 0 ? new Uint16Array(allocate(table.rows * 2)) : new Float64Array(allocate(table.rows * 8))
  target.set(table.target)
  yield
  const { weights, classWeights } = weighRows(table, parameters, allocate)
  yield
  const present = weights && presentRows(weights, allocate)
  yield
  const rows = present?.length ?? table.rows
  const weighed = !isSmall(weights)
  if (parameters.maxSamples !== null && parameters.maxSamples > rows) {
    throw new ModelError(
      'MODEL_ERR_PARAMETER',
      `Parameter maxSamples is ${parameters.maxSamples}, but must not exceed the ${rows} rows of weight above 0.`,
    )
  }
  const draws = parameters.bootstrap ? share(parameters.maxSamples ?? rows, rows, Math.round) : 0
  const minSamplesLeaf = share(parameters.minSamplesLeaf, rows, Math.ceil)
  const maxDepth = parameters.maxDepth ?? Number.MAX_SAFE_INTEGER
  const maxLeafNodes = parameters.maxLeafNodes ?? Number.POSITIVE_INFINITY
  const samples = draws > 0 ? Math.min(draws, rows) : rows
  const mostLeaves = Math.min(Math.floor(samples / minSamplesLeaf), 2 ** maxDepth)
  return {
    ...codes,
    values: placed?.values,
    memory: codes.memory ?? placed?.memory,
    rows: table.rows,
    classes,
    target,
    fixed:
      classes === 0 && !weighed
        ? fixValues(target as Float64Array, rows * (weights ? MAX_WEIGHT : 1), allocate)
        : undefined,
    weights,
    weighed,
    range: classes === 0 && weighed ? rangeOf(target as Float64Array) : undefined,
    classWeights,
    present,
    criterion: CRITERIA[parameters.criterion],
    entropyScale:
      parameters.criterion === 'entropy' && !weighed ? scaleOfTerms(mostWeight(rows, weights, classWeights)) : 0,
    randomCuts,
    trees: parameters.nEstimators,
    seed: parameters.seed,
    maxDepth,
    minSamplesSplit: Math.max(2, share(parameters.minSamplesSplit, rows, Math.ceil)),
    minSamplesLeaf,
    maxFeatures: countFeatures(parameters.maxFeatures, features.length),
    maxLeafNodes: maxLeafNodes < mostLeaves ? maxLeafNodes : 0,
    minImpurityDecrease: parameters.minImpurityDecrease,
    draws,
    maxBins: parameters.maxBins ?? 0,
    outOfBag: parameters.oobScore,
  }
}

/** A share becomes a count of at least one; a count stays. */
function share(value: number, of: number, round: (x: number) => number): number {
  return value < 1 ? Math.max(1, round(value * of)) : value
}

function countFeatures(maxFeatures: ResolvedParameters['maxFeatures'], features: number): number {
  if (maxFeatures === 'all') return features
  if (maxFeatures === 'sqrt') return Math.max(1, Math.floor(Math.sqrt(features)))
  if (maxFeatures === 'log2') return Math.max(1, 31 - Math.clz32(features))
  return Math.min(features, share(maxFeatures, features, Math.floor))
}
