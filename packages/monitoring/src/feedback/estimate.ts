import { binOf } from '../bins.ts'
import { CONFIDENCE_EDGES } from '../predictions.ts'
import type { ClassCalibration } from '../reference.ts'

/**
 * How likely an answer of each confidence is right, from how often such answers were right in training's calibration: the
 * basis of confidence-based performance estimation (CBPE). A bin is drawn to the confidence itself with the weight of one row,
 * which alone speaks where the calibration has none.
 */
export function calibrated(calibration: ClassCalibration | null): (confidence: number) => number {
  if (calibration === null) return (confidence) => confidence
  const { counts, correct } = calibration
  return (confidence) => {
    const bin = binOf(CONFIDENCE_EDGES, confidence)
    return (correct[bin] + confidence) / (counts[bin] + 1)
  }
}
