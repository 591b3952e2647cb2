import { streamKernel } from './stream-kernel.ts'

/** What stands in a column. */
export interface Survey {
  /** Smallest and largest value, infinite where there is none. */
  readonly least: number
  readonly most: number
  /** Whether a value is NaN, and whether all others are whole numbers or infinite. */
  readonly missing: boolean
  readonly whole: boolean
}

/** Surveys a column, in a kernel where that pays. */
export function survey(column: Float32Array): Survey {
  const stream = column.length < LEAST_ROWS ? undefined : streamKernel()
  if (stream === undefined) return surveyPlainly(column)
  const { kernel, chunk } = stream
  const values = new Float32Array(chunk.buffer, chunk.byteOffset, chunk.byteLength / 4)
  kernel.startSurvey()
  for (let from = 0; from < column.length; from += values.length) {
    const part = column.subarray(from, from + values.length)
    values.set(part)
    const end = (part.length + 3) & ~3
    values.fill(part[0], part.length, end)
    kernel.surveyValues(chunk.byteOffset, chunk.byteOffset + 4 * end)
  }
  const { least, most, someMissing, allWhole } = kernel
  return { least: least.value, most: most.value, missing: someMissing.value === 1, whole: allWhole.value === 1 }
}

/** The slow twin of kernels/survey.ts. */
export function surveyPlainly(column: Float32Array): Survey {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  let missing = false
  let whole = true
  for (let row = 0; row < column.length; row++) {
    const value = column[row]
    if (Number.isNaN(value)) missing = true
    else {
      if (value < least) least = value
      if (value > most) most = value
      if (Math.trunc(value) !== value) whole = false
    }
  }
  return { least, most, missing, whole }
}

const LEAST_ROWS = 2000
