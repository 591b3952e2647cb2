import { mkdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { load } from './load.ts'
import { irisBundle } from './models.ts'
import { startServer } from './server.ts'

/**
 * `pnpm --filter @copse/api soak [MINUTES]`: single rows, batches and refusals without a pause, with a reload and a scrape
 * between, and the memory after each slice. Memory is flat when the median of the last third is at most 5 % over that of the second.
 */
const minutes = Number(process.argv[2] ?? 10)
const SLICES = 30
const FOLDER = join(homedir(), '.cache', 'copse', 'bench-serve')
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const ROWS = JSON.stringify({ rows: Array.from({ length: 100 }, (_, i) => [5, 3, 1 + i / 20, 0.2]) })
const BODIES = ['{"features":[5.1,3.5,1.4,0.2]}', ROWS, '{"features":[5.1,null]}']

await mkdir(FOLDER, { recursive: true })
const server = await startServer([
  MAIN,
  '--model',
  `file:${await irisBundle(FOLDER)}`,
  '--port',
  '0',
  '--log-level',
  'silent',
])
const memory: number[] = []
let requests = 0
for (let slice = 0; slice < SLICES; slice++) {
  const seconds = (minutes * 60) / SLICES / BODIES.length
  for (const body of BODIES) {
    const result = await load(`${server.url}/predict`, { connections: 20, seconds, body })
    requests += result.requests
  }
  const reload = await fetch(`${server.url}/model/reload`, { method: 'POST' })
  const scrape = await fetch(`${server.url}/metrics`)
  if (!reload.ok || !scrape.ok) throw new Error('a reload or a scrape failed')
  await scrape.text()
  memory.push(server.rss())
  console.log(`${((slice + 1) * minutes) / SLICES} min: ${requests} requests, ${server.rss().toFixed(0)} MB`)
}
await server.stop()

const middle = median(memory.slice(SLICES / 3, (2 * SLICES) / 3))
const last = median(memory.slice((2 * SLICES) / 3))
console.log(`median of the second third ${middle.toFixed(0)} MB, of the last ${last.toFixed(0)} MB`)
if (last > middle * 1.05) process.exitCode = 1

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!
}
