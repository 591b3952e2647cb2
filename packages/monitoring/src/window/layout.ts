import { CONFIDENCE_EDGES } from '../predictions.ts'
import type { FeatureReference, Histogram, Reference } from '../reference.ts'

/** Levels of a category that have a bin each, the most frequent in training; the others share one more. */
export const MOST_LEVEL_BINS = 50

/**
 * One thing that is watched: a feature, the answers, a signal. Its counts are `bins + 2` neighbouring cells of a window:
 * the bins, then missing, then outside (a number outside of the reference's range, a level it does not know).
 */
export interface Series {
  /** The feature's name; of answers and signals `prediction`, `confidence`, `disagreement`, `rare_leaves`. */
  readonly name: string
  readonly role: 'feature' | 'answer' | 'signal'
  readonly type: 'number' | 'category'
  /** Index of the first cell. */
  readonly start: number
  readonly bins: number
  /** What the reference counted, in the form of the cells; outside is 0 there by definition. */
  readonly reference: Float64Array
  /** Numbers: upper ends, inclusive, of all bins but the last. */
  readonly edges: readonly number[]
  /** Numbers: the least and greatest value of the reference; NaN when it had none. */
  readonly min: number
  readonly max: number
  /** Categories: what each bin holds; null is the bin of all other levels. */
  readonly levels: readonly (string | null)[]
  /** Categories: the bin of each level. */
  readonly binOfLevel: Uint16Array
  /** Categories: levels that the reference saw once, a measure of how many it never saw. */
  readonly once: number
}

/** Which cells of a window count what, the same wherever the reference is the same. Cell 0 counts rows. */
export class Layout {
  readonly reference: Reference
  /** Features in the signature's order, then the answers, then the signals. */
  readonly series: readonly Series[]
  readonly features: number
  /** Numbers a row of outputs has. */
  readonly outputs: number
  /** Length of every array of counts. */
  readonly cells: number

  constructor(reference: Reference) {
    const { target } = reference
    this.reference = reference
    this.features = reference.features.length
    this.outputs = target.type === 'class' ? target.classes.length : 1
    let start = 1
    this.series = descriptions(reference).map((describe) => {
      const series = describe(start)
      start += series.bins + 2
      return series
    })
    this.cells = start
  }
}

/** Made with the first cell, which depends on the series before. */
type Describe = (start: number) => Series

function descriptions(reference: Reference): Describe[] {
  const found: Describe[] = reference.features.map((feature) => featureSeries(feature))
  const { target, predictions, signals } = reference
  if (predictions?.type === 'class' && target.type === 'class') {
    const { counts, confidence, rows } = predictions
    const edges = CONFIDENCE_EDGES
    found.push(categorySeries({ name: 'prediction', levels: target.classes, counts, missing: 0 }, 'answer'))
    found.push(numberSeries('confidence', 'answer', { edges, counts: confidence, ...(rows > 0 ? UNIT : NONE) }))
  } else if (predictions?.type === 'number') found.push(numberSeries('prediction', 'answer', predictions))
  if (signals) found.push(numberSeries('disagreement', 'signal', signals.disagreement))
  if (signals?.rareShare) found.push(numberSeries('rare_leaves', 'signal', signals.rareShare))
  return found
}

/** A confidence is never outside of what can be. */
const UNIT = { min: 0, max: 1 }
const NONE = { min: null, max: null }

function featureSeries(feature: FeatureReference): Describe {
  return feature.type === 'category'
    ? categorySeries(feature, 'feature')
    : numberSeries(feature.name, 'feature', feature, feature.missing)
}

function numberSeries(
  name: string,
  role: Series['role'],
  { edges, counts, min, max }: Pick<Histogram, 'edges' | 'counts' | 'min' | 'max'>,
  missing = 0,
): Describe {
  return (start) => ({
    name,
    role,
    type: 'number',
    start,
    bins: counts.length,
    reference: Float64Array.of(...counts, missing, 0),
    edges,
    min: min ?? Number.NaN,
    max: max ?? Number.NaN,
    levels: [],
    binOfLevel: new Uint16Array(0),
    once: 0,
  })
}

interface Levels {
  readonly name: string
  readonly levels: readonly string[]
  readonly counts: readonly number[]
  readonly missing: number
}

function categorySeries({ name, levels, counts, missing }: Levels, role: Series['role']): Describe {
  const own = frequent(counts)
  const pooled = own.length < levels.length
  const bins = own.length + (pooled ? 1 : 0)
  const binOfLevel = new Uint16Array(levels.length).fill(own.length)
  for (const [bin, level] of own.entries()) binOfLevel[level] = bin
  const reference = new Float64Array(bins + 2)
  for (const [level, count] of counts.entries()) reference[binOfLevel[level]] += count
  reference[bins] = missing
  return (start) => ({
    name,
    role,
    type: 'category',
    start,
    bins,
    reference,
    edges: [],
    min: Number.NaN,
    max: Number.NaN,
    levels: [...own.map((level) => levels[level]), ...(pooled ? [null] : [])],
    binOfLevel,
    once: counts.filter((count) => count === 1).length,
  })
}

/** The levels with a bin of their own, in the order of the levels. */
function frequent(counts: readonly number[]): number[] {
  const levels = Array.from(counts.keys())
  if (counts.length <= MOST_LEVEL_BINS + 1) return levels
  return levels
    .sort((a, b) => counts[b] - counts[a] || a - b)
    .slice(0, MOST_LEVEL_BINS)
    .sort((a, b) => a - b)
}
