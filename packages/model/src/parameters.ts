import { ModelError } from './errors.ts'
import type { Target } from './table.ts'

/**
 * How to grow a forest: scikit-learn's parameters in camelCase. Where a number may be a count or a share, an integer >= 1
 * is a count and 0 < x < 1 is a share. Absent and undefined mean the default.
 */
export interface Parameters {
  /** Trees, an integer in 1..1,000,000. Default 100. */
  readonly nEstimators?: number | undefined
  /** Default 'gini' for classes, 'squared_error' (the only one) for numbers. */
  readonly criterion?: 'gini' | 'entropy' | 'squared_error' | undefined
  /** Splits on the longest path, an integer >= 1; null = no limit (default). */
  readonly maxDepth?: number | null | undefined
  /** A node with fewer training rows is a leaf: a count >= 2, or a share of the rows. Default 2. */
  readonly minSamplesSplit?: number | undefined
  /** A split leaves at least this many training rows on each side: a count >= 1, or a share of the rows. Default 1. */
  readonly minSamplesLeaf?: number | undefined
  /** Features drawn at each split: a count (more than there are means all), a share, 'sqrt', 'log2' or 'all'. Default 'sqrt' for classes, 1/3 for numbers. */
  readonly maxFeatures?: number | 'sqrt' | 'log2' | 'all' | undefined
  /** Leaves of a tree, an integer >= 2: the best splits first; null = no limit (default). */
  readonly maxLeafNodes?: number | null | undefined
  /** A split lowers the impurity, weighted by the node's share of the tree's weight, by at least this much. Default 0. */
  readonly minImpurityDecrease?: number | undefined
  /** Whether each tree sees a sample of the rows drawn with replacement. Default true, also with splitter 'random'. */
  readonly bootstrap?: boolean | undefined
  /** Rows drawn for each tree: a count, a share, or 'all' = null = as many as there are (default). Needs bootstrap. */
  readonly maxSamples?: number | 'all' | null | undefined
  /** 'best' cuts each drawn feature at its best place, 'random' (extremely randomised trees) at a random one. Default 'best'. */
  readonly splitter?: 'best' | 'random' | undefined
  /** Weight by class name (1 where unnamed), or 'balanced' = inverse to the class's rows; null = 1 each (default). */
  readonly classWeight?: 'balanced' | Readonly<Record<string, number>> | null | undefined
  /** Whether to score the forest on the rows its trees did not see. Default false. Needs bootstrap. */
  readonly oobScore?: boolean | undefined
  /**
   * Most candidate cuts of a feature in a node of more than 32 rows, an integer in 2..65,536; above 256 numbers are cut
   * anywhere. null = every cut (default).
   */
  readonly maxBins?: number | null | undefined
  /** Where all randomness starts, an integer in 0..2^53 - 1. Default 0. */
  readonly seed?: number | undefined
}

/** Parameters with every default filled in; null = no limit. This is what the file keeps. */
export interface ResolvedParameters {
  readonly nEstimators: number
  readonly criterion: 'gini' | 'entropy' | 'squared_error'
  readonly maxDepth: number | null
  readonly minSamplesSplit: number
  readonly minSamplesLeaf: number
  readonly maxFeatures: number | 'sqrt' | 'log2' | 'all'
  readonly maxLeafNodes: number | null
  readonly minImpurityDecrease: number
  readonly bootstrap: boolean
  readonly maxSamples: number | null
  readonly splitter: 'best' | 'random'
  readonly classWeight: 'balanced' | Readonly<Record<string, number>> | null
  readonly oobScore: boolean
  readonly maxBins: number | null
  readonly seed: number
}

const DEFAULTS: Omit<ResolvedParameters, 'criterion' | 'maxFeatures'> = {
  nEstimators: 100,
  maxDepth: null,
  minSamplesSplit: 2,
  minSamplesLeaf: 1,
  maxLeafNodes: null,
  minImpurityDecrease: 0,
  bootstrap: true,
  maxSamples: null,
  splitter: 'best',
  classWeight: null,
  oobScore: false,
  maxBins: null,
  seed: 0,
}

const KEYS: readonly (keyof ResolvedParameters)[] = [
  'nEstimators',
  'criterion',
  'maxDepth',
  'minSamplesSplit',
  'minSamplesLeaf',
  'maxFeatures',
  'maxLeafNodes',
  'minImpurityDecrease',
  'bootstrap',
  'maxSamples',
  'splitter',
  'classWeight',
  'oobScore',
  'maxBins',
  'seed',
]

/**
 * Checks parameters and fills in the defaults for a target.
 *
 * @throws ModelError MODEL_ERR_PARAMETER for an unknown name, a value of the wrong kind or out of range, or two that contradict.
 */
export function resolveParameters(parameters: Parameters, target: Target): ResolvedParameters {
  if (!isPlainObject(parameters)) throw refused('parameters', parameters, 'an object')
  for (const name of Object.keys(parameters)) {
    if (!KEYS.includes(name as keyof ResolvedParameters)) {
      throw new ModelError(
        'MODEL_ERR_PARAMETER',
        `Parameter ${JSON.stringify(name)} is unknown; known are ${KEYS.join(', ')}.`,
      )
    }
  }
  const given = Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined)) as Parameters
  const classes = target.type === 'class' ? target.classes : undefined
  const p = {
    criterion: classes ? 'gini' : 'squared_error',
    maxFeatures: classes ? 'sqrt' : 1 / 3,
    ...DEFAULTS,
    ...given,
  } as { [K in keyof ResolvedParameters]: unknown }

  const resolved: ResolvedParameters = {
    nEstimators: integer('nEstimators', p.nEstimators, 1, 1_000_000),
    criterion: oneOf('criterion', p.criterion, classes ? (['gini', 'entropy'] as const) : (['squared_error'] as const)),
    maxDepth: p.maxDepth === null ? null : integer('maxDepth', p.maxDepth, 1),
    minSamplesSplit: countOrShare('minSamplesSplit', p.minSamplesSplit, 2),
    minSamplesLeaf: countOrShare('minSamplesLeaf', p.minSamplesLeaf, 1),
    maxFeatures:
      typeof p.maxFeatures === 'string'
        ? oneOf('maxFeatures', p.maxFeatures, ['sqrt', 'log2', 'all'] as const)
        : countOrShare('maxFeatures', p.maxFeatures, 1),
    maxLeafNodes: p.maxLeafNodes === null ? null : integer('maxLeafNodes', p.maxLeafNodes, 2),
    minImpurityDecrease: nonNegative('minImpurityDecrease', p.minImpurityDecrease),
    bootstrap: boolean('bootstrap', p.bootstrap),
    maxSamples: p.maxSamples === null || p.maxSamples === 'all' ? null : countOrShare('maxSamples', p.maxSamples, 1),
    splitter: oneOf('splitter', p.splitter, ['best', 'random'] as const),
    classWeight: checkClassWeight(p.classWeight, classes),
    oobScore: boolean('oobScore', p.oobScore),
    maxBins: p.maxBins === null ? null : integer('maxBins', p.maxBins, 2, 65_536),
    seed: integer('seed', p.seed, 0),
  }
  if (!resolved.bootstrap && resolved.maxSamples !== null) {
    throw new ModelError(
      'MODEL_ERR_PARAMETER',
      'Parameter maxSamples needs bootstrap: true, because without it every tree sees every row.',
    )
  }
  if (!resolved.bootstrap && resolved.oobScore) {
    throw new ModelError(
      'MODEL_ERR_PARAMETER',
      'Parameter oobScore needs bootstrap: true, because without it no row is left out.',
    )
  }
  return resolved
}

function checkClassWeight(value: unknown, classes: readonly string[] | undefined): ResolvedParameters['classWeight'] {
  if (value === null) return null
  if (classes === undefined) throw refused('classWeight', value, 'null for a target of numbers')
  if (value === 'balanced') return value
  if (!isPlainObject(value))
    throw refused('classWeight', value, "'balanced', null or an object of weights by class name")
  for (const [name, weight] of Object.entries(value)) {
    if (!classes.includes(name)) {
      throw new ModelError(
        'MODEL_ERR_PARAMETER',
        `Parameter classWeight names ${JSON.stringify(name)}, which is none of the target's ${classes.length} classes.`,
      )
    }
    nonNegative(`classWeight[${JSON.stringify(name)}]`, weight)
  }
  // In the order of the classes, so that equal weights give equal files.
  return Object.fromEntries(
    classes.filter((name) => Object.hasOwn(value, name)).map((name) => [name, value[name] as number]),
  )
}

function integer(name: string, value: unknown, min: number, max = Number.MAX_SAFE_INTEGER): number {
  if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) return (value as number) + 0
  const range = max === Number.MAX_SAFE_INTEGER ? `an integer >= ${min}` : `an integer in ${min}..${max}`
  throw refused(name, value, range)
}

function countOrShare(name: string, value: unknown, minCount: number): number {
  if (typeof value === 'number') {
    if (value > 0 && value < 1) return value
    if (Number.isSafeInteger(value) && value >= minCount) return value
  }
  throw refused(name, value, `a count (an integer >= ${minCount}) or a share (0 < share < 1)`)
}

function nonNegative(name: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY) return value + 0
  throw refused(name, value, 'a finite number >= 0')
}

function boolean(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw refused(name, value, 'true or false')
}

function oneOf<const T extends string>(name: string, value: unknown, allowed: readonly T[]): T {
  if (allowed.includes(value as T)) return value as T
  throw refused(name, value, allowed.map((each) => `'${each}'`).join(' or '))
}

function refused(name: string, value: unknown, expected: string): ModelError {
  return new ModelError('MODEL_ERR_PARAMETER', `Parameter ${name} is ${describe(value)}, but must be ${expected}.`)
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  if (typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined)
    return String(value)
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
