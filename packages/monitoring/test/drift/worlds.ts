import { buildReference, type Reference, type SignatureFeature, Window } from '../../src/index.ts'
import { logGamma } from '../../src/statistics/gamma.ts'
import { SHA256 } from '../arbitrary.ts'

/** 32 random bits a call, the same for the same seed (sfc32). */
export function randomBits(seed: number): () => number {
  let [a, b, c, d] = [seed, 0x9e3779b9, 0x243f6a88, 1]
  const next = () => {
    const sum = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum
  }
  for (let round = 0; round < 20; round++) next()
  return next
}

const PLACES = 1 << 16

/** What a column is drawn from: its quantile function at 65,536 places, so that a draw is a look-up. */
interface Source {
  readonly kind: 'number' | 'category'
  readonly quantiles: Float32Array
  /** One place in so many is missing; 0 is none. */
  readonly every: number
}

function source(kind: Source['kind'], quantile: (share: number) => number): Source {
  return {
    kind,
    quantiles: Float32Array.from({ length: PLACES }, (_, place) => quantile((place + 0.5) / PLACES)),
    every: 0,
  }
}

function withMissing(of: Source, every: number): Source {
  return { ...of, every }
}

function valueAt({ quantiles, every }: Source, place: number): number {
  return every > 0 && place % every === 0 ? Number.NaN : quantiles[place]
}

/** Levels 0, 1, 2 … in shares that fall as a power of their rank. */
function zipf(levels: number, power: number): Source {
  const weights = Array.from({ length: levels }, (_, level) => (level + 1) ** -power)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let below = 0
  const ends = weights.map((weight) => {
    below += weight / total
    return below
  })
  return source('category', (share) => ends.findIndex((end) => share <= end + 1e-12))
}

function normalQuantile(share: number): number {
  let [low, high] = [-10, 10]
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (normalShare(middle) < share) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** The standard normal distribution function by its Taylor series (Marsaglia 2004). */
function normalShare(x: number): number {
  let [sum, term] = [x, x]
  for (let k = 3; Math.abs(term) > 1e-17 && k < 400; k += 2) {
    term *= (x * x) / k
    sum += term
  }
  return Math.min(1, Math.max(0, 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI)))
}

const normal = source('number', normalQuantile)
const heavy = source('number', (share) => 1 / (1 - share))
const cauchy = source('number', (share) => Math.tan(Math.PI * (share - 0.5)))
const grades = source('number', (share) => Math.floor(share * 5))

/** Twenty features: continuous, heavy-tailed, discrete, constant, mostly zero, with missing values, and categories. */
export const SOURCES: readonly Source[] = [
  normal,
  source('number', (share) => share),
  source('number', (share) => -Math.log(1 - share)),
  heavy,
  cauchy,
  withMissing(normal, 10),
  withMissing(heavy, 3),
  source('number', (share) => Math.exp(3 * normalQuantile(share))),
  grades,
  withMissing(grades, 50),
  source('number', (share) => Math.floor(1 / (1 - share))),
  source('number', (share) => (share < 0.9 ? 0 : share)),
  source('number', (share) => (share < 0.98 ? 0 : 1)),
  source('number', () => 7),
  zipf(3, 0),
  withMissing(zipf(2, 3), 20),
  zipf(12, 1),
  zipf(60, 1.3),
  zipf(400, 1),
  zipf(5, 6),
]

/** Draws rows into a row-major array. */
function draw(rows: number, bits: () => number, sources = SOURCES): Float32Array {
  const values = new Float32Array(rows * sources.length)
  for (let f = 0; f < sources.length; f++) {
    for (let row = 0, at = f; row < rows; row++, at += sources.length) {
      values[at] = valueAt(sources[f], bits() & (PLACES - 1))
    }
  }
  return values
}

/** A model trained on drawn rows, and what turns other drawn rows into its codes. */
export interface World {
  readonly reference: Reference
  readonly encode: (values: Float32Array) => void
  /** Code of each level by feature; undefined for numbers. */
  readonly codes: readonly (ReadonlyMap<number, number> | undefined)[]
}

/** Levels are those that the training rows have, in the order they are met. */
export function world(rows: number, bits: () => number, sources = SOURCES): World {
  const width = sources.length
  const values = draw(rows, bits, sources)
  const codes = sources.map(({ kind }) => (kind === 'category' ? new Map<number, number>() : undefined))
  for (const [f, known] of codes.entries()) {
    for (let at = f; known && at < values.length; at += width) {
      if (!Number.isNaN(values[at]) && !known.has(values[at])) known.set(values[at], known.size)
    }
  }
  const encode = (of: Float32Array) => {
    for (const [f, known] of codes.entries()) {
      for (let at = f; known && at < of.length; at += width) {
        if (!Number.isNaN(of[at])) of[at] = known.get(of[at]) ?? known.size
      }
    }
  }
  encode(values)
  const features = sources.map(({ kind }, f): SignatureFeature => {
    const name = `x${f}`
    return kind === 'number'
      ? { name, type: 'number' }
      : { name, type: 'category', levels: Array.from(codes[f]!.keys(), String) }
  })
  const answers = drawAnswers(rows >> 1, bits)
  return {
    reference: buildReference({
      signature: { features, target: { name: 'y', type: 'number' } },
      columns: sources.map((_, f) => columnOf(values, f, width)),
      values: answers.outputs,
      signals: answers,
      modelSha256: SHA256,
    }),
    encode,
    codes,
  }
}

function columnOf(values: Float32Array, f: number, width: number): Float32Array {
  const column = new Float32Array(values.length / width)
  for (let row = 0, at = f; row < column.length; row++, at += width) column[row] = values[at]
  return column
}

/** What answers, disagreement and rare shares are drawn from. */
const ANSWERS = [normal, SOURCES[2], SOURCES[11]] as const

function drawAnswers(rows: number, bits: () => number) {
  const from = ({ quantiles }: Source) => Float64Array.from({ length: rows }, () => quantiles[bits() & (PLACES - 1)])
  const [outputs, disagreement, rareShare] = ANSWERS.map(from)
  return { rows, outputs, classIds: [], disagreement, rareShare }
}

/** A window that saw `rows` rows of the same world, of which feature 0 is shifted. */
export function windowOf({ reference, encode }: World, rows: number, bits: () => number, shift = 0) {
  const window = new Window(reference)
  const values = draw(rows, bits)
  encode(values)
  if (shift !== 0) for (let at = 0; at < values.length; at += SOURCES.length) values[at] += shift
  window.add(values, drawAnswers(rows, bits), 0)
  return window
}

/**
 * The same for many rows in less time: since a bin is a range of places, its count is binomial, given those before it, and
 * needs no draw a row.
 */
export function manyRows({ reference, codes }: World, rows: number, bits: () => number): Window {
  const window = new Window(reference)
  const cells = new Float64Array(window.layout.cells)
  cells[0] = rows
  for (const [index, series] of window.layout.series.entries()) {
    const from = SOURCES[index] ?? ANSWERS[index - SOURCES.length]
    const { start, bins } = series
    const known = codes[index]
    let [left, places] = [rows, PLACES]
    const take = (of: number): number => {
      const count = binomial(left, of / places, bits)
      left -= count
      places -= of
      return count
    }
    cells[start + bins] = from.every > 0 ? take(Math.ceil(PLACES / from.every)) : 0
    if (known) {
      const last = from.quantiles[PLACES - 1]
      for (let level = 0; level <= last; level++) {
        const bin = series.binOfLevel[known.get(level) ?? known.size] ?? bins + 1
        cells[start + bin] += take(present(from, ending(from, level - 1), ending(from, level)))
      }
      continue
    }
    let end = ending(from, series.min, false)
    const below = take(present(from, 0, end))
    for (let bin = 0; bin < bins; bin++) {
      const next = ending(from, bin < bins - 1 ? series.edges[bin] : series.max)
      cells[start + bin] = take(present(from, end, next))
      end = next
    }
    const above = take(present(from, end, PLACES))
    cells[start] += below
    cells[start + bins - 1] += above
    cells[start + bins + 1] = below + above
  }
  window.addCounts(cells, 0)
  return window
}

/** Places whose value is at most `value`, or below it. */
function ending({ quantiles }: Source, value: number, inclusive = true): number {
  let [low, high] = [0, PLACES]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (quantiles[middle] < value || (inclusive && quantiles[middle] === value)) low = middle + 1
    else high = middle
  }
  return low
}

/** Places of [from, to) that are not missing. */
function present({ every }: Source, from: number, to: number): number {
  return every > 0 ? to - from - (Math.ceil(to / every) - Math.ceil(from / every)) : to - from
}

/** A binomial number by inversion, outwards from the mode. */
export function binomial(n: number, share: number, bits: () => number): number {
  if (n === 0 || share <= 0) return 0
  if (share >= 1) return n
  const odds = share / (1 - share)
  const mode = Math.min(n, Math.floor((n + 1) * share))
  const logs = logGamma(n + 1) - logGamma(mode + 1) - logGamma(n - mode + 1)
  let upper = Math.exp(logs + mode * Math.log(share) + (n - mode) * Math.log1p(-share))
  let lower = upper
  let left = (bits() >>> 0) / 2 ** 32 - upper
  for (let step = 1; left > 0 && step <= n; step++) {
    upper = mode + step <= n ? upper * odds * ((n - mode - step + 1) / (mode + step)) : 0
    left -= upper
    if (left <= 0) return mode + step
    lower = mode - step >= 0 ? (lower / odds) * ((mode - step + 1) / (n - mode + step)) : 0
    left -= lower
    if (left <= 0) return mode - step
  }
  return mode
}
