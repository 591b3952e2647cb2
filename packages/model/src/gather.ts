import { MISSING } from './encode.ts'
import type { Node } from './measure.ts'
import type { Plan } from './plan.ts'
import type { Workspace } from './workspace.ts'

/** The codes of a feature in a node. */
export interface Span {
  /** Smallest and largest code (of a level: place) but missing; max < min when every value is missing. */
  min: number
  max: number
  /** Samples without a value. */
  missing: number
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
