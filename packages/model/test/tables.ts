import { readFileSync } from 'node:fs'
import type { Signature } from '../src/table.ts'

/** Rows of numbers with a class index each. */
export interface NumberTable {
  rows: number[][]
  target: number[]
  signature: Signature
}

export function irisTable(): NumberTable {
  const text = readFileSync(new URL('./fixtures/iris.csv', import.meta.url), 'utf8')
  const [header, ...lines] = text.trim().split('\n')
  const cells = lines.map((line) => line.split(',').map(Number))
  const rows = cells.map((row) => row.slice(0, 4))
  return {
    rows,
    target: cells.map((row) => row[4]),
    signature: numberSignature(rows, ['setosa', 'versicolor', 'virginica'], header.split(',').slice(0, 4)),
  }
}

/** A table of random numbers whose classes depend on them; `digits` decimals make equal values with different classes. */
export function randomTable(
  seed: number,
  rows: number,
  features: number,
  classes: number,
  digits: number,
): NumberTable {
  const random = randomNumbers(seed)
  const table = Array.from({ length: rows }, () =>
    Array.from({ length: features }, (_, f) => Number(((random() - 0.3) * 10 ** (f % 3)).toFixed(digits))),
  )
  const target = table.map((row, i) => {
    if (i < classes) return i
    if (random() < 0.2) return Math.floor(random() * classes)
    const share = (row[0] + 0.3 + (row[1] / 10 + 0.3) * 0.5) / 1.5
    return Math.max(0, Math.min(classes - 1, Math.floor(share * classes)))
  })
  const names = Array.from({ length: classes }, (_, k) => `class ${k}`)
  return { rows: table, target, signature: numberSignature(table, names) }
}

/** mulberry32: numbers in [0, 1) from a seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let word = Math.imul(state ^ (state >>> 15), state | 1)
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61)
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32
  }
}

function numberSignature(rows: number[][], classes: string[], names?: string[]): Signature {
  const features = rows[0].map((_, f) => {
    const column = rows.map((row) => row[f])
    const name = names?.[f] ?? `x${f}`
    return { name, type: 'number', missing: false, min: Math.min(...column), max: Math.max(...column) } as const
  })
  return { features, target: { name: 'class', type: 'class', classes } }
}
