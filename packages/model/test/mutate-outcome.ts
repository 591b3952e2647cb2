import { ModelError } from '../src/errors.ts'
import { Forest } from '../src/forest.ts'
import { randomRows } from './forests.ts'

/**
 * What became of a mutated file: the code it was refused with, or 'accepted' when the forest in it answers rows as a
 * forest must. Anything else throws.
 */
export function outcome(bytes: Uint8Array): string {
  let forest: Forest
  try {
    forest = Forest.from(bytes)
  } catch (error) {
    if (error instanceof ModelError) return error.code
    throw error
  }
  const rows = 4
  const out = new Float64Array(rows * forest.outputs)
  forest.predictInto(randomRows(forest.signature, rows, 1), out)
  for (let row = 0; row < rows; row++) {
    const answer = out.subarray(row * forest.outputs, (row + 1) * forest.outputs)
    const sum = answer.reduce((total, share) => total + share, 0)
    if (!answer.every(Number.isFinite)) throw new Error('An accepted forest answers NaN or an infinity.')
    if (forest.signature.target.type === 'class' && Math.abs(sum - 1) > 1e-6) {
      throw new Error(`An accepted forest answers shares that sum to ${sum}.`)
    }
  }
  if (forest.signature.target.type === 'class') {
    const classes = new Uint16Array(rows)
    forest.predictClassesInto(randomRows(forest.signature, rows, 2), classes)
    if (classes.some((k) => k >= forest.outputs))
      throw new Error('An accepted forest answers a class that is not there.')
  }
  return 'accepted'
}
