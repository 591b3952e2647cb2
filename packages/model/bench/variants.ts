import { availableParallelism, cpus } from 'node:os'
import { type Parameters, train } from '../src/index.ts'
import type { Table } from '../src/table.ts'
import { addWeights, declareLevels, dropValues, fillValues, makeLevels, makeSteps } from './change.ts'
import { LIKE } from './like.ts'
import { REAL } from './real.ts'

interface Variant {
  readonly name: string
  readonly change: (table: Table) => Table
  readonly parameters?: Parameters
  /** What the other table is trained with too; the defaults where absent. */
  readonly beside?: Parameters
  /** The table that it is compared with; the one without the change where absent. */
  readonly other?: (table: Table) => Table
  /** Whether it makes sense for a target of numbers too. */
  readonly numbers: boolean
}

const VARIANTS: readonly Variant[] = [
  { name: 'missing 10 %', change: dropValues, numbers: true },
  { name: 'missing 10 %, beside medians in their place', change: dropValues, other: fillValues, numbers: true },
  { name: 'categories of few values', change: declareLevels, numbers: true },
  { name: 'categories of 10, 100, 1000', change: makeLevels, numbers: true },
  {
    name: 'categories of 10, 100, 1000, beside numbers of as many',
    change: makeLevels,
    other: makeSteps,
    numbers: true,
  },
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
  const other = variant.other?.(table) ?? table
  const changed = variant.change(table)
  if (changed === table && variant.parameters === undefined) return
  const plain: number[] = []
  const varied: number[] = []
  let growth = 1
  for (let pair = -1; pair < pairs; pair++) {
    const a = await timeTraining(other, { ...way, ...variant.beside })
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

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}
