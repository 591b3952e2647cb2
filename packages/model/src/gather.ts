import { MISSING } from './encode.ts'
import type { Node } from './measure.ts'
import type { Plan } from './plan.ts'
import type { Workspace } from './workspace.ts'

/** The codes of a feature in a node, or the values where numbers have no codes. */
export interface Span {
  /** Smallest and largest code (of a level: place) or value but missing; max < min when every value is missing. */
  min: number
  max: number
  /** Samples without a value. */
  missing: number
  /** Of a category whose codes became places: levels that the node holds. */
  levels: number
}

/** Fetches the codes of a feature for the samples of a node into `code` of the workspace. */
export function gather(plan: Plan, workspace: Workspace, node: Node, feature: number, span: Span): void {
  const { codes, stride } = plan
  const { rows, code } = workspace
  const { start, end } = node
  let min = 0xffff
  let max = 0
  if (!plan.columns[feature].missing) {
    for (let i = start; i < end; i++) {
      const value = codes[rows[i] * stride + feature]
      code[i - start] = value
      if (value < min) min = value
      if (value > max) max = value
    }
    span.min = min
    span.max = max
    span.missing = 0
    return
  }
  let missing = 0
  max = -1
  for (let i = start; i < end; i++) {
    const value = codes[rows[i] * stride + feature]
    code[i - start] = value
    if (value === MISSING) {
      missing++
      continue
    }
    if (value < min) min = value
    if (value > max) max = value
  }
  span.min = min
  span.max = max
  span.missing = missing
}

/** The same for the values of a number, into `value` of the workspace. */
export function gatherValues(
  values: Float32Array,
  plan: Plan,
  workspace: Workspace,
  node: Node,
  feature: number,
  span: Span,
): void {
  const { rows, value } = workspace
  const { start, end } = node
  span.min = Number.POSITIVE_INFINITY
  span.max = Number.NEGATIVE_INFINITY
  span.missing = 0
  for (let i = start; i < end; i++) {
    const x = values[rows[i] * plan.stride + feature]
    value[i - start] = x
    if (x < span.min) span.min = x
    if (x > span.max) span.max = x
    if (Number.isNaN(x)) span.missing++
  }
}
