import { mkdirSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { buildPackage } from './build-package.ts'
import { makeVenv, run } from './peers/make-venv.ts'
import { DATA_DIRECTORY, median, numbers, script, writeSynthetic } from './peers.ts'

const FEATURES = 20
/** On both sides, since fewer take less memory. */
const TREES = 20
const SIZES = [80_000, 160_000, 320_000, 640_000, 1_280_000, 2_000_000]

const CPU = 0
const WALL = 2
const PEAK = 5
const HELD = 6

/** @param only 'peer', 'growth', 'workers' or '' for all. */
export async function benchScale(pairs: number, only: string): Promise<void> {
  mkdirSync(DATA_DIRECTORY, { recursive: true })
  console.log(
    `Node ${process.version}, ${cpus()[0]?.model.trim()}, ${cpus().length} threads, load ${load()}; ${pairs} pairs`,
  )
  if ('peer'.includes(only)) besidePeer(pairs)
  if ('growth'.includes(only)) growing(pairs)
  if ('workers'.includes(only)) onWorkers(pairs)
}

function besidePeer(pairs: number): void {
  const python = makeVenv()
  const about = tableOf(800_000)
  const theirs: number[][] = []
  const exact: number[][] = []
  const fast: number[][] = []
  for (let seed = 1; seed <= pairs; seed++) {
    theirs.push(numbers(run(python, [script('fit.py'), ...about, 'best', String(TREES), String(seed)])))
    exact.push(train(about, { nEstimators: TREES, seed }))
    fast.push(train(about, { nEstimators: TREES, seed, maxBins: 256 }))
  }
  console.log(`\n800,000 x 20, ${TREES} trees on one thread; load ${load()}\n`)
  console.log('| way | CPU s | ratio (range) | peak MB | held at most, CPU ms |\n|---|---|---|---|---|')
  console.log(
    `| scikit-learn | ${((median(theirs, 0) * TREES) / 100).toFixed(1)} | | ${median(theirs, 2).toFixed(0)} | |`,
  )
  for (const [way, ours] of Object.entries({ fast, exact })) {
    const ratios = ours.map((each, i) => (theirs[i][0] * TREES) / 100 / each[CPU]).sort((a, b) => a - b)
    console.log(
      `| copse ${way} | ${median(ours, CPU).toFixed(2)} | **${ratios[ratios.length >> 1].toFixed(1)}** ` +
        `(${ratios[0].toFixed(1)}-${ratios.at(-1)?.toFixed(1)}) | ${median(ours, PEAK).toFixed(0)} | ${median(ours, HELD).toFixed(0)} |`,
    )
  }
}

function growing(pairs: number): void {
  const seconds = SIZES.map((rows) => {
    const about = tableOf(rows)
    return median(
      Array.from({ length: pairs }, (_, i) => train(about, { nEstimators: 5, seed: i + 1 })),
      CPU,
    )
  })
  const doublings = Math.log2((SIZES.at(-1) as number) / SIZES[0])
  const growth = ((seconds.at(-1) as number) / seconds[0]) ** (1 / doublings)
  console.log(`\nGrowth, 5 trees, exact, one thread; load ${load()}\n\n| rows | CPU s |\n|---|---|`)
  for (const [i, rows] of SIZES.entries()) console.log(`| ${rows.toLocaleString('en')} | ${seconds[i].toFixed(2)} |`)
  console.log(`\n**${growth.toFixed(2)}** a doubling on the average`)
}

function onWorkers(pairs: number): void {
  const about = tableOf(80_000)
  buildPackage()
  const ratios: number[] = []
  const held: number[] = []
  const grow = (workers: number, seed: number, watched = 'unwatched') =>
    fit([], about, { nEstimators: 200, seed }, String(workers), watched)
  for (let seed = 1; seed <= pairs; seed++) {
    const [one, two] = [1, 2].map((workers) => grow(workers, seed))
    ratios.push(one[WALL] / two[WALL])
    held.push(grow(2, seed, 'watched')[HELD])
  }
  ratios.sort((a, b) => a - b)
  console.log(
    `\n80,000 x 20, 200 trees, two workers beside one, elapsed: **${ratios[ratios.length >> 1].toFixed(2)}** ` +
      `(${ratios[0].toFixed(2)}-${ratios.at(-1)?.toFixed(2)}); calling thread held at most ` +
      `${held.sort((a, b) => a - b)[held.length >> 1].toFixed(0)} CPU ms; load ${load()}`,
  )
}

/** Arguments of fit.py and fit.ts for so many rows to train on. */
function tableOf(rows: number): string[] {
  const all = rows * 1.25
  const path = join(DATA_DIRECTORY, `synthetic-${all}`)
  writeSynthetic(path, all)
  return [path, all, FEATURES, rows, 2].map(String)
}

function train(about: readonly string[], parameters: object): number[] {
  return fit(['--conditions=@copse/source'], about, parameters)
}

function fit(flags: readonly string[], about: readonly string[], parameters: object, ...more: string[]): number[] {
  return numbers(run(process.execPath, [...flags, script('fit.ts'), ...about, JSON.stringify(parameters), ...more]))
}

function load(): string {
  return loadavg()[0].toFixed(1)
}
