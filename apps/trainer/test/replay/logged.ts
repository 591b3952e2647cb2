import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Forest } from '@copse/model'
import { feedbackLine, type LoggedFeatures, RecordLines } from '@copse/monitoring'
import { openTracking, resolveModel } from '@copse/tracking'
import { answers } from '../../src/measure.ts'
import { runExperiment } from '../../src/pipeline.ts'
import type { PartialSettings } from '../../src/settings.ts'

const silent = { write: () => {} }

/** Trains and registers a version. */
export async function trained(home: string, settings: PartialSettings): Promise<void> {
  await runExperiment({ home, trees: 8, threads: 1, ...settings }, { output: silent })
}

/** The forest of a registered version. */
export async function forestOf(home: string, reference: string): Promise<Forest> {
  await using tracking = await openTracking({ home, readOnly: true })
  const { directory } = await resolveModel(tracking, reference, { cache: join(home, 'cache', 'models') })
  return Forest.from(readFileSync(join(directory, 'forest.copse')))
}

export interface LogOptions {
  readonly version?: string
  readonly features?: LoggedFeatures
  /** Labels by row, where there are any. */
  readonly labels?: readonly (string | number)[]
}

/** Writes what a service would log of these columns, and returns the directory. */
export function writeLog(
  directory: string,
  forest: Forest,
  columns: readonly Float32Array[],
  { version = '1', features = 'all', labels = [] }: LogOptions = {},
): string {
  const { signature } = forest
  const records = new RecordLines({ signature, model: 'gems', version, sha256: 'ab'.repeat(32), features })
  const given = answers(forest, columns)
  const rows = columns[0]!.length
  const values = new Float32Array(rows * columns.length)
  for (const [f, column] of columns.entries()) {
    for (let row = 0; row < rows; row++) values[row * columns.length + f] = column[row]!
  }
  const time = Date.UTC(2026, 10, 1)
  for (let row = 0; row < rows; row++) {
    records.add({ id: `p${row}`, time: time + row, latencyUs: 30 }, values, { rows, ...given }, row)
  }
  const lines = [Buffer.from(records.take().bytes).toString()]
  for (const [row, label] of labels.entries()) lines.push(feedbackLine(`p${row}`, label, 'matched', time + 1e6))
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'predictions-1.ndjson'), lines.join(''))
  return directory
}
