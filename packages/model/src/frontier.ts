import type { Split } from './split.ts'

/** A node of a tree that grows best first. */
export interface Plot {
  readonly start: number
  readonly end: number
  readonly depth: number
  /** The node above it; absent at the root. */
  readonly parent?: Plot
  gain: number
  split?: Split
  left?: Plot
  right?: Plot
}

/** The nodes that may still be split: a binary heap, greatest gain first, then the first added. */
export class Frontier {
  readonly #heap: { plot: Plot; order: number }[] = []
  #added = 0

  add(plot: Plot): void {
    const heap = this.#heap
    let at = heap.push({ plot, order: this.#added++ }) - 1
    while (at > 0 && this.#isBefore(at, (at - 1) >> 1)) {
      this.#swap(at, (at - 1) >> 1)
      at = (at - 1) >> 1
    }
  }

  takeBest(): Plot | undefined {
    const heap = this.#heap
    if (heap.length === 0) return undefined
    this.#swap(0, heap.length - 1)
    const best = heap.pop()
    for (let at = 0; ; ) {
      let first = at
      if (2 * at + 1 < heap.length && this.#isBefore(2 * at + 1, first)) first = 2 * at + 1
      if (2 * at + 2 < heap.length && this.#isBefore(2 * at + 2, first)) first = 2 * at + 2
      if (first === at) return best?.plot
      this.#swap(at, first)
      at = first
    }
  }

  #isBefore(a: number, b: number): boolean {
    const { plot, order } = this.#heap[a]
    const other = this.#heap[b]
    return plot.gain > other.plot.gain || (plot.gain === other.plot.gain && order < other.order)
  }

  #swap(a: number, b: number): void {
    const heap = this.#heap
    const moved = heap[a]
    heap[a] = heap[b]
    heap[b] = moved
  }
}
