// Training's own modules, which it would load when first called.
import '../src/train-forest.ts'
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { type Forest, type Parameters, train } from '../src/index.ts'
import { benchCodes } from './codes.ts'
import { benchOthers } from './others.ts'
import { benchPeers } from './peers.ts'
import { benchScale } from './scale.ts'
import { benchShapes } from './shapes.ts'
import { type Bench, makeBench } from './table.ts'
import { benchVariants } from './variants.ts'

const USAGE = `Usage: pnpm bench train [--rows 100000] [--features 20] [--trees 100] [--workers ${availableParallelism()}] [--seed 1]

Trains on the first 80 % of a seeded table of two classes, exactly and with 256 bins, on the calling thread and on workers,
and predicts the other 20 %. With --peers it trains on three tables beside scikit-learn,
which it installs in a throw-away environment first; --pairs 3 says how often, --only takes part of a line's name. With --variants it measures what missing
values, categories, weights, entropy and other limits cost beside the same table without; --only takes part of a name.

--others trains beside ydf, LightGBM, ydf-training, ranger and ml-random-forest, each where it can be had. --scale trains on
800,000 x 20 beside scikit-learn with peak memory, on growing tables, on one worker and two, and tells how long the calling
thread was held at most. --shapes trains on tables of awkward shapes. --codes measures what fewer codes and bins cost in
accuracy, --pairs saying on how many seeds.`

interface Timing {
  readonly seconds: number
  readonly cpuSeconds: number
}

async function main(args: string[]): Promise<void> {
  const { values: given } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      rows: { type: 'string', default: '100000' },
      features: { type: 'string', default: '20' },
      trees: { type: 'string', default: '100' },
      workers: { type: 'string', default: String(availableParallelism()) },
      seed: { type: 'string', default: '1' },
      peers: { type: 'boolean', default: false },
      pairs: { type: 'string', default: '3' },
      codes: { type: 'boolean', default: false },
      others: { type: 'boolean', default: false },
      scale: { type: 'boolean', default: false },
      shapes: { type: 'boolean', default: false },
      variants: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  })
  if (given.help) return console.log(USAGE)
  if (given.peers) return benchPeers(Number(given.pairs), given.only)
  if (given.codes) return benchCodes(Number(given.pairs))
  if (given.others) return benchOthers(Number(given.pairs))
  if (given.scale) return benchScale(Number(given.pairs), given.only)
  if (given.shapes) return benchShapes()
  if (given.variants) return benchVariants(Number(given.pairs), Number(given.trees), given.only)
  const bench = makeBench(Number(given.rows), Number(given.features), Number(given.seed))
  const parameters = { nEstimators: Number(given.trees), seed: Number(given.seed) }
  console.log(`Node ${process.version}, ${cpus()[0]?.model.trim()}, ${availableParallelism()} threads`)
  console.log(`${given.rows} x ${given.features}, 2 classes, ${given.trees} trees; train 80 %, predict 20 %\n`)
  console.log('| work | seconds | CPU seconds | rows/s | accuracy |\n|---|---|---|---|---|')
  await timeTraining(bench, parameters, 0)
  await timeTraining(bench, { ...parameters, maxBins: 256 }, 0)
  const forest = await timeTraining(bench, parameters, Number(given.workers))
  await timePrediction(bench, forest)
  console.log(`\n${forest.nodeCount} nodes, forest.copse ${(forest.data.length / 1e6).toFixed(2)} MB`)
}

async function timeTraining({ train: table, test }: Bench, parameters: Parameters, workers: number): Promise<Forest> {
  const [forest, timing] = await time(() => train(table, parameters, { workers }))
  const classes = new Uint16Array(test.rows)
  forest.predictClassesInto(test.values, classes)
  const right = classes.filter((of, row) => of === test.target[row]).length
  const cuts = parameters.maxBins ? `${parameters.maxBins} bins` : 'exact'
  const where = workers === 0 ? 'calling thread' : `${workers} workers`
  printRow(`train, ${cuts}, ${where}`, timing, table.rows, right / test.rows)
  return forest
}

async function timePrediction({ test }: Bench, forest: Forest): Promise<void> {
  const out = new Float64Array(test.rows * forest.outputs)
  forest.predictInto(test.values, out)
  const times = 5
  const [, { seconds, cpuSeconds }] = await time(async () => {
    for (let i = 0; i < times; i++) forest.predictInto(test.values, out)
  })
  printRow('predict, a batch', { seconds: seconds / times, cpuSeconds: cpuSeconds / times }, test.rows)
}

async function time<T>(work: () => Promise<T>): Promise<[T, Timing]> {
  const cpu = process.cpuUsage()
  const start = performance.now()
  const result = await work()
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpu)
  return [result, { seconds, cpuSeconds: (user + system) / 1e6 }]
}

function printRow(work: string, { seconds, cpuSeconds }: Timing, rows: number, accuracy?: number): void {
  const speed = Math.round(rows / seconds).toLocaleString('en')
  console.log(
    `| ${work} | ${seconds.toFixed(2)} | ${cpuSeconds.toFixed(2)} | ${speed} | ${accuracy?.toFixed(4) ?? ''} |`,
  )
}

await main(process.argv.slice(2))
