import { hash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { iris } from '@copse/dataset'
import { Forest, LEAF, MISSING_LEFT, type Signature, SUBSET, type Trees } from '@copse/model'
import { buildReference } from '@copse/monitoring'

/** A tree node as it is written down in a test. */
export type Node =
  | { feature: number; threshold?: number; levels?: readonly number[]; missingLeft?: boolean; left: Node; right: Node }
  | { shares: readonly number[] }
  | { value: number }

export const IRIS: Signature = {
  features: [
    { name: 'sepal_length', type: 'number', missing: false, min: 4.3, max: 7.9 },
    { name: 'sepal_width', type: 'number', missing: false, min: 2, max: 4.4 },
    { name: 'petal_length', type: 'number', missing: false, min: 1, max: 6.9 },
    { name: 'petal_width', type: 'number', missing: false, min: 0.1, max: 2.5 },
  ],
  target: { name: 'species', type: 'class', classes: ['setosa', 'versicolor', 'virginica'] },
}

/** Setosa for certain at petal_length <= 2.45, else by petal_width. */
export function irisForest(versicolor = 0.75): Forest {
  const rest: Node = {
    feature: 3,
    threshold: 1.75,
    left: { shares: [0, versicolor, 1 - versicolor] },
    right: { shares: [0, 0.125, 0.875] },
  }
  return forest(IRIS, [
    { feature: 2, threshold: 2.449999809265137, left: { shares: [1, 0, 0] }, right: rest },
    { feature: 2, threshold: 2.449999809265137, left: { shares: [1, 0, 0] }, right: rest },
  ])
}

/** A number that may be missing, a category that may be, a category that may not; names that need escapes. */
export const MIXED: Signature = {
  features: [
    { name: 'carat', type: 'number', missing: true, min: 0.2, max: 5 },
    { name: 'cut', type: 'category', missing: true, levels: ['Fair', 'Good', 'Ideal'] },
    { name: 'a/b~c "d"', type: 'category', missing: false, levels: ['no', 'yes'] },
  ],
  target: { name: 'price', type: 'number' },
}

export function mixedForest(): Forest {
  return forest(MIXED, [
    { feature: 0, threshold: 1, missingLeft: true, left: { value: 100 }, right: { value: 5000.5 } },
    { feature: 1, levels: [0, 1], missingLeft: false, left: { value: 10 }, right: { value: 20 } },
    { feature: 2, levels: [1], left: { value: 1 }, right: { value: 0 } },
  ])
}

export function forest(signature: Signature, roots: readonly Node[], aggregation: 'mean' | 'vote' = 'mean'): Forest {
  const { features, target } = signature
  return Forest.fromTrees({
    signature,
    aggregation,
    trees: flatten(roots, target.type === 'class'),
    summary: {
      rows: 150,
      score: 0.953,
      importances: features.map((_, f) => (f === 0 ? 1 : 0)),
      warnings: [],
      quantized: [],
    },
    parameters: {
      nEstimators: roots.length,
      criterion: target.type === 'class' ? 'gini' : 'squared_error',
      maxDepth: null,
      minSamplesSplit: 2,
      minSamplesLeaf: 1,
      maxFeatures: 'all',
      maxLeafNodes: null,
      minImpurityDecrease: 0,
      bootstrap: true,
      maxSamples: null,
      splitter: 'best',
      classWeight: null,
      oobScore: true,
      maxBins: null,
      seed: 0,
    },
  })
}

function flatten(roots: readonly Node[], classes: boolean): Trees {
  const feature: number[] = []
  const threshold: number[] = []
  const right: number[] = []
  const flags: number[] = []
  const subsetNode: number[] = []
  const subsetStart = [0]
  const subsets: number[] = []
  const leafStart = [0]
  const leafClass: number[] = []
  const leafShare: number[] = []
  const treeStart = [0]
  let leaves = 0

  function add(node: Node): void {
    const index = feature.length
    if ('feature' in node) {
      feature.push(node.feature)
      threshold.push(node.threshold ?? 0)
      right.push(0)
      flags.push((node.missingLeft ? MISSING_LEFT : 0) | (node.levels ? SUBSET : 0))
      if (node.levels) {
        subsetNode.push(index)
        subsets.push(node.levels.reduce((bits, level) => bits | (1 << level), 0))
        subsetStart.push(subsets.length)
      }
      add(node.left)
      right[index] = feature.length - index
      add(node.right)
      return
    }
    feature.push(LEAF)
    threshold.push(0)
    right.push(leaves++)
    flags.push(0)
    if ('value' in node) {
      leafShare.push(node.value)
      return
    }
    for (const [k, share] of node.shares.entries()) {
      if (share === 0) continue
      leafClass.push(k)
      leafShare.push(share)
    }
    leafStart.push(leafClass.length)
  }

  for (const root of roots) {
    add(root)
    treeStart.push(feature.length)
  }
  return {
    treeStart: Uint32Array.from(treeStart),
    feature: Uint16Array.from(feature),
    threshold: Float32Array.from(threshold),
    right: Uint32Array.from(right),
    flags: Uint8Array.from(flags),
    subsetNode: Uint32Array.from(subsetNode),
    subsetStart: Uint32Array.from(subsetStart),
    subsets: Uint32Array.from(subsets),
    leafStart: Uint32Array.from(classes ? leafStart : []),
    leafClass: Uint16Array.from(leafClass),
    leafShare: Float64Array.from(leafShare),
  }
}

export const IRIS_GOLDEN = [
  [5.1, 3.5, 1.4, 0.2],
  [5.9, 3, 4.2, 1.5],
  [6.3, 3.3, 6, 2.5],
]
/** 200 rows of MIXED, some without a carat or a cut. */
const MIXED_COLUMNS = [
  Float32Array.from({ length: 200 }, (_, row) => (row % 20 === 0 ? Number.NaN : 0.2 + ((row * 37) % 97) / 20)),
  Float32Array.from({ length: 200 }, (_, row) => (row % 25 === 0 ? Number.NaN : (row * 7) % 3)),
  Float32Array.from({ length: 200 }, (_, row) => row % 2),
]
export const MIXED_GOLDEN = [
  [0.5, 2, 1],
  [null, null, 0],
  [3.25, 3, 2],
]

/** `golden.json` of the rows, with what the forest answers now. */
export function golden(model: Forest, rows: readonly (readonly (number | null)[])[]): string {
  const values = Float32Array.from(rows.flat(), (value) => value ?? Number.NaN)
  const out = new Float64Array(rows.length * model.outputs)
  model.predictInto(values, out)
  const outputs = rows.map((_, i) => Array.from(out.subarray(i * model.outputs, (i + 1) * model.outputs)))
  return JSON.stringify({ format: 'copse-golden', version: 1, rows, outputs })
}

export type Files = Record<string, Uint8Array | string>

/** `reference.json`: what the forest was trained on, with its own answers to it. */
export function reference(model: Forest, columns: readonly Float32Array[], actual: ArrayLike<number>): string {
  const rows = columns[0]!.length
  const signals = {
    answers: new Float64Array(rows * model.outputs),
    disagreement: new Float64Array(rows),
    rareShare: new Float64Array(rows),
  }
  model.predictSignalsInto(columns, signals)
  const { signature } = model
  const answers = signature.target.type === 'class' ? { probabilities: signals.answers } : { values: signals.answers }
  const built = buildReference({
    signature,
    columns,
    ...answers,
    calibration: { ...answers, actual },
    signals,
    modelSha256: hash('sha256', model.data),
  })
  return `${JSON.stringify(built)}\n`
}

const IRIS_DATA = iris()

export function irisFiles(model: Forest = irisForest()): Files {
  return {
    'forest.copse': model.data,
    'golden.json': golden(model, IRIS_GOLDEN),
    'reference.json': reference(model, IRIS_DATA.columns, IRIS_DATA.target),
    'model-card.md': '# Iris\n\nA card.\n',
  }
}

export function mixedFiles(model: Forest = mixedForest()): Files {
  return {
    'forest.copse': model.data,
    'golden.json': golden(model, MIXED_GOLDEN),
    'reference.json': reference(
      model,
      MIXED_COLUMNS,
      MIXED_COLUMNS[0]!.map((_, row) => row * 10),
    ),
  }
}

/** Writes a bundle; `sums` replaces the right SHA256SUMS. Answers the directory. */
export function writeBundle(directory: string, files: Files, sums = sumsOf(files)): string {
  mkdirSync(directory, { recursive: true })
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content)
  writeFileSync(join(directory, 'SHA256SUMS'), sums)
  return directory
}

export function sumsOf(files: Files): string {
  return Object.keys(files)
    .sort()
    .map((name) => `${hash('sha256', files[name]!)}  ${name}\n`)
    .join('')
}
