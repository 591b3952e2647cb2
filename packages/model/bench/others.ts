import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeVenv, run } from './peers/make-venv.ts'
import { DATA_DIRECTORY, median, numbers, script, writeData } from './peers.ts'

interface Data {
  readonly name: string
  readonly rows: number
  readonly features: number
  readonly trained: number
  readonly classes: number
}

const SYN100K: Data = { name: 'syn100k', rows: 100_000, features: 20, trained: 80_000, classes: 2 }
const LETTER: Data = { name: 'letter', rows: 20_000, features: 16, trained: 16_000, classes: 26 }

interface Peer {
  readonly name: string
  readonly data: Data
  /** Trees it grows for its time a 100; on how many rows, where it cannot take all. */
  readonly trees: number
  readonly trained?: number
  readonly run: (about: readonly string[], trees: string, seed: string) => string
}

const byPython = (peer: string) => (about: readonly string[], trees: string, seed: string) =>
  run(makeVenv('copse-bench-others-venv', PACKAGES), [script('others.py'), peer, ...about, trees, seed])
const byR = (about: readonly string[], trees: string, seed: string) =>
  run('Rscript', [script('ranger.R'), ...about, trees, seed])
const byNode = (peer: string) => (about: readonly string[], trees: string, seed: string) =>
  run(process.execPath, [script('others.ts'), installedModules(), peer, ...about, trees, seed])

const PACKAGES = ['scikit-learn==1.9.1', 'pandas', 'ydf', 'lightgbm']
const MODULES = ['ydf-training@0.0.1', 'ml-random-forest@2.1.0']

const PEERS: readonly Peer[] = [
  { name: 'ydf (Python)', data: SYN100K, trees: 10, run: byPython('ydf') },
  { name: 'LightGBM rf, 4096 leaves', data: SYN100K, trees: 10, run: byPython('lightgbm') },
  { name: 'ranger (R)', data: SYN100K, trees: 10, run: byR },
  { name: 'ydf-training (npm, 300 trees)', data: SYN100K, trees: 300, trained: 10_000, run: byNode('ydf-training') },
  { name: 'ml-random-forest (npm)', data: SYN100K, trees: 10, trained: 1000, run: byNode('ml-random-forest') },
  { name: 'ydf (Python)', data: LETTER, trees: 100, run: byPython('ydf') },
  { name: 'ranger (R)', data: LETTER, trees: 100, run: byR },
  { name: 'ml-random-forest (npm)', data: LETTER, trees: 2, trained: 1000, run: byNode('ml-random-forest') },
]

/**
 * Trains beside other libraries, each run a process of its own on one thread, in pairs with copse on the same rows. What
 * cannot be installed or run is told, never counted.
 */
export async function benchOthers(pairs: number): Promise<void> {
  mkdirSync(DATA_DIRECTORY, { recursive: true })
  writeData(DATA_DIRECTORY, makeVenv())
  console.log(
    `Node ${process.version}, ${cpus()[0]?.model.trim()}, load ${loadavg()[0].toFixed(1)}; ${pairs} pairs, 100 trees\n`,
  )
  console.log('| data, rows | peer | CPU s | score | copse fast, s | score | ratio | copse exact, s | score | ratio |')
  console.log('|---|---|---|---|---|---|---|---|---|---|')
  for (const peer of PEERS) await benchPeer(peer, pairs)
}

async function benchPeer(peer: Peer, pairs: number): Promise<void> {
  const { name, data, trees, trained = data.trained, run: runPeer } = peer
  const about = [join(DATA_DIRECTORY, data.name), data.rows, data.features, trained, data.classes].map(String)
  const theirs: number[][] = []
  const fast: number[][] = []
  const exact: number[][] = []
  try {
    for (let seed = 1; seed <= pairs; seed++) {
      theirs.push(numbers(runPeer(about, String(trees), String(seed))))
      fast.push(ours(about, { nEstimators: 100, seed, maxBins: 256 }))
      exact.push(ours(about, { nEstimators: 100, seed }))
    }
  } catch (error) {
    return console.log(
      `| ${data.name} | ${name} | NOT RUN: ${(error as Error).message.split('\n').at(-1)?.slice(0, 120)} |`,
    )
  }
  const told = (own: number[][]) =>
    `${median(own, 0).toFixed(2)} | ${median(own, 1).toFixed(4)} | **${medianRatio(theirs, own).toFixed(1)}**`
  console.log(
    `| ${data.name}, ${trained} | ${name} | ${median(theirs, 0).toFixed(2)} | ${median(theirs, 1).toFixed(4)} | ` +
      `${told(fast)} | ${told(exact)} |`,
  )
}

function ours(about: readonly string[], parameters: object): number[] {
  const args = ['--conditions=@copse/source', script('fit.ts'), ...about, JSON.stringify(parameters)]
  return numbers(run(process.execPath, args))
}

function medianRatio(theirs: readonly number[][], own: readonly number[][]): number {
  return own.map(([seconds], i) => theirs[i][0] / seconds).sort((a, b) => a - b)[own.length >> 1]
}

/** A folder with the peers of npm; nothing of them runs at install. */
function installedModules(): string {
  const folder = join(tmpdir(), 'copse-bench-others')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  run('npm', ['install', '--silent', '--ignore-scripts', '--prefix', folder, ...MODULES])
  return folder
}
