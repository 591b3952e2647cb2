/**
 * What watching costs a request: `pnpm bench monitor` times, at 20 features, counting a row, making a record and queueing it,
 * and looking at a window. CPU time of this process, medians of rounds; the writing of the log is in it.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildReference, checkDrift, FileSink, PredictionLog, RecordLines, Window } from '../src/index.ts'

const FEATURES = 20
const ROWS = 4096
const ROUNDS = 15

const signature = {
  features: Array.from({ length: FEATURES }, (_, f) => ({ name: `feature_${f}`, type: 'number' as const })),
  target: { name: 'y', type: 'class' as const, classes: ['a', 'b', 'c'] },
}
const values = Float32Array.from({ length: ROWS * FEATURES }, (_, at) => Math.sin(at * 12.9898) * 43.7)
const outputs = Float64Array.from({ length: ROWS * 3 }, (_, at) => [0.62, 0.27, 0.11][at % 3]!)
const disagreement = Float64Array.from({ length: ROWS }, (_, row) => (row % 100) / 100)
const signals = { disagreement, rareShare: disagreement }
const reference = buildReference({
  signature,
  columns: signature.features.map((_, f) =>
    Float32Array.from({ length: ROWS }, (_, row) => values[row * FEATURES + f]!),
  ),
  probabilities: outputs,
  signals,
  modelSha256: 'ab'.repeat(32),
})
const one = {
  rows: 1,
  outputs: new Float64Array(3),
  classIds: new Uint16Array(1),
  disagreement: new Float64Array(1),
  rareShare: new Float64Array(1),
}
const row = new Float32Array(FEATURES)
const load = (index: number) => {
  for (let f = 0; f < FEATURES; f++) row[f] = values[index * FEATURES + f]!
  for (let k = 0; k < 3; k++) one.outputs[k] = outputs[index * 3 + k]!
  one.disagreement[0] = one.rareShare[0] = disagreement[index]!
}

await main()

async function main(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'copse-bench-'))
  try {
    const window = new Window(reference)
    await time('copying a row, the price of measuring', async () => {
      for (let index = 0; index < ROWS; index++) load(index)
    })
    await time('window.add, a row', async () => {
      for (let index = 0; index < ROWS; index++) {
        load(index)
        window.add(row, one, 1e12)
      }
    })
    await time('window.add, a batch', async () => {
      window.add(values, { rows: ROWS, outputs, classIds: new Uint16Array(ROWS), ...signals }, 1e12)
    })
    for (const features of ['all', 'none'] as const) {
      const records = new RecordLines({ signature, model: 'm', version: '1', sha256: 'ab'.repeat(32), features })
      const log = new PredictionLog(new FileSink({ directory }), { queueBytes: 1 << 30 })
      let id = 0
      const put = () => {
        for (let index = 0; index < ROWS; index++) {
          load(index)
          const entry = {
            id: `0193-${id++}`,
            time: 1e12 + id,
            trace: '4bf92f3577b34da6a3ce929d0e0e4736',
            latencyUs: 40,
          }
          records.add(entry, row, one)
        }
        const { bytes, count } = records.take()
        log.write(bytes, count)
      }
      await time(
        `a record, features ${features}: on the request`,
        async () => put(),
        () => log.flush(),
      )
      await time(`a record, features ${features}: with its writing`, async () => {
        put()
        await log.flush()
      })
      console.log(
        `  ${Math.round(log.counts.bytes / log.counts.written)} bytes a record, ${log.counts.dropped} dropped`,
      )
      await log.close()
    }
    await time('a check of the window, per 4,096 rows', async () => {
      checkDrift(window.layout, window.total(1e12))
    })
    console.log(`window: ${window.bytes} bytes at ${FEATURES} features`)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Microseconds of CPU a row of `work`, which takes ROWS of them; `after` is not timed. */
async function time(name: string, work: () => Promise<void>, after = async () => {}): Promise<void> {
  const took: number[] = []
  for (let round = 0; round < ROUNDS + 3; round++) {
    const before = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(before)
    if (round >= 3) took.push((user + system) / ROWS)
    await after()
  }
  took.sort((a, b) => a - b)
  console.log(
    `${name.padEnd(48)} ${took[ROUNDS >> 1]!.toFixed(3)} us (${took[0]!.toFixed(3)}-${took.at(-1)!.toFixed(3)})`,
  )
}
