import { cpus } from 'node:os'
import { type Parameters, type Table, train } from '../src/index.ts'
import { makeBench } from './table.ts'

const ROWS = 125_000
const TREES = 20
/** Codes that a column is brought down to before training; undefined = as it is, which is 65,536 above so many values. */
const CODES = [256, 1024, 4096, 16_384, undefined]

/**
 * What codes and bins cost: the accuracy on held-out rows of forests on 100,000 rows of distinct values, brought down to fewer
 * and fewer quantiles, and with 256 bins. A cost that does not show between 16,384 and 65,536 codes is not to be expected
 * between 65,536 and all values.
 */
export async function benchCodes(seeds: number): Promise<void> {
  console.log(`Node ${process.version}, ${cpus()[0]?.model.trim()}; 100,000 x 20, ${TREES} trees, ${seeds} seeds\n`)
  console.log('| codes | cuts | accuracy, mean | standard deviation |\n|---|---|---|---|')
  const { train: table, test } = makeBench(ROWS, 20, 1)
  for (const [codes, parameters] of [
    ...CODES.map((each) => [each, {}] as [number | undefined, Parameters]),
    [undefined, { maxBins: 256 }] as [undefined, Parameters],
  ]) {
    const given = codes === undefined ? table : quantized(table, codes)
    const found: number[] = []
    for (let seed = 1; seed <= seeds; seed++) {
      const forest = await train(given, { nEstimators: TREES, seed, ...parameters })
      const classes = new Uint16Array(test.rows)
      forest.predictClassesInto(test.values, classes)
      found.push(classes.filter((of, row) => of === test.target[row]).length / test.rows)
    }
    const mean = found.reduce((sum, each) => sum + each, 0) / seeds
    const spread = Math.sqrt(found.reduce((sum, each) => sum + (each - mean) ** 2, 0) / Math.max(1, seeds - 1))
    const cuts = parameters.maxBins ? `${parameters.maxBins} bins` : 'all'
    console.log(`| ${codes ?? '65,536'} | ${cuts} | ${mean.toFixed(4)} | ${spread.toFixed(4)} |`)
  }
}

/** Each value becomes the smallest of its quantile. */
function quantized(table: Table, codes: number): Table {
  const columns = table.columns.map((column) => {
    const ascending = column.toSorted()
    const size = column.length / codes
    const starts = Float32Array.from({ length: codes }, (_, code) => ascending[Math.floor(code * size)])
    return column.map((value) => starts[lastAtMost(starts, value)])
  })
  return { ...table, columns }
}

function lastAtMost(ascending: Float32Array, value: number): number {
  let from = 0
  let to = ascending.length - 1
  while (from < to) {
    const middle = (from + to + 1) >>> 1
    if (ascending[middle] <= value) from = middle
    else to = middle - 1
  }
  return from
}
