import type { ResolvedParameters } from './parameters.ts'
import type { Table } from './table.ts'

/** Weights of classes that are no small whole numbers. */
export interface ClassWeights {
  /** [classes] as given or computed: what the shares of a leaf are weighed with. */
  readonly given: Float64Array
  /** [classes] whole numbers in about the same ratio: what cuts are scored with. Those of classes of weight 0 count for nothing. */
  readonly whole: Float64Array
}

/** Largest whole class weight: what fits a signed 16-bit lane. */
const LARGEST = 32767

/** Fewest steps of the largest class weight that are worth scoring with. */
const FEWEST = 32

/** 'balanced': rows / (classes that occur * rows of the class), as scikit-learn has it; undefined where none are asked for. */
export function weighClasses(table: Table, { classWeight }: ResolvedParameters): Float64Array | undefined {
  const about = table.signature.target
  if (classWeight === null || about.type !== 'class') return undefined
  if (classWeight !== 'balanced') {
    return Float64Array.from(about.classes, (name) => (Object.hasOwn(classWeight, name) ? classWeight[name] : 1))
  }
  const counts = new Float64Array(about.classes.length)
  for (let row = 0; row < table.rows; row++) if ((table.weights?.[row] ?? 1) > 0) counts[table.target[row]]++
  const rows = counts.reduce((sum, count) => sum + count, 0)
  const occurring = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0)
  return counts.map((count) => (count > 0 ? rows / (occurring * count) : 1))
}

/**
 * Brings class weights to whole numbers: two to the ratio closest to theirs, more to multiples of one unit so fine that a
 * tree weighs less than 2^26 in it, which keeps sums of squares exact.
 *
 * @param weight largest sum of row weights of a tree.
 * @returns undefined where that rounds too much: above a ratio of 32,767, or with too few steps.
 */
export function toWhole(given: Float64Array, weight: number): ClassWeights | undefined {
  const largest = given.reduce((a, b) => Math.max(a, b))
  if (!(largest > 0)) return undefined
  if (given.length === 2) {
    const ratio = Math.min(given[0], given[1]) / largest
    if (ratio < 1 / LARGEST) return undefined
    const [less, more] = closestRatio(ratio)
    return { given, whole: given[0] < given[1] ? Float64Array.of(less, more) : Float64Array.of(more, less) }
  }
  const steps = Math.min(LARGEST, Math.floor((2 ** 26 - 1) / weight))
  if (steps < FEWEST) return undefined
  return { given, whole: given.map((each) => Math.max(1, Math.round((each / largest) * steps))) }
}

/** The best of the convergents and semiconvergents [p, q] of x in [1 / LARGEST, 1] with q <= LARGEST. */
function closestRatio(x: number): [number, number] {
  let [p0, q0, p1, q1] = [1, 0, 0, 1]
  for (let rest = 1 / x; ; ) {
    const part = Math.floor(rest)
    const most = Math.floor((LARGEST - q0) / q1)
    // A semiconvergent is closer only when it goes more than half of the way.
    if (most < part) return 2 * most > part ? [most * p1 + p0, most * q1 + q0] : [p1, q1]
    ;[p0, q0, p1, q1] = [p1, q1, part * p1 + p0, part * q1 + q0]
    if (rest === part) return [p1, q1]
    rest = 1 / (rest - part)
  }
}
