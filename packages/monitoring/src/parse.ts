import { MonitoringError } from './errors.ts'
import { Field } from './field.ts'
import {
  type Calibration,
  CONFIDENCE_BINS,
  checksumOf,
  type FeatureReference,
  type Histogram,
  type PredictionReference,
  REFERENCE_FORMAT,
  REFERENCE_VERSION,
  RESIDUAL_SHARES,
  type Reference,
  type ReferenceTarget,
  type SignalReference,
} from './reference.ts'

/** A forest has at most as many features, and as many classes. */
const MOST_FEATURES = 65_535
/** Indices beyond it are no longer distinct as float32. */
const MOST_LEVELS = 2 ** 24
const MOST_EDGES = 999
const MOST_ROWS = Number.MAX_SAFE_INTEGER

/**
 * Reads a reference, of this version or an older one, from JSON that nobody vouches for: every part is checked, then that the parts agree, then the
 * checksum. The result is of this version and shares nothing with `json`.
 *
 * @throws MonitoringError MONITORING_ERR_FORMAT, MONITORING_ERR_VERSION, MONITORING_ERR_STRUCTURE or
 * MONITORING_ERR_CHECKSUM
 */
export function parseReference(json: unknown): Reference {
  const root = new Field(json, '')
  const version = root.format(REFERENCE_FORMAT, REFERENCE_VERSION)
  const at = root.object([...KEYS, ...(version === 1 ? [] : (['signals'] as const))])
  const rows = at.rows.count(1, MOST_ROWS)
  const target = parseTarget(at.target)
  const parts = {
    modelSha256: at.modelSha256.sha256(),
    rows,
    target,
    features: at.features.items(1, MOST_FEATURES, (feature) => parseFeature(feature, rows)),
    predictions: at.predictions.orNull((field) => parsePredictions(field, target)),
    calibration: at.calibration.orNull((field) => parseCalibration(field, target)),
  }
  const format = REFERENCE_FORMAT
  const signals = at.signals?.orNull(parseSignals) ?? null
  const content = { format, version: REFERENCE_VERSION, ...parts, signals } as const
  const checksum = checksumOf(content)
  const made = version === 1 ? checksumOf({ format, version, ...parts }) : checksum
  if (made !== at.checksum.sha256()) {
    throw new MonitoringError(
      'MONITORING_ERR_CHECKSUM',
      "The reference's content is not what its checksum was made of.",
    )
  }
  return { ...content, checksum }
}

/** The keys of version 1; version 2 adds `signals`. */
const KEYS = [
  'format',
  'version',
  'modelSha256',
  'rows',
  'target',
  'features',
  'predictions',
  'calibration',
  'checksum',
] as const

function parseTarget(field: Field): ReferenceTarget {
  const type = field.member('type').oneOf(['class', 'number'])
  if (type === 'number') return { name: field.object(['name', 'type']).name.text(), type }
  const at = field.object(['name', 'type', 'classes'])
  return { name: at.name.text(), type, classes: texts(at.classes, 2, MOST_FEATURES) }
}

function parseFeature(field: Field, rows: number): FeatureReference {
  const type = field.member('type').oneOf(['number', 'category'])
  if (type === 'number') {
    const at = field.object(['name', 'type', 'missing', ...HISTOGRAM_KEYS])
    const missing = at.missing.count(0, rows)
    return { name: at.name.text(), type, missing, ...parseHistogram(at, rows - missing) }
  }
  const at = field.object(['name', 'type', 'missing', 'levels', 'counts'])
  const missing = at.missing.count(0, rows)
  const levels = texts(at.levels, 0, MOST_LEVELS)
  return { name: at.name.text(), type, missing, levels, counts: counts(at.counts, levels.length, rows - missing) }
}

function parsePredictions(field: Field, target: ReferenceTarget): PredictionReference {
  const type = field.member('type').oneOf([target.type])
  if (target.type === 'class' && type === 'class') {
    const at = field.object(['type', 'rows', 'counts', 'confidence'])
    const rows = at.rows.count(0, MOST_ROWS)
    return {
      type,
      rows,
      counts: counts(at.counts, target.classes.length, rows),
      confidence: counts(at.confidence, CONFIDENCE_BINS, rows),
    }
  }
  const at = field.object(['type', 'rows', ...HISTOGRAM_KEYS])
  const rows = at.rows.count(0, MOST_ROWS)
  return { type: 'number', rows, ...parseHistogram(at, rows) }
}

function parseCalibration(field: Field, target: ReferenceTarget): Calibration {
  const type = field.member('type').oneOf([target.type])
  if (type === 'number') {
    const at = field.object(['type', 'rows', 'mean', 'shares', 'residuals'])
    const length = RESIDUAL_SHARES.length
    return {
      type,
      rows: at.rows.count(1, MOST_ROWS),
      mean: at.mean.number(),
      shares: at.shares.items(length, length, (share) => share.number(0, 1)),
      residuals: ascending(at.residuals, length, length, (next, last) => next >= last),
    }
  }
  const at = field.object(['type', 'rows', 'counts', 'correct', 'confidence'])
  const rows = at.rows.count(0, MOST_ROWS)
  const all = counts(at.counts, CONFIDENCE_BINS, rows)
  let bin = 0
  const correct = at.correct.items(CONFIDENCE_BINS, CONFIDENCE_BINS, (item) => item.count(0, all[bin++]))
  bin = 0
  const confidence = at.confidence.items(CONFIDENCE_BINS, CONFIDENCE_BINS, (item) => parseMean(item, bin, all[bin++]))
  return { type, rows, counts: all, correct, confidence }
}

function parseMean(item: Field, bin: number, count: number): number | null {
  if (count > 0) return item.number(bin / CONFIDENCE_BINS, (bin + 1) / CONFIDENCE_BINS)
  if (item.value !== null) throw item.fail('null, as its bin is empty')
  return null
}

function parseSignals(field: Field): SignalReference {
  const at = field.object(['rows', 'disagreement', 'rareShare'])
  const rows = at.rows.count(0, MOST_ROWS)
  const histogram = (part: Field) => parseHistogram(part.object(HISTOGRAM_KEYS), rows)
  return { rows, disagreement: histogram(at.disagreement), rareShare: at.rareShare.orNull(histogram) }
}

const HISTOGRAM_KEYS = ['edges', 'counts', 'min', 'max', 'mean', 'sd'] as const

function parseHistogram(at: Record<(typeof HISTOGRAM_KEYS)[number], Field>, sum: number): Histogram {
  const edges = ascending(at.edges, 0, MOST_EDGES, (next, last) => next > last)
  const inBins = counts(at.counts, edges.length + 1, sum)
  if (sum > 0) {
    const min = at.min.number()
    const max = at.max.number(min)
    return { edges, counts: inBins, min, max, mean: at.mean.number(min, max), sd: at.sd.number(0) }
  }
  for (const moment of [at.min, at.max, at.mean, at.sd]) {
    if (moment.value !== null) throw moment.fail('null, as there are no values')
  }
  return { edges, counts: inBins, min: null, max: null, mean: null, sd: null }
}

/** `length` counts that add up to `sum`. */
function counts(field: Field, length: number, sum: number): number[] {
  const read = field.items(length, length, (item) => item.count(0, sum))
  if (read.reduce((total, count) => total + count, 0) !== sum) throw field.fail(`counts that sum to ${sum}`)
  return read
}

function ascending(field: Field, least: number, most: number, fits: (next: number, last: number) => boolean): number[] {
  let last = Number.NEGATIVE_INFINITY
  return field.items(least, most, (item) => {
    const next = item.number()
    if (!fits(next, last)) throw item.fail('above the one before it')
    last = next
    return next
  })
}

/** Texts of which no two are the same. */
function texts(field: Field, least: number, most: number): string[] {
  const read = field.items(least, most, (item) => item.text())
  if (new Set(read).size !== read.length) throw field.fail('texts of which no two are the same')
  return read
}
