// Reads a generated CSV file in a process of its own and prints speed and peak memory: node bench/csv.ts [megabytes]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readCsv } from '@copse/dataset'

export interface CsvMeasure {
  readonly fileBytes: number
  readonly rows: number
  readonly features: number
  /** Bytes of the columns and the target. */
  readonly ownBytes: number
  readonly peakBytes: number
  readonly seconds: number
}

const DEFAULT_MEGABYTES = 1000
/** What reading may take beside the columns. */
export const ALLOWED_BYTES = 300e6

/** Generates a file of about `megabytes` * 10^6 bytes, reads it and removes it, in processes of their own. */
export async function measureCsv(megabytes: number): Promise<CsvMeasure> {
  const directory = await mkdtemp(join(tmpdir(), 'copse-csv-'))
  try {
    const path = join(directory, 'table.csv')
    await runHere('--write', path, String(megabytes * 1e6))
    return JSON.parse(await runHere('--read', path))
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** Ten columns: numbers of several kinds, two categories, one with quotes, commas and line ends; seeded. */
async function generate(path: string, bytes: number): Promise<void> {
  const file = createWriteStream(path)
  file.write('id_code,age,income,ratio,tiny,count,sparse,city,comment,label\n')
  let state = 1
  const next = (bound: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
  let written = 0
  while (written < bytes) {
    let block = ''
    while (block.length < 1e6) {
      const sparse = next(3) === 0 ? '' : next(1000) / 10
      const comment = `"said ""${next(50)}"", and${next(20) === 0 ? '\n' : ' '}left, café ${next(20)}"`
      const numbers = `${next(1e7)},${next(90)},${next(1e9) / 100},${next(1e9) / 1e9},${next(1e5)}e-9,${next(500)}`
      block += `${numbers},${sparse},city_number_${next(2000)},${comment},${next(4) === 0 ? 'yes' : 'no'}\n`
    }
    const chunk = Buffer.from(block)
    written += chunk.length
    if (!file.write(chunk)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'finish')
}

/** Runs this file in a new process and returns what it prints. */
async function runHere(...commands: string[]): Promise<string> {
  const arguments_ = ['--conditions=@copse/source', fileURLToPath(import.meta.url), ...commands]
  // An empty environment: no coverage or loader of a test runner is measured.
  const child = spawn(process.execPath, arguments_, { env: {}, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`The process for ${commands[0]} ended with ${code}.`)
  return output
}

async function measure(path: string): Promise<CsvMeasure> {
  const start = performance.now()
  const { rows, columns, target } = await readCsv(path, { target: 'label' })
  return {
    fileBytes: (await stat(path)).size,
    rows,
    features: columns.length,
    ownBytes: columns.reduce((sum, column) => sum + column.byteLength, target.byteLength),
    peakBytes: process.resourceUsage().maxRSS * 1024,
    seconds: (performance.now() - start) / 1000,
  }
}

function print({ fileBytes, rows, features, ownBytes, peakBytes, seconds }: CsvMeasure): void {
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`
  console.log(`${megabytes(fileBytes)}, ${rows} rows x ${features} features`)
  console.log(`${seconds.toFixed(1)} s, ${(fileBytes / 1e6 / seconds).toFixed(0)} MB/s`)
  console.log(
    `columns ${megabytes(ownBytes)}, peak ${megabytes(peakBytes)}, allowed ${megabytes(ownBytes + ALLOWED_BYTES)}`,
  )
  if (peakBytes > ownBytes + ALLOWED_BYTES) process.exitCode = 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [first, path, bytes] = process.argv.slice(2)
  if (first === '--write') await generate(path, Number(bytes))
  else if (first === '--read') console.log(JSON.stringify(await measure(path)))
  else print(await measureCsv(first === undefined ? DEFAULT_MEGABYTES : Number(first)))
}
