import { join } from 'node:path'
import { Dataset, iris } from '@copse/dataset'
import { type Forest, train } from '@copse/model'
import { exampleRow } from '../../src/dialects/own/schema.ts'
import { golden, writeBundle } from '../bundle.ts'

/** A model that clients are tried with, and what the forest answers to some rows. */
export interface ClientModel {
  readonly name: string
  /** The bundle. */
  readonly directory: string
  readonly features: readonly { readonly name: string; readonly type: 'number' | 'category' }[]
  /** As a tensor: a category is the index of its level, missing is null. */
  readonly rows: readonly (readonly (number | null)[])[]
  /** The same rows with the texts of categories. */
  readonly named: readonly (readonly (number | string | null)[])[]
  readonly labels?: readonly string[]
  readonly probabilities?: readonly (readonly number[])[]
  readonly values?: readonly number[]
}

/** Iris, a model of numbers and one with categories and missing values, trained here and written as bundles. */
export async function clientModels(directory: string): Promise<ClientModel[]> {
  return Promise.all([
    write(directory, 'iris', iris()),
    write(directory, 'prices', Dataset.fromRows(gems('price'), { target: 'price' })),
    write(directory, 'gems', Dataset.fromRows(gems('sold'), { target: 'sold' })),
  ])
}

async function write(directory: string, name: string, data: Dataset): Promise<ClientModel> {
  const forest = await train(data, { nEstimators: 20, seed: 7 })
  const { signature, features } = { signature: forest.signature, features: forest.signature.features }
  const rows = [0, 51, 102, 117].map((row) =>
    data.columns.map((column) => (Number.isNaN(column[row]) ? null : column[row]!)),
  )
  const files = { 'forest.copse': forest.data, 'golden.json': golden(forest, rows), 'model-card.md': `# ${name}\n` }
  return {
    name,
    directory: writeBundle(join(directory, name), files),
    features: features.map((feature) => ({ name: feature.name, type: feature.type })),
    rows,
    named: rows.map((row) => exampleRow(signature, row).positional),
    ...answers(forest, rows),
  }
}

function answers(forest: Forest, rows: readonly (readonly (number | null)[])[]) {
  const tensor = Float32Array.from(rows.flat(), (value) => value ?? Number.NaN)
  if (forest.signature.target.type === 'number') return { values: forest.predict(tensor) as number[] }
  return {
    labels: forest.predict(tensor) as string[],
    probabilities: forest.predictProba(tensor).map((row) => [...row]),
  }
}

/** 120 rows of a number, a category, both sometimes missing, and a number that never is; the same at each call. */
function gems(target: 'price' | 'sold') {
  return Array.from({ length: 120 }, (_, i) => {
    const carat = ((i * 37) % 100) / 40
    const cut = ['fair', 'good', "jeweller's best"][i % 3]!
    const worth = carat + (i % 3) / 2
    return {
      carat: i % 9 === 0 ? null : carat,
      cut: i % 11 === 0 ? null : cut,
      depth: 55 + ((i * 13) % 100) / 10,
      [target]: target === 'price' ? Math.round(worth * 1000) / 4 : worth > 1.5 ? 'yes' : 'no',
    }
  })
}
