import { ChartsError } from './errors.ts'

/** Classes a chart shows; of more, the smallest are shown as one. */
export const MOST_CLASSES = 60

/** The matrix as it is drawn, with its sums. */
export interface ConfusionTable {
  readonly classes: readonly string[]
  /** counts[actual][predicted] */
  readonly counts: readonly (readonly number[])[]
  readonly actual: readonly number[]
  readonly predicted: readonly number[]
  readonly total: number
  /** Rows predicted as their own class; of folded classes without their mistakes among themselves. */
  readonly correct: readonly number[]
}

/**
 * Checks the counts and folds the classes of fewest rows into one where there are too many to read.
 *
 * @throws ChartsError CHARTS_ERR_SHAPE, CHARTS_ERR_VALUE
 */
export function confusionTable(classes: readonly string[], matrix: ArrayLike<number>): ConfusionTable {
  check(classes, matrix)
  const size = classes.length
  const rows = classes.map((_, actual) => sum(classes.map((_, predicted) => matrix[actual * size + predicted])))
  const byRows = classes.map((_, index) => index).sort((a, b) => rows[b] - rows[a] || a - b)
  const kept = (size > MOST_CLASSES ? byRows.slice(0, MOST_CLASSES - 1) : byRows).sort((a, b) => a - b)
  const place = new Array<number>(size).fill(kept.length)
  for (const [to, from] of kept.entries()) place[from] = to

  const names = kept.map((index) => classes[index])
  if (kept.length < size) names.push(`${size - kept.length} others`)
  const counts = names.map(() => new Array<number>(names.length).fill(0))
  const correct = new Array<number>(names.length).fill(0)
  for (let actual = 0; actual < size; actual++) {
    correct[place[actual]] += matrix[actual * size + actual]
    for (let predicted = 0; predicted < size; predicted++) {
      counts[place[actual]][place[predicted]] += matrix[actual * size + predicted]
    }
  }
  const predicted = names.map((_, column) => sum(counts.map((row) => row[column])))
  const actual = counts.map(sum)
  return { classes: names, counts, actual, predicted, total: sum(actual), correct }
}

function check(classes: readonly string[], matrix: ArrayLike<number>): void {
  if (matrix.length !== classes.length ** 2) {
    const expected = `${classes.length ** 2} for ${classes.length} classes`
    throw new ChartsError('CHARTS_ERR_SHAPE', `The matrix has ${matrix.length} counts, not ${expected}.`)
  }
  for (let index = 0; index < matrix.length; index++) {
    if (matrix[index] >= 0 && matrix[index] < Number.POSITIVE_INFINITY) continue
    const [row, column] = [Math.floor(index / classes.length), index % classes.length]
    throw new ChartsError(
      'CHARTS_ERR_VALUE',
      `The count of actual class ${row} predicted as class ${column} is not a finite number of at least 0.`,
    )
  }
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
