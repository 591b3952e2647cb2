/**
 * The float32 t for which `fround(x) <= t` decides as ml-random-forest's `x < split` does on float64, or undefined when
 * every float32 is at or above the split.
 *
 * For every x with fround(x) != fround(split) the two decide alike. Of the values x that are the split's in float32, t
 * decides right for the one of which rows are probably made (`originOf`), and only another one can be decided wrong: a
 * row that differs from it beyond the precision of float32.
 */
export function splitThreshold(split: number): number | undefined {
  const rounded = Math.fround(split)
  const threshold = originOf(rounded, split) < split ? rounded : previousFloat32(rounded)
  return Number.isFinite(threshold) ? threshold : undefined
}

/** The mean of two float32 values, 24 bits each, whose exponents differ by at most 11. */
const FLOAT32_MEAN_BITS = 36

/** The mean of two float64 decimals is off the decimal by a few units in the last place, 2^-52. */
const DECIMAL_ERROR = 2 ** -44

/**
 * The value in the rows that probably became `rounded`, the float32 of a split. A split is the mean of two values of
 * training, and often one of them itself. So it is the float32 when the split has no more bits than the mean of two of
 * them; the decimal, as 5.1, when the split is one but for rounding; else the split.
 */
function originOf(rounded: number, split: number): number {
  if (significantBits(split) <= FLOAT32_MEAN_BITS || !Number.isFinite(rounded)) return rounded
  const decimal = shortestDecimal(rounded)
  return Math.abs(decimal - split) <= Math.abs(split) * DECIMAL_ERROR ? decimal : split
}

/** The decimal of fewest digits that is this float32 once cast. */
function shortestDecimal(rounded: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const decimal = Number(rounded.toPrecision(digits))
    if (Math.fround(decimal) === rounded) return decimal
  }
  return rounded
}

const float64 = new Float64Array(1)
const words64 = new Uint32Array(float64.buffer)
const float32 = new Float32Array(1)
const words32 = new Int32Array(float32.buffer)

/** Bits of the mantissa up to the last 1, with the leading one that is not stored. */
function significantBits(value: number): number {
  float64[0] = value
  const [low, high] = words64
  if (low !== 0) return 53 - trailingZeros(low)
  const fraction = high & 0xfffff
  return fraction === 0 ? 1 : 21 - trailingZeros(fraction)
}

function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word)
}

/** The largest float32 below a float32; the largest finite one below Infinity, and -Infinity below the least. */
function previousFloat32(value: number): number {
  if (value === 0) return -(2 ** -149)
  float32[0] = value
  words32[0] += value > 0 ? -1 : 1
  return float32[0]
}
