import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import type { Forest, Parameters, Table } from '../../src/index.ts'

/**
 * Trains on a table of the bench in a process of its own; prints CPU seconds, the score on its last rows, seconds, nodes, bytes
 * of the file, peak memory in MB, and the most CPU milliseconds of this thread between two turns of the event loop, which it
 * looks at every millisecond unless told 'unwatched': that is 5 % of a core. With 'again' it trains once more and prints those
 * CPU seconds too. Runs the sources, or what is built of them without `--conditions=@copse/source`: each thread that starts
 * would strip their types, 0.2 s.
 */
const { accuracy, argmax, r2, train } = await import('@copse/model')
// Training's own modules, which it would load when first called.
const entry = import.meta.resolve('@copse/model')
await import(new URL(`train-forest${extname(entry)}`, entry).href)
const [
  path = '',
  rowsText,
  featuresText,
  trainText,
  classesText,
  parameters = '{}',
  workers = '0',
  watched = 'watched',
  again,
] = process.argv.slice(2)
const [rows, features, trained, classes] = [rowsText, featuresText, trainText, classesText].map(Number) as [
  number,
  number,
  number,
  number,
]
const { columns, test } = readCells()
const y = new Float64Array(readFileSync(`${path}.y`).buffer)
const table: Table = {
  rows: trained,
  columns,
  target: classes > 0 ? Uint16Array.from(y.subarray(0, trained)) : y.slice(0, trained),
  signature: {
    features: columns.map((column, f) => ({
      name: `x${f}`,
      type: 'number',
      missing: false,
      min: column.reduce((a, b) => Math.min(a, b)),
      max: column.reduce((a, b) => Math.max(a, b)),
    })),
    target:
      classes > 0
        ? { name: 'y', type: 'class', classes: Array.from({ length: classes }, (_, k) => `c${k}`) }
        : { name: 'y', type: 'number' },
  },
}
let longest = 0
let last = threadMs()
let watching = true
const watch = () => {
  const now = threadMs()
  longest = Math.max(longest, now - last)
  last = now
  if (watching) setTimeout(watch, 1)
}
// A timer, since a loop of immediates keeps a core busy that workers want.
if (watched === 'watched') setTimeout(watch, 1)
const start = performance.now()
const [forest, seconds] = await fit()
const wall = (performance.now() - start) / 1000
watching = false
const peak = process.resourceUsage().maxRSS / 1024
const out = new Float64Array((rows - trained) * forest.outputs)
forest.predictInto(test, out)
const actual = y.subarray(trained)
const score = classes > 0 ? accuracy(actual, argmax(out, classes)) : r2(actual, out)
const others = again === 'again' ? [(await fit())[1]] : []
console.log(seconds, score, wall, forest.nodeCount, forest.data.length, peak, longest, ...others)

async function fit(): Promise<[Forest, number]> {
  const before = process.cpuUsage()
  const grown = await train(table, JSON.parse(parameters) as Parameters, { workers: Number(workers) })
  const { user, system } = process.cpuUsage(before)
  return [grown, (user + system) / 1e6]
}

/** The columns to train on and the other rows, so that each cell is in memory once, as it is for the peer. */
function readCells(): { columns: Float32Array[]; test: Float32Array } {
  // A file of megabytes lies in a buffer of its own.
  const x = new Float32Array(readFileSync(`${path}.x`).buffer)
  const columns = Array.from({ length: features }, (_, f) => {
    const column = new Float32Array(trained)
    for (let row = 0; row < trained; row++) column[row] = x[row * features + f]
    return column
  })
  return { columns, test: x.slice(trained * features) }
}

/** CPU time, since on a busy machine the clock goes on while the thread waits for a core. */
function threadMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
