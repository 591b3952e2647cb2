import { histogram } from './bins.ts'
import { MonitoringError } from './errors.ts'
import type { CategoryReference, FeatureReference, NumberReference } from './reference.ts'
import type { SignatureFeature } from './signature.ts'

/** The profile of one training column: NaN is missing, a category is the index of its level. */
export function columnReference(feature: SignatureFeature, column: Float32Array): FeatureReference {
  return feature.type === 'number' ? numberReference(feature.name, column) : categoryReference(feature, column)
}

function numberReference(name: string, column: Float32Array): NumberReference {
  const found = histogram(column)
  if (found.min === -Infinity || found.max === Infinity) {
    const row = column.findIndex((value) => Math.abs(value) === Infinity)
    throw new MonitoringError('MONITORING_ERR_VALUE', `Row ${row} of feature "${name}" is infinite, not a number.`)
  }
  const present = found.counts.reduce((sum, count) => sum + count, 0)
  return { name, type: 'number', missing: column.length - present, ...found }
}

function categoryReference(
  feature: SignatureFeature & { readonly type: 'category' },
  column: Float32Array,
): CategoryReference {
  const { name, levels } = feature
  const counts = new Array<number>(levels.length).fill(0)
  let missing = 0
  for (let row = 0; row < column.length; row++) {
    const level = column[row]
    if (Number.isNaN(level)) missing++
    else if (level in counts) counts[level]++
    else {
      const expected = `the index of one of its ${levels.length} levels`
      throw new MonitoringError('MONITORING_ERR_VALUE', `Row ${row} of feature "${name}" is not ${expected}.`)
    }
  }
  return { name, type: 'category', missing, levels: [...levels], counts }
}
