/** A linear scale whose ends are ticks. */
export interface Scale {
  readonly ticks: readonly number[]
  /** The place of a value, in pixels. */
  at(value: number): number
}

export interface ScaleOptions {
  /** Pixels of the lower and the upper end. */
  readonly from: number
  readonly to: number
  /** About how many ticks; two to twice as many are made. */
  readonly ticks: number
  /** Ticks at whole numbers only. */
  readonly whole?: boolean
}

/** The scale over `low` to `high`, both drawable; one value alone stands in the middle. */
export function scale(low: number, high: number, { from, to, ticks: wanted, whole = false }: ScaleOptions): Scale {
  const ticks = niceTicks(...widened(low, high), wanted, whole)
  const first = ticks[0]
  const last = ticks[ticks.length - 1]
  return { ticks, at: (value) => from + ((value - first) / (last - first)) * (to - from) }
}

/** NaN for what a chart cannot place (NaN, infinities, beyond 1e300); what is below 1e-300 is nothing. */
export function drawable(value: number): number {
  const size = Math.abs(value)
  if (!(size < 1e300)) return Number.NaN
  return size < 1e-300 ? 0 : value
}

/** The least and the greatest of the drawable values; undefined when there is none. */
export function extent(values: Iterable<number>): [number, number] | undefined {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of values) {
    const placed = drawable(value)
    if (placed < low) low = placed
    if (placed > high) high = placed
  }
  return low <= high ? [low, high] : undefined
}

/** A range of which double precision can tell the ticks apart. */
function widened(low: number, high: number): [number, number] {
  const size = Math.max(Math.abs(low), Math.abs(high))
  if (size === 0) return [0, 1]
  return high - low > size * 1e-9 ? [low, high] : [low - size / 10, high + size / 10]
}

/** Multiples of 1, 2 or 5 times a power of ten, from the last at or below `low` to the first at or above `high`. */
function niceTicks(low: number, high: number, wanted: number, whole: boolean): number[] {
  const raw = (high - low) / wanted
  let power = Math.floor(Math.log10(raw))
  let factor = [1, 2, 5].find((candidate) => candidate * 10 ** power >= raw * 0.999)
  if (!factor) {
    power++
    factor = 1
  }
  if (whole && power < 0) {
    power = 0
    factor = 1
  }
  // Dividing by a power of ten rounds once; multiplying by its inverse would show as 0.30000000000000004.
  const multiple = (count: number) => (power < 0 ? (count * factor) / 10 ** -power : count * factor * 10 ** power)
  const step = multiple(1)
  const first = Math.floor(low / step + 1e-9)
  const last = Math.max(Math.ceil(high / step - 1e-9), first + 1)
  return Array.from({ length: last - first + 1 }, (_, index) => multiple(first + index))
}
