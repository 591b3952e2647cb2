import { formatNumber } from '@copse/charts'
import type { Cell, Example, Feature, Signature } from './answers.ts'

/** What stands in the fields of the form, a text for each feature; '' in a number and null in a category is no value. */
export type Texts = readonly (string | null)[]

export type Reading = { readonly cell: Cell; readonly note?: string } | { readonly problem: string }

/** Beyond it a number is infinite as a 32-bit float. */
const MOST_FLOAT32 = 3.4028235677973366e38

/** The value of a field, with what is worth knowing of it, or why it is none. */
export function readField(feature: Feature, text: string | null): Reading {
  if (text === null || (feature.type === 'number' && text.trim() === '')) {
    return feature.missing
      ? { cell: null, note: 'no value' }
      : { problem: `A value is needed: training saw none missing.` }
  }
  if (feature.type === 'category') {
    return feature.levels.includes(text)
      ? { cell: text }
      : { cell: text, note: 'not a level of training: goes the way of a missing value' }
  }
  const value = Number(text)
  if (Number.isNaN(value)) return { problem: 'A number is needed.' }
  if (Math.abs(value) >= MOST_FLOAT32) return { problem: 'The number is too large.' }
  const { min, max } = feature
  if (min !== null && max !== null && (value < min || value > max)) {
    return { cell: value, note: `outside of training, ${formatNumber(min)} to ${formatNumber(max)}` }
  }
  return { cell: value }
}

/** The row of all fields; undefined while one of them has a problem. */
export function readRow(features: readonly Feature[], texts: Texts): Cell[] | undefined {
  const row: Cell[] = []
  for (const [f, feature] of features.entries()) {
    const reading = readField(feature, texts[f] ?? null)
    if ('problem' in reading) return undefined
    row.push(reading.cell)
  }
  return row
}

/** What the fields hold at first: the first example, else the middle of each range. */
export function firstTexts({ features }: Signature, example: Example | undefined): Texts {
  if (example !== undefined) return textsOf(features, example.features)
  return features.map((feature) => {
    if (feature.type === 'category') return feature.levels[0] ?? (feature.missing ? null : '')
    const { min, max } = feature
    return min === null || max === null ? '' : String(Number(((min + max) / 2).toPrecision(3)))
  })
}

export function textsOf(features: readonly Feature[], row: readonly Cell[]): Texts {
  return features.map(({ type }, f) => {
    const cell = row[f] ?? null
    if (cell === null) return type === 'category' ? null : ''
    return String(cell)
  })
}

/** Features from the most important to the least; their places where no importance is known. */
export function byImportance(features: readonly Feature[], importances: readonly number[]): number[] {
  const places = features.map((_, f) => f)
  return places.sort((a, b) => (importances[b] ?? 0) - (importances[a] ?? 0) || a - b)
}

/** The feature that the path of a refused row names, such as /features/2. */
export function featureOf(path: string | undefined): number | undefined {
  const [, place] = /^\/(?:features|rows\/\d+)\/(\d+)$/.exec(path ?? '') ?? []
  return place === undefined ? undefined : Number(place)
}
