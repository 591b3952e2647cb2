import { TrackingError } from './errors.ts'
import type { ModelVersion, Tracking } from './types.ts'

export interface ResolvedModel {
  /** Absolute path of the directory that holds the model's files. */
  directory: string
  /** Absent for a `file:` reference. */
  version?: ModelVersion
  /** True when the server did not answer and this is the last version that it gave for the reference. */
  stale: boolean
}

/** Finds the directory a reference means; `models:/…` is downloaded once into `cache`. */
export async function resolveModel(
  tracking: Tracking,
  reference: string,
  options: { cache: string },
): Promise<ResolvedModel> {
  throw new TrackingError('TRACKING_ERR_OPTION', `Not written yet: ${reference} ${tracking.location} ${options.cache}`)
}
