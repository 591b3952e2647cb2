import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface TableOptions {
  rows?: number
  seed?: number
  /** Levels of the column `cut`. */
  cuts?: readonly string[]
  /** Chance that a row's class or price has nothing to do with its features. */
  noise?: number
}

/** `carat` (number, sometimes missing), `cut` (category, sometimes missing), `depth` (number) -> `sold` (yes, no). */
export function gems(options: TableOptions = {}): string {
  return lines(options, 'sold', (worth) => (worth > 2 ? 'yes' : 'no'))
}

/** The same features -> `price`, a number. */
export function prices(options: TableOptions = {}): string {
  return lines(options, 'price', (worth, draw) => (1000 * worth + 100 * draw).toFixed(2))
}

/** Writes a table into a directory and returns its path. */
export function save(directory: string, name: string, text: string): string {
  const path = join(directory, name)
  writeFileSync(path, text)
  return path
}

function lines(options: TableOptions, target: string, answer: (worth: number, draw: number) => string): string {
  const { rows = 120, seed = 1, cuts = ['fair', 'good', "jeweller's best"], noise = 0.1 } = options
  const draw = random(seed)
  const text = [`carat,cut,depth,${target}`]
  for (let i = 0; i < rows; i++) {
    const carat = draw() * 3
    const cut = Math.floor(draw() * cuts.length)
    const worth = draw() < noise ? draw() * 4 : carat + cut / 2
    const cells = [
      draw() < 0.1 ? '' : carat.toFixed(2),
      draw() < 0.1 ? '' : `"${cuts[cut]}"`,
      (55 + draw() * 10).toFixed(1),
    ]
    text.push([...cells, answer(worth, draw())].join(','))
  }
  return `${text.join('\n')}\n`
}
