import type { Span } from './gather.ts'
import { SMALL } from './measure.ts'
import type { Plan } from './plan.ts'
import type { Split } from './split.ts'

/** More bins than these are no limit to numbers: cuts at their ends cost no less than every cut. */
export const MOST_BINS = 256

/** Whether bins span the codes that the path to a node allows, and not those that the node holds; see docs/engine.md. */
export function binsAlongPath({ maxBins, randomCuts }: Plan): boolean {
  return !randomCuts && maxBins > 0 && maxBins <= MOST_BINS
}

/** The codes of each feature that the splits on the way down to a node allow there. */
export class Path {
  /** Whether to bin at all: a small node and one that bins do not part has every cut tried. */
  fine = false
  readonly #low: Uint16Array
  readonly #high: Uint16Array
  readonly #log: number[] = []

  constructor(plan: Plan) {
    this.#low = new Uint16Array(plan.columns.length)
    this.#high = Uint16Array.from(plan.columns, ({ low }) => Math.max(low.length, 1) - 1)
  }

  get height(): number {
    return this.#log.length
  }

  stepLeft({ feature, lastLeft, subset }: Split): void {
    if (subset.length > 0 || lastLeft < 0) return
    this.#note(feature)
    this.#high[feature] = lastLeft
  }

  stepRight(feature: number, firstRight: number): void {
    if (firstRight > 0xffff) return
    this.#note(feature)
    this.#low[feature] = firstRight
  }

  stepBack(height: number): void {
    const log = this.#log
    while (log.length > height) {
      const high = log.pop() as number
      const low = log.pop() as number
      const feature = log.pop() as number
      this.#low[feature] = low
      this.#high[feature] = high
    }
  }

  /** The shift of a feature's bins, which then begin and end where the span does. */
  shiftFor(feature: number, samples: number, maxBins: number, span: Span): number {
    if (this.fine || samples <= SMALL) return 0
    span.min = this.#low[feature]
    span.max = this.#high[feature]
    const bins = Math.min(maxBins, binsOf(samples))
    const range = span.max - span.min
    return range < bins ? 0 : 32 - Math.clz32(Math.floor(range / bins))
  }

  #note(feature: number): void {
    this.#log.push(feature, this.#low[feature], this.#high[feature])
  }
}

/** Most bins of a node: a power of two, about one for each two to five rows, 16..256. */
function binsOf(samples: number): number {
  return Math.min(MOST_BINS, Math.max(16, 1 << (31 - Math.clz32(Math.floor((samples * 2) / 5)))))
}
