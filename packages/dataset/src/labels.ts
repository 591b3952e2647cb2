import { parseDecimal } from './decimal.ts'

/** Levels or classes in their order: by value when all are decimal numbers, else by UTF-16 code unit. */
export function sortLabels(labels: Iterable<string>): string[] {
  const sorted = [...labels].sort()
  const values = new Map(sorted.map((label) => [label, parseDecimal(label)]))
  for (const value of values.values()) if (Number.isNaN(value)) return sorted
  // The sort is stable, so labels of one value ("1", "1.0") stay in code unit order.
  return sorted.sort((a, b) => compare(values.get(a) as number, values.get(b) as number))
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0
}
