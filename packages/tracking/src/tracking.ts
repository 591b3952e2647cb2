import { TrackingError } from './errors.ts'
import type { Tracking, TrackingOptions } from './types.ts'

/** Opens the local store under `home`, or with `uri` an MLflow server. */
export async function openTracking(options: TrackingOptions = {}): Promise<Tracking> {
  throw new TrackingError('TRACKING_ERR_OPTION', `Not written yet: ${Object.keys(options)}`)
}
