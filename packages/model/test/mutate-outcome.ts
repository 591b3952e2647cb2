import { ModelError } from '../src/errors.ts'
import { Forest } from '../src/forest.ts'
import { type ForestFile, readForest } from '../src/format-forest.ts'
import { KernelWalk } from '../src/kernel-walk.ts'
import { unpackTrees } from '../src/unpack-trees.ts'
import { randomRows } from './forests.ts'

/**
 * What became of a mutated file, which both readers of trees must judge alike when `compare` is set: the code it was refused with, or 'accepted' when the forest in it answers rows as a
 * forest must. Anything else throws.
 */
export function outcome(bytes: Uint8Array, compare = true): string {
  let forest: Forest
  if (compare) compareReaders(bytes)
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

/** The reader in WebAssembly must accept what the one in TypeScript accepts, and refuse the rest. */
function compareReaders(bytes: Uint8Array): void {
  let file: ForestFile
  try {
    file = readForest(bytes)
  } catch {
    return
  }
  let accepted = true
  try {
    unpackTrees(file.sections, file.description.signature)
  } catch {
    accepted = false
  }
  const walk = KernelWalk.read(file)
  if (walk === undefined || (walk !== 'refused') === accepted) return
  throw new Error(`The kernel ${accepted ? 'refuses' : 'accepts'} what TypeScript ${accepted ? 'accepts' : 'refuses'}.`)
}
