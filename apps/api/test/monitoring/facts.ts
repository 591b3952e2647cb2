import { hash } from 'node:crypto'
import { iris } from '@copse/dataset'
import { Counter, Layout, parseReference } from '@copse/monitoring'
import type { Batch } from '../../src/monitoring/batch.ts'
import { keyOf, type ModelFacts } from '../../src/monitoring/facts.ts'
import type { PredictionLogSettings } from '../../src/monitoring/settings.ts'
import { irisForest, mixedFiles, mixedForest, reference } from '../bundle.ts'

const { columns, target, rows: count } = iris()

/** The Iris model of `bundle.ts`, as a monitor knows it. */
export function irisFacts(version = '1'): ModelFacts {
  const forest = irisForest()
  const sha256 = hash('sha256', forest.data)
  const parsed = parseReference(JSON.parse(reference(forest, columns, target)))
  return { name: 'iris', version, sha256, signature: forest.signature, reference: parsed }
}

/** The model of numbers of `bundle.ts`: a number and a category that may be missing, and a category that may not. */
export function mixedFacts(version = '1'): ModelFacts {
  const forest = mixedForest()
  const sha256 = hash('sha256', forest.data)
  const parsed = parseReference(JSON.parse(String(mixedFiles(forest)['reference.json'])))
  return { name: 'mixed', version, sha256, signature: forest.signature, reference: parsed }
}

/** Rows of Iris, drawn with replacement; the same for the same seed. */
export function drawn(rows: number, seed: number): number[][] {
  const random = mulberry32(seed)
  return Array.from({ length: rows }, () => {
    const row = Math.floor(random() * count)
    return columns.map((column) => column[row]!)
  })
}

/** The same, with sepals longer by so many cm: traffic that drifts. */
export function shifted(rows: number, seed: number, by: number): number[][] {
  return drawn(rows, seed).map(([sepal, ...rest]) => [sepal! + by, ...rest])
}

/** How a test logs predictions, but for where. */
export const LOG: Omit<PredictionLogSettings, 'to'> = {
  features: 'none',
  sample: 1,
  retainMs: Infinity,
  retainBytes: Infinity,
  segmentBytes: 1 << 20,
  segmentMs: 60_000,
  sync: 'close',
  upload: undefined,
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

/** What a process tells of these rows: ids are `ID.0`, `ID.1`, … */
export function batchOf(facts: ModelFacts, rows: readonly (readonly number[])[], id = 'id', tag = 0): Batch {
  const forest = facts.signature.target.type === 'class' ? irisForest() : mixedForest()
  const layout = new Layout(facts.reference)
  const cells = new Float64Array(layout.cells)
  const input = Float32Array.from(rows.flat())
  const outputs = new Float64Array(rows.length * layout.outputs)
  const classIds = new Uint16Array(rows.length)
  const signals = { disagreement: new Float64Array(rows.length), rareShare: new Float64Array(rows.length) }
  forest.predictSignalsInto(input, { answers: outputs, ...signals })
  if (layout.outputs > 1) forest.predictClassesInto(input, classIds)
  new Counter(layout).add(cells, input, { rows: rows.length, outputs, classIds, ...signals })
  const now = Date.now()
  return {
    key: keyOf(facts),
    time: now,
    cells,
    predictions: {
      ids: rows.map((_, row) => `${id}.${row}`),
      times: new Float64Array(rows.length).fill(now),
      outputs,
      classIds,
      tags: new Uint32Array(rows.length).fill(tag),
    },
    lines: { bytes: new Uint8Array(0), count: 0 },
    unlogged: 0,
  }
}
