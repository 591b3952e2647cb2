import type { Dataset } from './dataset.ts'
import { type Random, shuffle } from './random.ts'

/** The rows of each class in a random order, classes without rows left out; all rows in one group for a number target. */
export function shuffledStrata({ signature, rows, target }: Dataset, random: Random): Uint32Array[] {
  const groups = signature.target.type === 'class' ? byClass(target, signature.target.classes.length) : [allOf(rows)]
  for (const group of groups) shuffle(group, random)
  return groups.filter((group) => group.length > 0)
}

function byClass(target: ArrayLike<number>, classes: number): Uint32Array[] {
  const counts = new Uint32Array(classes)
  for (let row = 0; row < target.length; row++) counts[target[row]]++
  const groups = Array.from(counts, (count) => new Uint32Array(count))
  const filled = new Uint32Array(classes)
  for (let row = 0; row < target.length; row++) groups[target[row]][filled[target[row]]++] = row
  return groups
}

function allOf(rows: number): Uint32Array {
  return Uint32Array.from({ length: rows }, (_, row) => row)
}
