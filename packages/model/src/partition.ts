import { type CodedColumn, MISSING } from './encode.ts'
import type { Node } from './measure.ts'
import type { Plan } from './plan.ts'
import type { Split } from './split.ts'
import { MAX_FLOAT32, thresholdBetween } from './threshold.ts'
import type { Workspace } from './workspace.ts'

/**
 * Carries out a split: reorders the samples of the node so that [start, middle) go left and [middle, end) right, each in
 * their old order, and settles what the split left open: the threshold between the values next to the cut in this node, the
 * code that this threshold falls after, and the side of missing values when the node has none (the larger, on a tie right).
 *
 * @returns middle.
 */
export function partition(plan: Plan, workspace: Workspace, node: Node, split: Split): number {
  const column = plan.columns[split.feature]
  const middle =
    column.levels > 0
      ? partLevels(plan, workspace, node, split)
      : plan.values
        ? partValues(plan.values, plan.stride, workspace, node, split)
        : partNumbers(plan, workspace, node, split)
  if (!split.missing) split.missingLeft = middle - node.start > node.end - middle
  if (column.levels > 0 && split.missingLeft) addUnheld(split, column.levels)
  return middle
}

function partNumbers(plan: Plan, workspace: Workspace, node: Node, split: Split): number {
  const { codes, stride } = plan
  const { rows, weight, label, spareRows, spareWeight, spareLabel } = workspace
  const { start, end } = node
  const { feature, at } = split
  const missing = split.missing ? MISSING : -1
  let left = start
  let right = 0
  let lastLeft = -1
  let firstRight = MISSING + 1
  for (let i = start; i < end; i++) {
    const row = rows[i]
    const code = codes[row * stride + feature]
    let goesLeft = code <= at
    if (code === missing) goesLeft = split.missingLeft
    else if (goesLeft) lastLeft = Math.max(lastLeft, code)
    else firstRight = Math.min(firstRight, code)
    if (goesLeft) {
      rows[left] = row
      weight[left] = weight[i]
      label[left++] = label[i]
    } else {
      spareRows[right] = row
      spareWeight[right] = weight[i]
      spareLabel[right++] = label[i]
    }
  }
  copyBack(workspace, left, right)
  split.lastLeft = lastLeft
  split.firstRight = firstRight
  settle(plan.columns[feature], split, lastLeft, firstRight)
  return left
}

function partValues(values: Float32Array, stride: number, workspace: Workspace, node: Node, split: Split): number {
  const { rows, weight, label, spareRows, spareWeight, spareLabel } = workspace
  const { start, end } = node
  const { feature, threshold, missingLeft } = split
  let left = start
  let right = 0
  for (let i = start; i < end; i++) {
    const row = rows[i]
    const value = values[row * stride + feature]
    if (Number.isNaN(value) ? missingLeft : value <= threshold) {
      rows[left] = row
      weight[left] = weight[i]
      label[left++] = label[i]
    } else {
      spareRows[right] = row
      spareWeight[right] = weight[i]
      spareLabel[right++] = label[i]
    }
  }
  copyBack(workspace, left, right)
  return left
}

function partLevels(plan: Plan, workspace: Workspace, node: Node, split: Split): number {
  const { codes, stride } = plan
  const { rows, weight, label, spareRows, spareWeight, spareLabel } = workspace
  const { start, end } = node
  const { feature, subset } = split
  const missing = split.missing ? MISSING : -1
  let left = start
  let right = 0
  for (let i = start; i < end; i++) {
    const row = rows[i]
    const code = codes[row * stride + feature]
    const goesLeft = code === missing ? split.missingLeft : ((subset[code >> 5] >>> (code & 31)) & 1) === 1
    if (goesLeft) {
      rows[left] = row
      weight[left] = weight[i]
      label[left++] = label[i]
    } else {
      spareRows[right] = row
      spareWeight[right] = weight[i]
      spareLabel[right++] = label[i]
    }
  }
  copyBack(workspace, left, right)
  split.threshold = 0
  return left
}

function copyBack(workspace: Workspace, to: number, count: number): void {
  const { rows, weight, label, spareRows, spareWeight, spareLabel } = workspace
  for (let i = 0; i < count; i++) {
    rows[to + i] = spareRows[i]
    weight[to + i] = spareWeight[i]
    label[to + i] = spareLabel[i]
  }
}

/**
 * The threshold between the codes next to the cut: the midpoint of their values, but in a column cut at quantiles the middle
 * of the codes. A row that the node does not hold may have a code in between: `at` then says what the threshold says.
 */
function settle({ low, high, exact }: CodedColumn, split: Split, lastLeft: number, firstRight: number): void {
  if (firstRight > MISSING) {
    split.threshold = MAX_FLOAT32
    split.at = MISSING - 1
    return
  }
  if (!exact) {
    split.at = (lastLeft + firstRight - 1) >> 1
    split.threshold = thresholdBetween(high[split.at], low[split.at + 1])
    return
  }
  split.threshold = thresholdBetween(high[lastLeft], low[firstRight])
  let from = lastLeft
  let to = firstRight - 1
  while (from < to) {
    const code = (from + to + 1) >> 1
    if (high[code] <= split.threshold) from = code
    else to = code - 1
  }
  split.at = from
}

function addUnheld(split: Split, levels: number): void {
  const { subset, held } = split
  for (let level = 0; level < levels; level++) {
    if (((held[level >> 5] >>> (level & 31)) & 1) === 0) subset[level >> 5] |= 1 << (level & 31)
  }
}
