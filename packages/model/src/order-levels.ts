import { MISSING } from './encode.ts'
import type { Span } from './gather.ts'
import type { Node } from './measure.ts'
import type { Workspace } from './workspace.ts'

/**
 * Puts the levels of a category that occur in a node in an order, and replaces the codes of its samples by their places in
 * it, so that a subset split becomes a cut like that of a number.
 *
 * Two classes and numbers: by the share of the second class, by the mean. The best of all subsets is then one of the cuts
 * (Fisher 1958; Breiman et al. 1984, theorem 4.5). More classes: by the class shares along their first principal direction
 * (Coppersmith, Hong and Hosking 1999), a heuristic. Equal levels stand in the order of their codes.
 */
export function orderLevels(workspace: Workspace, node: Node, span: Span): void {
  const { code, levelAt, levelRank, levelScore } = workspace
  const n = node.end - node.start
  if (node.classes > 2) scoreAlongDirection(workspace, node, span)
  else scoreByMean(workspace, node, span)
  const levels = presentLevels(workspace, span)
  levelAt.subarray(0, levels).sort((a, b) => levelScore[a] - levelScore[b] || a - b)
  for (let place = 0; place < levels; place++) levelRank[levelAt[place]] = place
  for (let p = 0; p < n; p++) if (code[p] !== MISSING) code[p] = levelRank[code[p]]
  span.min = 0
  span.max = levels - 1
}

/** Lists the levels of weight > 0 in `codeWeight` by code in `levelAt`. */
function presentLevels({ codeWeight, levelAt }: Workspace, span: Span): number {
  let levels = 0
  for (let level = span.min; level <= span.max; level++) if (codeWeight[level] > 0) levelAt[levels++] = level
  return levels
}

function scoreByMean(workspace: Workspace, node: Node, span: Span): void {
  const { code, weight, second, codeWeight, codeSecond, levelScore } = workspace
  const { start } = node
  const n = node.end - start
  codeWeight.fill(0, span.min, span.max + 1)
  codeSecond.fill(0, span.min, span.max + 1)
  for (let p = 0; p < n; p++) {
    if (code[p] === MISSING) continue
    codeWeight[code[p]] += weight[start + p]
    codeSecond[code[p]] += second[p]
  }
  for (let level = span.min; level <= span.max; level++) levelScore[level] = codeSecond[level] / codeWeight[level]
}

/** Steps of the power iteration; a direction near the first one orders as well. */
const STEPS = 6

/**
 * Power iteration on the covariance of the levels' class shares, from the indicator of the heaviest class. Neither the
 * shares nor the covariance are ever written down: a step is two passes over the samples.
 */
function scoreAlongDirection(workspace: Workspace, node: Node, span: Span): void {
  const { code, weight, local, total, codeWeight, levelScore, left: direction, right: next } = workspace
  const { start, classes } = node
  const n = node.end - start
  codeWeight.fill(0, span.min, span.max + 1)
  for (let p = 0; p < n; p++) if (code[p] !== MISSING) codeWeight[code[p]] += weight[start + p]

  let heaviest = 0
  for (let c = 1; c < classes; c++) if (total[c] > total[heaviest]) heaviest = c
  direction.fill(0, 0, classes)
  direction[heaviest] = 1
  project(workspace, node, span)
  for (let step = 0; step < STEPS; step++) {
    next.fill(0, 0, classes)
    for (let p = 0; p < n; p++) if (code[p] !== MISSING) next[local[p]] += weight[start + p] * levelScore[code[p]]
    let size = 0
    for (let c = 0; c < classes; c++) size = Math.max(size, Math.abs(next[c]))
    if (size === 0) return
    for (let c = 0; c < classes; c++) direction[c] = next[c] / size
    project(workspace, node, span)
  }
}

/** Level score = (class shares of the level - class shares of the node's samples that have a level) . direction. */
function project(workspace: Workspace, node: Node, span: Span): void {
  const { code, weight, local, codeWeight, levelScore, left: direction } = workspace
  const { start } = node
  const n = node.end - start
  levelScore.fill(0, span.min, span.max + 1)
  let sum = 0
  let all = 0
  for (let p = 0; p < n; p++) {
    if (code[p] === MISSING) continue
    const along = weight[start + p] * direction[local[p]]
    levelScore[code[p]] += along
    sum += along
    all += weight[start + p]
  }
  for (let level = span.min; level <= span.max; level++)
    levelScore[level] = levelScore[level] / codeWeight[level] - sum / all
}
