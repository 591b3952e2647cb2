import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { iris, readCsv } from '@copse/dataset'
import type { Forest } from '@copse/model'
import t from 'tap'
import type { FeatureColumns } from '../src/golden.ts'
import { type ExperimentResult, runExperiment } from '../src/pipeline.ts'
import type { PartialSettings } from '../src/settings.ts'
import { gems, prices, save } from './tables.ts'

const uri = process.env.MLFLOW_TRACKING_URI
const python = process.env.MLFLOW_PYTHON
const run = promisify(execFile)
const skip = await obstacle()

/** Answers by output name; a row each. */
interface Outputs {
  label?: string[]
  probabilities?: number[][]
  value?: number[]
}

interface Loaded {
  array: Outputs
  frame: Outputs
  example: Outputs
  example_rows: (number | null)[][]
  graph: string[]
  flavors: string[]
  model_id: string
  model_uuid: string
  run_id: string
  artifact_path: string
  created: string
  inputs: string
  outputs: string
}

type Cells = (number | null)[][]

t.test('Iris in Python', { skip }, (t) => judge(t, {}, iris()))

t.test('two classes with categories, missing values and levels not seen', { skip }, async (t) => {
  const data = save(t.testdir(), 'gems.csv', gems({ rows: 300 }))
  await judge(t, { data, target: 'sold' }, await readCsv(data, { target: 'sold' }))
})

t.test('numbers', { skip }, async (t) => {
  const data = save(t.testdir(), 'prices.csv', prices({ rows: 300 }))
  await judge(t, { data, target: 'price' }, await readCsv(data, { target: 'price' }))
})

t.test('a bundle without model.onnx', { skip }, async (t) => {
  const { modelName } = await experiment(t, { onnx: 'never' })
  await t.rejects(load(t.testdirName, modelName, [[1, 1, 1, 1]]), /python_function/)
})

/** Trains and registers on the server, then asks Python and compares with the forest, row by row. */
async function judge(t: Tap, settings: PartialSettings, table: FeatureColumns) {
  const { result, modelName } = await experiment(t, settings)
  const { forest } = result.chosen
  const rows = rowsOf(table)
  const loaded = await load(t.testdirName, modelName, rows)
  t.strictSame(loaded.flavors, ['copse', 'onnx', 'python_function'])
  t.equal(loaded.graph[1], 'TreeEnsembleRegressor')
  t.match(loaded.model_id, /^m-[0-9a-f]{32}$/)
  t.equal(loaded.model_uuid, loaded.model_id)
  t.equal(loaded.run_id, result.version?.runId)
  t.match(loaded.artifact_path, new RegExp(`^mlflow-artifacts:/.*${loaded.model_id}`))
  t.match(loaded.created, /^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/)
  t.equal(differences(forest, rows, loaded.array), 0, `${rows.length} rows as an array`)
  t.equal(differences(forest, rows, loaded.frame), 0, `${rows.length} rows as a data frame`)
  t.equal(differences(forest, loaded.example_rows, loaded.example), 0, 'the input example')

  const serving = await serve(modelName)
  try {
    for (const [form, body] of Object.entries({
      inputs: { inputs: rows },
      instances: { instances: rows },
      dataframe_split: { dataframe_split: { columns: table.columns.map((_, f) => `c${f}`), data: rows } },
    })) {
      const response = await fetch(`${serving.address}/invocations`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      const text = await response.text()
      if (!response.ok) t.fail(`${form}: ${response.status} ${text.slice(0, 2000)}`)
      else t.equal(differences(forest, rows, JSON.parse(text).predictions), 0, `${rows.length} rows as ${form}`)
    }
  } finally {
    await serving.stop()
  }
}

type Tap = Pick<typeof t, 'equal' | 'strictSame' | 'match' | 'fail' | 'testdir'> & { readonly testdirName: string }

async function experiment(t: Tap, settings: PartialSettings) {
  const modelName = `python-${Date.now()}`
  const home = join(t.testdirName, 'home')
  const result: ExperimentResult = await runExperiment(
    { ...settings, trackingUri: uri, home, experiment: modelName, modelName, trees: 20, threads: 1 },
    { output: { write: () => {} } },
  )
  return { result, modelName }
}

/** The rows of a table as numbers, and after them the same with levels beyond the last and with nothing known. */
function rowsOf({ rows, columns, signature }: FeatureColumns): Cells {
  const cells = Array.from({ length: rows }, (_, row) =>
    columns.map((column) => (Number.isNaN(column[row]) ? null : column[row]!)),
  )
  const strange = cells.map((row) =>
    row.map((value, f) => (signature.features[f]!.type === 'category' ? 50 + (value ?? 0) / 4 : value)),
  )
  const empty = signature.features.map((feature, f) => (feature.missing ? null : cells[0]![f]!))
  return [...cells, ...strange, empty]
}

/** Values, labels and rows that differ from the forest's own beyond the rounding of float32. */
function differences(forest: Forest, rows: Cells, { label, probabilities, value }: Outputs): number {
  const flat = Float32Array.from(rows.flat(), (cell) => cell ?? Number.NaN)
  const expected = new Float64Array(rows.length * forest.outputs)
  forest.predictInto(flat, expected)
  const found = forest.signature.target.type === 'class' ? probabilities!.flat() : value!
  if (found.length !== expected.length) return expected.length
  let wrong = 0
  expected.forEach((answer, i) => {
    const allowed = label === undefined ? 1e-5 * Math.abs(answer) : 5e-6
    if (!(Math.abs(found[i]! - answer) <= allowed)) wrong++
  })
  if (forest.signature.target.type !== 'class') return wrong
  const { classes } = forest.signature.target
  rows.forEach((_, row) => {
    const shares = [...expected.subarray(row * classes.length, (row + 1) * classes.length)]
    const [best, second] = shares.toSorted((a, b) => b - a)
    if (label![row] !== classes[shares.indexOf(best!)] && best! - second! >= 1e-5) wrong++
  })
  return wrong
}

async function load(directory: string, modelName: string, rows: Cells): Promise<Loaded> {
  const file = join(directory, 'rows.json')
  await writeFile(
    file,
    JSON.stringify(rows.map((row) => row.map((cell) => cell ?? Number.NaN))).replaceAll('null', 'NaN'),
  )
  const script = join(import.meta.dirname, 'load-model.py')
  const { stdout } = await run(python!, [script, `models:/${modelName}@champion`, file], { maxBuffer: 1 << 28 })
  return JSON.parse(stdout.split('\n').findLast((line) => line.startsWith('{'))!) as Loaded
}

/** `mlflow models serve` of the champion on a free port. */
async function serve(modelName: string): Promise<{ address: string; stop: () => Promise<void> }> {
  const port = await freePort()
  const model = ['-m', `models:/${modelName}@champion`, '--env-manager', 'local']
  const where = ['--host', '127.0.0.1', '--port', String(port), '--workers', '1']
  const child = spawn(python!, ['-m', 'mlflow', 'models', 'serve', ...model, ...where], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // A group of its own, so that its workers are stopped with it.
    detached: true,
    env: { ...process.env, PATH: `${join(python!, '..')}:${process.env.PATH}` },
  })
  let log = ''
  child.stderr.on('data', (text) => (log = `${log}${text}`.slice(-4000)))
  const address = `http://127.0.0.1:${port}`
  for (const end = Date.now() + 180_000; Date.now() < end; ) {
    const answer = await fetch(`${address}/ping`).catch(() => undefined)
    if (answer?.ok) return { address, stop: () => stop(child) }
    if (child.exitCode !== null) break
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  await stop(child)
  throw new Error(`mlflow models serve did not start:\n${log}`)
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return
  const ended = once(child, 'exit')
  process.kill(-child.pid, 'SIGTERM')
  const late = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), 10_000)
  await ended
  clearTimeout(late)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Why nothing can be tried here; false when nothing stands in the way. */
async function obstacle(): Promise<string | false> {
  const how = 'pnpm test:mlflow --full makes both'
  if (!uri || !python) return `MLFLOW_TRACKING_URI or MLFLOW_PYTHON is not set: no Python has loaded a model (${how})`
  const found = await run(python, ['-c', 'import mlflow.onnx, onnxruntime']).catch(() => undefined)
  return found === undefined && `${python} has no mlflow with onnxruntime: it has loaded no model (${how})`
}
