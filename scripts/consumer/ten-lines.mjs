import { readFile, writeFile } from 'node:fs/promises'
import { readCsv } from '@copse/dataset'
import { Forest, train } from '@copse/model'

const data = await readCsv('flowers.csv', { target: 'species' })
const forest = await train(data, { nEstimators: 50, seed: 7 }, { workers: 2 })
await writeFile('forest.copse', forest.data)

const loaded = Forest.from(await readFile('forest.copse'))
console.log(loaded.predict([{ sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 }]))
