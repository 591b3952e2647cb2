import { availableParallelism, cpus } from 'node:os'
import { type Parameters, train } from '../src/index.ts'
import { Random } from '../src/random.ts'
import type { Feature, Table } from '../src/table.ts'
import { LIKE } from './like.ts'
import { REAL } from './real.ts'

interface Variant {
  readonly name: string
  readonly change: (table: Table) => Table
  readonly parameters?: Parameters
  /** What the table without the change is trained with too; the defaults where absent. */
  readonly beside?: Parameters
  /** Whether it makes sense for a target of numbers too. */
  readonly numbers: boolean
  /** Whether it is measured on real tables too. */
  readonly real?: boolean
}

const VARIANTS: readonly Variant[] = [
  { name: 'missing 10 %', change: dropValues, numbers: true },
  { name: 'categories of few values', change: declareLevels, numbers: true, real: true },
  { name: 'categories of 10, 100, 1000', change: makeLevels, numbers: true },
  { name: "classWeight 'balanced'", change: (table) => table, parameters: { classWeight: 'balanced' }, numbers: false },
  { name: 'float weights', change: addWeights, numbers: true },
  { name: 'entropy', change: (table) => table, parameters: { criterion: 'entropy' }, numbers: false },
  {
    name: "entropy, classWeight 'balanced'",
    change: (table) => table,
    parameters: { criterion: 'entropy', classWeight: 'balanced' },
    numbers: false,
  },
  {
    name: "entropy, classWeight 'balanced', beside entropy",
    change: (table) => table,
    parameters: { criterion: 'entropy', classWeight: 'balanced' },
    beside: { criterion: 'entropy' },
    numbers: false,
  },
  {
    name: "entropy, classWeight 'balanced', missing 10 %, beside none missing",
    change: dropValues,
    parameters: { criterion: 'entropy', classWeight: 'balanced' },
    beside: { criterion: 'entropy', classWeight: 'balanced' },
    numbers: false,
  },
  { name: 'maxBins 20', change: (table) => table, parameters: { maxBins: 20 }, numbers: true },
  { name: 'maxLeafNodes 1000', change: (table) => table, parameters: { maxLeafNodes: 1000 }, numbers: true },
]

const RANDOM: readonly Variant[] = [
  { name: 'random cuts, missing 10 %', change: dropValues, numbers: true },
  { name: 'random cuts, categories', change: makeLevels, numbers: true },
  { name: 'random cuts, entropy', change: (table) => table, parameters: { criterion: 'entropy' }, numbers: false },
]

/**
 * Trains on each table plainly and in each variant, in turn and on the calling thread, and prints what a variant costs:
 * medians of CPU seconds and of the ratios of the pairs, how many times as many nodes its trees have, and the ratio by node.
 *
 * @param only part of the names of variants or tables; the empty text is in all.
 */
export async function benchVariants(pairs: number, trees: number, only: string): Promise<void> {
  console.log(
    `Node ${process.version}, ${cpus()[0]?.model.trim()}, ${availableParallelism()} threads; ${pairs} pairs, ${trees} trees\n`,
  )
  console.log(
    '| table | variant | cuts | plain CPU s | variant CPU s | ratio (range) | nodes | ratio a node |\n|---|---|---|---|---|---|---|---|',
  )
  for (const [name, make] of [...Object.entries(LIKE), ...Object.entries(REAL)]) {
    const table = make(1)
    for (const [list, ways] of [
      [VARIANTS, [{}, { maxBins: 256 }]],
      [RANDOM, [{ splitter: 'random', bootstrap: false } as const]],
    ] as const) {
      for (const variant of list) {
        if (table.signature.target.type === 'number' && !variant.numbers) continue
        if (name in REAL && variant.real !== true) continue
        if (!`${name} ${variant.name}`.includes(only)) continue
        for (const way of ways) {
          const limits = variant.parameters
          if (limits?.maxBins !== undefined && 'maxBins' in way) continue
          await compare(name, table, variant, { ...way, nEstimators: trees, seed: 1 }, pairs)
        }
      }
    }
  }
}

async function compare(name: string, table: Table, variant: Variant, way: Parameters, pairs: number): Promise<void> {
  const changed = variant.change(table)
  if (changed === table && variant.parameters === undefined) return
  const plain: number[] = []
  const varied: number[] = []
  let growth = 1
  for (let pair = -1; pair < pairs; pair++) {
    const a = await timeTraining(table, { ...way, ...variant.beside })
    const b = await timeTraining(changed, { ...way, ...variant.parameters })
    growth = b.nodes / a.nodes
    // The first pair warms up.
    if (pair < 0) continue
    plain.push(a.seconds)
    varied.push(b.seconds)
  }
  const ratios = varied.map((seconds, i) => seconds / plain[i]).sort((a, b) => a - b)
  const cuts = way.splitter === 'random' ? 'random' : way.maxBins ? `${way.maxBins} bins` : 'exact'
  console.log(
    `| ${name} | ${variant.name} | ${cuts} | ${median(plain).toFixed(2)} | ${median(varied).toFixed(2)} | ` +
      `**${median(ratios).toFixed(2)}** (${ratios[0].toFixed(2)}-${ratios.at(-1)?.toFixed(2)}) | ` +
      `${growth.toFixed(2)} | ${(median(ratios) / growth).toFixed(2)} |`,
  )
}

async function timeTraining(table: Table, parameters: Parameters): Promise<{ seconds: number; nodes: number }> {
  const start = process.cpuUsage()
  const forest = await train(table, parameters)
  const { user, system } = process.cpuUsage(start)
  return { seconds: (user + system) / 1e6, nodes: forest.nodeCount }
}

/** A tenth of every column's values goes missing. */
function dropValues(table: Table): Table {
  const random = Random.ofTree(7, 0)
  const columns = table.columns.map((column) => column.map((value) => (random.below(10) === 0 ? Number.NaN : value)))
  const features = table.signature.features.map((feature) => ({ ...feature, missing: true }))
  return { ...table, columns, signature: { ...table.signature, features } }
}

/** The three columns of fewest values, but more than two, are declared as categories, their values shuffled. */
export function declareLevels(table: Table): Table {
  const columns = [...table.columns]
  const features: Feature[] = [...table.signature.features]
  const values = columns.map((column) => [...new Set(column)].sort((a, b) => a - b))
  const few = columns
    .map((_, f) => f)
    .filter((f) => values[f].length > 2 && values[f].length <= MOST_FEW)
    .sort((a, b) => values[a].length - values[b].length)
  if (few.length === 0) return table
  for (const f of few.slice(0, 3)) {
    const levels = shuffled(values[f], Random.ofTree(9, f))
    columns[f] = columns[f].map((value) => levels.indexOf(value))
    features[f] = {
      name: features[f].name,
      type: 'category',
      missing: false,
      levels: levels.map((value) => `l${value}`),
    }
  }
  return { ...table, columns, signature: { ...table.signature, features } }
}

const MOST_FEW = 32

/** The first three columns fall into about equally full levels whose order is lost. */
export function makeLevels(table: Table): Table {
  const columns = [...table.columns]
  const features: Feature[] = [...table.signature.features]
  for (const [f, count] of [10, 100, 1000].entries()) {
    const random = Random.ofTree(9, f)
    const sorted = columns[f].toSorted()
    const places = shuffled(
      Array.from({ length: count }, (_, i) => i),
      random,
    )
    // Equal values are spread by noise, so that a column of few values has as many levels as one of many.
    columns[f] = columns[f].map((value) => {
      const low = bisect(sorted, value, false)
      const place = low + random.share() * (bisect(sorted, value, true) - low)
      return places[Math.min(count - 1, Math.floor((place / sorted.length) * count))]
    })
    const levels = Array.from({ length: count }, (_, i) => `l${i}`)
    features[f] = { name: features[f].name, type: 'category', missing: false, levels }
  }
  return { ...table, columns, signature: { ...table.signature, features } }
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  const order = [...list]
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const kept = order[i]
    order[i] = order[j]
    order[j] = kept
  }
  return order
}

/** Values below `value`, or up to it. */
function bisect(sorted: Float32Array, value: number, upTo: boolean): number {
  let from = 0
  let to = sorted.length
  while (from < to) {
    const middle = (from + to) >> 1
    if (sorted[middle] < value || (upTo && sorted[middle] === value)) from = middle + 1
    else to = middle
  }
  return from
}

function addWeights(table: Table): Table {
  const random = Random.ofTree(8, 0)
  return { ...table, weights: Float64Array.from({ length: table.rows }, () => 0.5 + random.share()) }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}
