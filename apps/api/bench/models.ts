import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { iris } from '@copse/dataset'
import { type Forest, type Table, train } from '@copse/model'
import { golden, reference, writeBundle } from '../test/bundle.ts'

/** Bundle of a forest of 100 trees on Iris, made when it is not there. */
export async function irisBundle(folder: string): Promise<string> {
  return bundle(join(folder, 'iris'), () => iris())
}

/** The same on a table of Letter's size: 16,000 rows, 16 features, 26 classes. */
export async function letterBundle(folder: string): Promise<string> {
  return bundle(join(folder, 'letter'), letterLike)
}

async function bundle(directory: string, table: () => Table): Promise<string> {
  if (existsSync(join(directory, 'reference.json'))) return directory
  const data = table()
  const forest = await train(data, { nEstimators: 100, seed: 7 }, { workers: 2 })
  writeBundle(directory, {
    'forest.copse': forest.data,
    'golden.json': golden(forest, firstRows(forest, data)),
    'reference.json': reference(forest, data.columns, data.target),
  })
  return directory
}

function firstRows(forest: Forest, { columns }: Table): number[][] {
  return Array.from({ length: 8 }, (_, i) => forest.signature.features.map((_, f) => columns[f]![i]!))
}

/** Whole numbers from 0 to 15 around a centre for each class, as Letter has. */
function letterLike(): Table {
  const rows = 16_000
  const random = mulberry32(7)
  const classes = Array.from({ length: 26 }, (_, k) => String.fromCharCode(65 + k))
  const names = Array.from({ length: 16 }, (_, f) => `f${f}`)
  const centres = classes.map(() => names.map(() => 3 + 9 * random()))
  const target = Uint16Array.from({ length: rows }, (_, i) => i % 26)
  const noise = () => (random() + random() + random() - 1.5) * 6
  const columns = names.map((_, f) =>
    Float32Array.from(target, (k) => Math.min(15, Math.max(0, Math.round(centres[k]![f]! + noise())))),
  )
  const features = names.map((name) => ({ name, type: 'number' as const, missing: false, min: 0, max: 15 }))
  return { signature: { features, target: { name: 'letter', type: 'class', classes } }, rows, columns, target }
}

function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
