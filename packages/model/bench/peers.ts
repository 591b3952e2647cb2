import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Parameters } from '../src/index.ts'
import { makeVenv, run } from './peers/make-venv.ts'
import { makeBench } from './table.ts'

interface Data {
  readonly name: string
  readonly rows: number
  readonly features: number
  readonly trained: number
  readonly classes: number
  /** Trees that the peer grows for its time a 100. */
  readonly peerTrees: number
}

/** Where the tables are written. */
export const DATA_DIRECTORY = join(tmpdir(), 'copse-bench-data')

export const DATA: readonly Data[] = [
  { name: 'syn100k', rows: 100_000, features: 20, trained: 80_000, classes: 2, peerTrees: 10 },
  { name: 'letter', rows: 20_000, features: 16, trained: 16_000, classes: 26, peerTrees: 100 },
  { name: 'diamonds', rows: 53_940, features: 9, trained: 43_152, classes: 0, peerTrees: 50 },
]

const WAYS: readonly { name: string; kind: 'best' | 'random'; parameters: Parameters }[] = [
  { name: 'fast', kind: 'best', parameters: { maxBins: 256 } },
  { name: 'exact', kind: 'best', parameters: {} },
  { name: 'ExtraTrees', kind: 'random', parameters: { splitter: 'random', bootstrap: false } },
]

/** Where fit.py and fit.ts print the CPU seconds of the training after the first. */
const WARM = { theirs: 3, ours: 7 }

/**
 * Trains 100 trees here and with scikit-learn in turn, each time in a new process and on one thread: once for the scores and
 * to warm up, and once more. Prints medians of the second's CPU seconds and of the ratios of the pairs, and those of the first
 * training of the processes. The peer's time is that of fewer trees where they take long, scaled.
 *
 * @param only part of the name of data and way, as in 'letter exact'.
 */
export async function benchPeers(pairs: number, only = ''): Promise<void> {
  const python = makeVenv()
  const directory = DATA_DIRECTORY
  writeData(directory, python)
  console.log(`Node ${process.version}, ${cpus()[0]?.model.trim()}, ${pairs} pairs, 100 trees\n`)
  console.log(
    '| data | way | scikit-learn s | score | copse s | score | ratio (range) | first in a process | nodes | MB |',
  )
  console.log('|---|---|---|---|---|---|---|---|---|---|')
  for (const data of DATA) {
    for (const { name, kind, parameters } of WAYS) {
      if (!`${data.name} ${name}`.includes(only)) continue
      const theirs: number[][] = []
      const ours: number[][] = []
      for (let seed = 1; seed <= pairs; seed++) {
        const about = [join(directory, data.name), data.rows, data.features, data.trained, data.classes].map(String)
        const rest = [kind, String(data.peerTrees), String(seed), 'again']
        theirs.push(numbers(run(python, [script('fit.py'), ...about, ...rest])))
        const own = [JSON.stringify({ ...parameters, nEstimators: 100, seed }), '0', 'unwatched', 'again']
        ours.push(numbers(run(process.execPath, ['--conditions=@copse/source', script('fit.ts'), ...about, ...own])))
      }
      const [, , , nodes, bytes] = ours[0]
      const ratios = (at: { theirs: number; ours: number }) =>
        spread(ours.map((own, i) => theirs[i][at.theirs] / own[at.ours]))
      console.log(
        `| ${data.name} | ${name} | ${median(theirs, WARM.theirs).toFixed(2)} | ${median(theirs, 1).toFixed(4)} | ` +
          `${median(ours, WARM.ours).toFixed(2)} | ${median(ours, 1).toFixed(4)} | ` +
          `${ratios(WARM)} | ${ratios({ theirs: 0, ours: 0 })} | ` +
          `${nodes} | ${(bytes / 1e6).toFixed(1)} |`,
      )
    }
  }
}

/** The median, and the least and the most. */
function spread(ratios: readonly number[]): string {
  const sorted = [...ratios].sort((a, b) => a - b).map((ratio) => ratio.toFixed(1))
  return `**${sorted[sorted.length >> 1]}** (${sorted[0]}-${sorted.at(-1)})`
}

export function writeData(directory: string, python: string): void {
  mkdirSync(directory, { recursive: true })
  if (!existsSync(join(directory, 'diamonds.y'))) run(python, [script('data.py'), directory])
  writeSynthetic(join(directory, 'syn100k'), 100_000)
}

/** Writes rows x 20 floats of two classes, as `makeBench` makes them. */
export function writeSynthetic(path: string, rows: number): void {
  if (existsSync(`${path}.y`)) return
  const { train: table, test } = makeBench(rows, 20, 1)
  const values = new Float32Array(rows * 20)
  for (const [f, column] of table.columns.entries()) {
    for (let row = 0; row < table.rows; row++) values[row * 20 + f] = column[row]
  }
  values.set(test.values, table.rows * 20)
  writeFileSync(`${path}.x`, values)
  const target = new Float64Array(rows)
  target.set(table.target)
  target.set(test.target, table.rows)
  writeFileSync(`${path}.y`, target)
}

export function script(name: string): string {
  return fileURLToPath(new URL(`peers/${name}`, import.meta.url))
}

export function numbers(line: string): number[] {
  return line.trim().split(/\s+/).map(Number)
}

export function median(runs: readonly (readonly number[])[], at: number): number {
  return runs.map((run) => run[at]).sort((a, b) => a - b)[runs.length >> 1]
}
