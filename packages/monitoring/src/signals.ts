import { histogram } from './bins.ts'
import { MonitoringError } from './errors.ts'
import type { Histogram, SignalReference } from './reference.ts'

/** The profile of a forest's signals, a value a row each; a `rareShare` of NaN throughout is one the forest does not know. */
export function signalReference(input: {
  readonly disagreement: Float64Array
  readonly rareShare?: Float64Array | undefined
}): SignalReference {
  const { disagreement, rareShare } = input
  const rows = disagreement.length
  if (rareShare && rareShare.length !== rows) {
    throw new MonitoringError(
      'MONITORING_ERR_PREDICTIONS',
      `There are ${rareShare.length} rare shares for ${rows} rows of disagreement, which must be as many.`,
    )
  }
  const known = rareShare !== undefined && !rareShare.every(Number.isNaN)
  return { rows, disagreement: whole(disagreement), rareShare: known ? whole(rareShare) : null }
}

function whole(values: Float64Array): Histogram {
  const row = values.findIndex((value) => !Number.isFinite(value))
  if (row === -1) return histogram(values)
  throw new MonitoringError('MONITORING_ERR_VALUE', `The signal of row ${row} is not a finite number.`)
}
