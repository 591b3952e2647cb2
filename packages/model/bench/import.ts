import { RandomForestClassifier } from 'ml-random-forest'
import { importMlRandomForest } from '../src/import.ts'
import { randomTable } from '../test/tables.ts'

/** Prints how fast a forest of ml-random-forest answers on its own and once imported, on the same rows. */
const table = randomTable(1, 300, 6, 3, 3)
const theirs = new RandomForestClassifier({
  seed: 1,
  maxFeatures: 0.8,
  replacement: true,
  nEstimators: 50,
  noOOB: true,
})
theirs.train(table.rows, table.target)
const ours = importMlRandomForest(JSON.parse(JSON.stringify(theirs.toJSON())), { signature: table.signature })

const rows = randomTable(2, 5000, 6, 3, 3).rows
const slow = rowsPerSecond(() => theirs.predict(rows), rows.length, 3)
const fast = rowsPerSecond(() => ours.predict(rows), rows.length, 50)
console.log(`50 trees, ${ours.nodeCount} nodes, ${rows.length} rows of 6 numbers, best of several runs`)
console.log(
  `ml-random-forest ${Math.round(slow)} rows/s, imported ${Math.round(fast)} rows/s, ${(fast / slow).toFixed(0)}x`,
)

function rowsPerSecond(run: () => unknown, count: number, runs: number): number {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < runs; i++) {
    const before = performance.now()
    run()
    least = Math.min(least, performance.now() - before)
  }
  return (count * 1000) / least
}
