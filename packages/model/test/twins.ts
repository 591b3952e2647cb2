import fc from 'fast-check'
import { atOnce } from '../src/at-once.ts'
import { Forest, forestOfGrown } from '../src/forest.ts'
import { Grower } from '../src/grow.ts'
import type { GrownTree } from '../src/grown-tree.ts'
import { KernelGrower } from '../src/kernel-grower.ts'
import { fitsKernel, shareKernel } from '../src/kernel-share.ts'
import { type Parameters, resolveParameters } from '../src/parameters.ts'
import { planForest } from '../src/plan.ts'
import type { Table } from '../src/table.ts'

/** Grows the trees of both engines and compares them bit by bit. */
export function checkTwins(table: Table, parameters: Parameters): void {
  const plan = atOnce(
    planForest(table, resolveParameters(parameters, table.signature.target), (n) => new ArrayBuffer(n)),
  )
  if (!fitsKernel(plan)) {
    if (new Set(table.target).size > 1) throw new Error('does not fit the kernels')
    return
  }
  const share = atOnce(shareKernel(plan, 1))
  if (share === undefined) throw new Error('no kernels here')
  const plain = new Grower(plan)
  const fast = new KernelGrower(plan, share, 0, plan.seed % 2 === 0 ? 50 : undefined)
  const grown: GrownTree[] = []
  for (let index = 0; index < plan.trees; index++) {
    grown.push(atOnce(fast.grow(index)))
    compare(atOnce(plain.grow(index)), grown[index])
  }
  checkWritten(table, grown)
}

/** What is written of grown trees without a check passes the checks of a reader, and of trees from elsewhere. */
function checkWritten({ signature, rows }: Table, grown: readonly GrownTree[]): void {
  const about = {
    signature,
    parameters: resolveParameters({}, signature.target),
    summary: { rows, importances: signature.features.map(() => 0), warnings: [], quantized: [] },
    aggregation: 'mean',
  } as const
  const { data } = atOnce(forestOfGrown(about, grown))
  const { trees } = Forest.from(data)
  if (Buffer.compare(Forest.fromTrees({ ...about, trees }).data, data) !== 0) throw new Error('bytes differ')
}

function compare(plain: GrownTree, fast: GrownTree): void {
  for (const name of Object.keys(plain) as (keyof GrownTree)[]) {
    const a = plain[name]
    const b = fast[name]
    if (typeof a === 'number' || typeof b === 'number' || a === undefined || b === undefined) {
      if (a !== b) throw new Error(`${name} is ${b} and not ${a}`)
      continue
    }
    if (a.length > 0 && a.BYTES_PER_ELEMENT !== b.BYTES_PER_ELEMENT) throw new Error(`${name} has another width`)
    if (a.length !== b.length) throw new Error(`${name} has ${b.length} entries and not ${a.length}`)
    for (let i = 0; i < a.length; i++) {
      if (!Object.is(a[i], b[i])) throw new Error(`${name}[${i}] is ${b[i]} and not ${a[i]}`)
    }
  }
}

/** What a random table and its parameters are made of. */
export interface Recipe {
  readonly seed: number
  readonly rows: number
  readonly features: number
  readonly classes: number
  readonly distinct: number
  readonly noise: number
  readonly weights: 'whole' | 'fractional' | 'uneven' | null
  readonly missing: number
  /** Levels of every other column; 0 = numbers alone. */
  readonly levels: number
  readonly weighing: 'balanced' | 'uneven' | null
  readonly parameters: Parameters
}

export function recipes(
  rows: fc.IntegerConstraints,
  features: fc.IntegerConstraints,
  classes = [0, 2, 3, 7, 40],
): fc.Arbitrary<Recipe> {
  return fc.record({
    seed: fc.nat(),
    rows: fc.integer(rows),
    features: fc.integer(features),
    classes: fc.constantFrom(...classes),
    distinct: fc.constantFrom(1, 2, 6, 40, 300, 100_000_000),
    noise: fc.constantFrom(0, 0.2, 1),
    weights: fc.constantFrom(null, 'whole' as const, 'fractional' as const, 'uneven' as const),
    missing: fc.constantFrom(0, 0, 0.05, 0.6),
    levels: fc.constantFrom(0, 0, 2, 5, 70, 1000),
    weighing: fc.constantFrom(null, null, 'balanced' as const, 'uneven' as const),
    parameters: fc
      .record({
        maxBins: fc.constantFrom(undefined, undefined, 256, 64, 32, 2, 20, 1000),
        minSamplesLeaf: fc.constantFrom(undefined, undefined, 2, 7),
        minSamplesSplit: fc.constantFrom(undefined, 9),
        maxDepth: fc.constantFrom(undefined, undefined, 3),
        maxFeatures: fc.constantFrom(undefined, 'all' as const, 1),
        minImpurityDecrease: fc.constantFrom(undefined, undefined, 0.01),
        splitter: fc.constantFrom('best' as const, 'best' as const, 'random' as const),
        bootstrap: fc.boolean(),
        seed: fc.nat(),
      })
      .map((parameters) => ({ ...parameters, nEstimators: 2, oobScore: parameters.bootstrap })),
  })
}

export function parametersOf({ classes, weighing, parameters }: Recipe): Parameters {
  if (classes === 0 || weighing === null) return parameters
  return { ...parameters, classWeight: weighing === 'balanced' ? weighing : { c0: 0.37, c1: 2.5 } }
}

/** Weights of rows from a number in [0, 1). */
const weigh = {
  whole: (x: number) => Math.floor(x * 4),
  fractional: (x: number) => 0.5 + x,
  uneven: (x: number) => (x < 0.2 ? 0 : 1e-3 * (1e6 * x) ** (3 * x)),
}

export function tableOf({ seed, rows, features, classes, distinct, noise, weights, missing, levels }: Recipe): Table {
  let state = seed | 1
  const random = () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9
    return ((state ^ (state >>> 13)) >>> 0) / 0x100000000
  }
  const columns = Array.from({ length: features }, () =>
    Float32Array.from({ length: rows }, () => Math.floor(random() * distinct) / 7 - 3),
  )
  const signal = (row: number) => {
    const at = columns.reduce((sum, column, f) => sum + (column[row] * 7 + 21) / distinct / (f + 1), 0) / 2
    return Math.min(0.999, (1 - noise) * (at % 1) + noise * random())
  }
  const target =
    classes > 0
      ? Uint16Array.from({ length: rows }, (_, row) => Math.floor(signal(row) * classes))
      : Float64Array.from({ length: rows }, (_, row) => Math.round(signal(row) * 1000) / 10)
  for (const [f, column] of columns.entries()) {
    if (f > 0 && random() < 0.4) continue
    for (let row = 0; row < rows; row++) if (random() < missing) column[row] = Number.NaN
  }
  if (levels > 0) {
    for (let f = 0; f < features; f += 2) {
      const scale = levels / Math.min(levels, distinct)
      columns[f] = columns[f].map((value) => (Math.round((value + 3) * 7) * Math.floor(scale) * 7) % levels)
    }
  }
  return {
    rows,
    columns,
    target,
    weights: weights
      ? Float64Array.from({ length: rows }, (_, row) => (row === 0 ? 1 : weigh[weights](random())))
      : undefined,
    signature: {
      features: columns.map((_, f) =>
        levels > 0 && f % 2 === 0
          ? {
              name: `x${f}`,
              type: 'category',
              missing: missing > 0,
              levels: Array.from({ length: levels }, (_, i) => `l${i}`),
            }
          : { name: `x${f}`, type: 'number', missing: missing > 0, min: -3, max: 1e9 },
      ),
      target:
        classes > 0
          ? { name: 'y', type: 'class', classes: Array.from({ length: classes }, (_, k) => `c${k}`) }
          : { name: 'y', type: 'number' },
    },
  }
}
