/** What counts a duration, in seconds. */
export interface DurationCounter {
  add(seconds: number): void
}

/** Durations of one series of a histogram. Adding one costs a few comparisons and three additions. */
export class Durations implements DurationCounter {
  /** Upper bounds in seconds, ascending, each inside its bucket. */
  readonly bounds: readonly number[]
  /** [bounds + 1] durations by bucket; the last holds those above every bound. */
  readonly counts: Float64Array
  sum = 0

  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.counts = new Float64Array(bounds.length + 1)
  }

  add(seconds: number): void {
    const { bounds } = this
    // Most are in the first buckets.
    let i = 0
    while (i < bounds.length && seconds > bounds[i]!) i++
    this.counts[i]!++
    this.sum += seconds
  }

  get count(): number {
    return this.counts.reduce((sum, count) => sum + count, 0)
  }
}
