import { count, type Output, WIDTH } from './output.ts'

const BAR = 24
const TTY_INTERVAL_MS = 100
const PLAIN_INTERVAL_MS = 1000

/**
 * How many of all the trees of an experiment are grown. On a terminal: one line that is rewritten; elsewhere at most
 * one plain line a second.
 */
export class ProgressBar {
  readonly #output: Output
  readonly #trees: number
  readonly #now: () => number
  readonly #started: number
  #done = 0
  #label = ''
  #printed: number
  #shown = false

  /** `now` is a clock in milliseconds. */
  constructor(output: Output, trees: number, now: () => number = () => performance.now()) {
    this.#output = output
    this.#trees = trees
    this.#now = now
    this.#started = now()
    this.#printed = this.#started
  }

  /** Names what is being trained now. */
  label(text: string): void {
    this.#label = text
  }

  /** `trees` more trees are grown. */
  advance(trees: number): void {
    this.#done = Math.min(this.#trees, this.#done + trees)
    const interval = this.#output.isTTY === true ? TTY_INTERVAL_MS : PLAIN_INTERVAL_MS
    if (this.#now() - this.#printed < interval) return
    this.#printed = this.#now()
    this.#shown = true
    this.#output.write(this.#output.isTTY === true ? `\r${this.#bar().padEnd(WIDTH - 1)}` : `${this.#line()}\n`)
  }

  /** Clears the line, so that what is printed next begins at the left. */
  end(): void {
    if (this.#shown && this.#output.isTTY === true) this.#output.write(`\r${' '.repeat(WIDTH - 1)}\r`)
    this.#shown = false
  }

  #bar(): string {
    const filled = Math.floor((BAR * this.#done) / this.#trees)
    const bar = '#'.repeat(filled).padEnd(BAR, '.')
    return `[${bar}] ${this.#counts()}  ${this.#left()}  ${this.#label}`.slice(0, WIDTH - 1)
  }

  #line(): string {
    return `training ${this.#label}: ${this.#counts()}, ${this.#left()}`.slice(0, WIDTH)
  }

  #counts(): string {
    return `${count(this.#done)} of ${count(this.#trees)} trees`
  }

  #left(): string {
    if (this.#done === 0) return 'starting'
    const seconds = (((this.#now() - this.#started) / this.#done) * (this.#trees - this.#done)) / 1000
    return `${duration(seconds)} left`
  }
}

/** 75 -> "1m 15s". */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds)
  if (whole < 60) return `${whole}s`
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${whole % 60}s`
  return `${Math.floor(whole / 3600)}h ${Math.floor((whole % 3600) / 60)}m`
}
