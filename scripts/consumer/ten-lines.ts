import { readFile, writeFile } from 'node:fs/promises'
import { type Dataset, readCsv } from '@copse/dataset'
import { Forest, type Parameters, train } from '@copse/model'

const data: Dataset = await readCsv('flowers.csv', { target: 'species' })
const parameters: Parameters = { nEstimators: 50, seed: 7 }
const forest: Forest = await train(data, parameters, { workers: 2 })
await writeFile('forest.copse', forest.data)

const loaded = Forest.from(await readFile('forest.copse'))
const labels: string[] | number[] = loaded.predict([[5.1, 3.5, 1.4, 0.2]])
console.log(labels)
