/** The one of `names` that the fewest edits of single characters make into `name`; `names` holds at least one. */
export function nearest(name: string, names: readonly string[]): string {
  let best = names[0]!
  for (const candidate of names) if (distance(name, candidate) < distance(name, best)) best = candidate
  return best
}

/** Levenshtein's distance, row by row. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}
