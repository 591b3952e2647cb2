import { coinsOf, highest, wordOfShare } from './coins.ts'
import { PLAIN, scoreCut, scoreSide, scoreSides, term } from './criterion.ts'
import { MISSING } from './encode.ts'
import type { Span } from './gather.ts'
import type { Node } from './measure.ts'
import { listLevels, toPlaces } from './order-levels.ts'
import type { Plan } from './plan.ts'
import type { Cut } from './scan.ts'
import { MAX_FLOAT32 } from './threshold.ts'
import type { Workspace } from './workspace.ts'

/**
 * Draws one cut of a feature (extremely randomised trees, Geurts et al. 2006): a number's threshold uniformly between its
 * smallest and largest value in the node, a category's subset uniformly among those that part its levels. Missing values go
 * to the better side, on a tie right. With a single value or level it is parted from the missing ones. Of a number `code` of the
 * workspace becomes 0 on the left and 1 on the right.
 *
 * @param share a number's place between its smallest and largest value, in [0, 1); of a category the 32 bits that its coins are made with.
 * @returns the threshold (NaN for a category); `cut` is kept unless the drawn one is better.
 */
export function drawCut(
  plan: Plan,
  workspace: Workspace,
  node: Node,
  feature: number,
  span: Span,
  share: number,
  cut: Cut,
): number {
  const column = plan.columns[feature]
  let threshold = Number.NaN
  let at: number
  if (column.levels > 0) {
    at = drawSubset(workspace, node, span, share)
  } else {
    threshold = span.min === span.max ? MAX_FLOAT32 : Math.fround(span.min + (span.max - span.min) * share)
    if (!(threshold < span.max) && span.min < span.max) threshold = span.min
    at = 0
    const { code, value } = workspace
    const n = node.end - node.start
    for (let p = 0; p < n; p++) code[p] = value[p] <= threshold ? 0 : Number.isNaN(value[p]) ? MISSING : 1
  }
  const parts = column.levels > 0 ? at < span.max : span.max > span.min
  if (node.classes > 2) {
    judgeClasses(plan, workspace, node, at, false, cut)
    if (span.missing > 0 && parts) judgeClasses(plan, workspace, node, at, true, cut)
  } else {
    judgeSums(plan, workspace, node, at, false, cut)
    if (span.missing > 0 && parts) judgeSums(plan, workspace, node, at, true, cut)
  }
  return threshold
}

/**
 * Replaces the codes by places in an order that begins with the levels that go left: those whose coin is 0 in the first throw
 * that parts the levels of the node. A single level goes left.
 */
function drawSubset(workspace: Workspace, node: Node, span: Span, share: number): number {
  const { levelAt, levelRank } = workspace
  const levels = listLevels(workspace, node)
  const word = wordOfShare(share)
  let all = -1
  let any = 0
  for (let i = 0; i < levels; i++) {
    const coins = coinsOf(levelAt[i], word)
    all &= coins
    any |= coins
  }
  const bit = highest(any & ~all)
  let left = 0
  for (let i = 0; i < levels; i++) {
    const goesLeft = (coinsOf(levelAt[i], word) & bit) === 0
    levelRank[levelAt[i]] = Number(goesLeft)
    left += Number(goesLeft)
  }
  levelAt.subarray(0, levels).sort((a, b) => levelRank[b] - levelRank[a] || a - b)
  for (let place = 0; place < levels; place++) levelRank[levelAt[place]] = place
  toPlaces(workspace, node, span, levels, levels)
  return left - 1
}

function judgeSums(plan: Plan, workspace: Workspace, node: Node, at: number, missingLeft: boolean, cut: Cut): void {
  const { code, weight, second } = workspace
  const { start } = node
  const n = node.end - start
  let leftWeight = 0
  let leftSecond = 0
  let leftRows = 0
  for (let p = 0; p < n; p++) {
    if (code[p] === MISSING ? !missingLeft : code[p] > at) continue
    leftWeight += weight[start + p]
    leftSecond += second[p]
    leftRows++
  }
  if (leftRows < plan.minSamplesLeaf || n - leftRows < plan.minSamplesLeaf) return
  const { form, pair, scale } = node
  const rightWeight = node.weight - leftWeight
  const rightSecond = node.second - leftSecond
  const score = scoreCut(plan.criterion, form, pair, leftWeight, leftSecond, rightWeight, rightSecond, scale)
  keep(cut, score, at, missingLeft)
}

function judgeClasses(plan: Plan, workspace: Workspace, node: Node, at: number, missingLeft: boolean, cut: Cut): void {
  const { code, units, local, left, total } = workspace
  const { classes, scale } = node
  const n = node.end - node.start
  left.fill(0, 0, classes)
  let leftRows = 0
  for (let p = 0; p < n; p++) {
    if (code[p] === MISSING ? !missingLeft : code[p] > at) continue
    left[local[p]] += units[p]
    leftRows++
  }
  if (leftRows < plan.minSamplesLeaf || n - leftRows < plan.minSamplesLeaf) return
  let leftWeight = 0
  let leftSum = 0
  let rightSum = 0
  for (let c = 0; c < classes; c++) {
    leftWeight += left[c]
    leftSum += term(plan.criterion, left[c], scale)
    rightSum += term(plan.criterion, total[c] - left[c], scale)
  }
  const rightWeight = node.weight - leftWeight
  const score =
    node.form === PLAIN
      ? scoreSide(plan.criterion, leftWeight, leftSum, scale) + scoreSide(plan.criterion, rightWeight, rightSum, scale)
      : scoreSides(plan.criterion, node.form, leftWeight, leftSum, rightWeight, rightSum, scale)
  keep(cut, score, at, missingLeft)
}

function keep(cut: Cut, score: number, at: number, missingLeft: boolean): void {
  if (!(score > cut.score)) return
  cut.score = score
  cut.at = at
  cut.missingLeft = missingLeft
}
