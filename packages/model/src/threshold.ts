/** The largest finite float32: every number is <= this threshold. */
export const MAX_FLOAT32 = 3.4028234663852886e38

/** The largest float32 <= the midpoint of two float32 values, so that below <= threshold < above; needs below < above. */
export function thresholdBetween(below: number, above: number): number {
  const midpoint = below / 2 + above / 2
  let threshold = Math.fround(midpoint)
  if (threshold > midpoint) threshold = nextDown(threshold)
  return threshold >= below && threshold < above ? threshold : below
}

const float = new Float32Array(1)
const bits = new Int32Array(float.buffer)

function nextDown(value: number): number {
  if (value === 0) return -1.401298464324817e-45
  float[0] = value
  bits[0] += value > 0 ? -1 : 1
  return float[0]
}
