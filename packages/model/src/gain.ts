import { differenceOfClasses, differenceOfSums, ENTROPY, GINI, PLAIN } from './criterion.ts'
import { MISSING } from './encode.ts'
import type { Node } from './measure.ts'
import type { Plan } from './plan.ts'
import type { Split } from './split.ts'
import type { Workspace } from './workspace.ts'

/**
 * Decrease of impurity, times weight, by a split that was found but is not carried out yet. Scores may be float32, so it
 * is computed anew in float64 from the exact sums of the sides; but entropy keeps its score, which with class weights is
 * within 2^-22 of the weight.
 */
export function gainOf(plan: Plan, workspace: Workspace, node: Node, split: Split): number {
  const unrounded = plan.weighed && node.classes > 2 && plan.criterion === GINI
  if ((node.form === PLAIN || plan.criterion === ENTROPY) && !unrounded)
    return Math.max(0, (split.score - node.score) * node.gainUnit)
  if (node.classes > 2) return gainOfMany(plan, workspace, node, split)
  const { second: seconds, weight, label, rows, classAt } = workspace
  const { fixed, weighed } = plan
  let leftWeight = 0
  let leftSecond = 0
  let second = 0
  for (let i = node.start; i < node.end; i++) {
    const w = weight[i]
    const add = fixed ? w * fixed.values[rows[i]] : weighed ? seconds[i - node.start] : label[i] === classAt[1] ? w : 0
    second += add
    if (!goesLeft(plan, split, rows[i])) continue
    leftWeight += w
    leftSecond += add
  }
  const rightWeight = node.weight - leftWeight
  if (fixed) {
    const d = differenceOfSums(leftWeight, leftSecond, rightWeight, second - leftSecond)
    return (d * d) / (leftWeight * rightWeight) / node.weight / fixed.scale / fixed.scale
  }
  if (weighed) {
    const d = differenceOfSums(leftWeight, leftSecond, rightWeight, second - leftSecond)
    const decrease = (d * d) / (leftWeight * rightWeight) / node.weight
    if (node.classes > 0) return 2 * decrease
    const perScale = 1 / workspace.productScale[0]
    return decrease * perScale * perScale
  }
  const { pair } = node
  const d = differenceOfClasses(pair, leftWeight, leftSecond, rightWeight, second - leftSecond)
  const product = pair.first * pair.second
  return ((2 * (d * d)) / (leftWeight * rightWeight) / node.weight) * product * product
}

/** From the weights as they are: those that cuts were scored with may have been rounded. */
function gainOfMany(plan: Plan, workspace: Workspace, node: Node, split: Split): number {
  const { weight, label, rows, classNumber } = workspace
  const total = new Float64Array(node.classes)
  const left = new Float64Array(node.classes)
  let wholeWeight = 0
  let leftWeight = 0
  for (let i = node.start; i < node.end; i++) {
    total[classNumber[label[i]]] += weight[i]
    wholeWeight += weight[i]
    if (!goesLeft(plan, split, rows[i])) continue
    left[classNumber[label[i]]] += weight[i]
    leftWeight += weight[i]
  }
  let squares = 0
  let leftSquares = 0
  let rightSquares = 0
  for (let c = 0; c < node.classes; c++) {
    squares += total[c] * total[c]
    leftSquares += left[c] * left[c]
    rightSquares += (total[c] - left[c]) * (total[c] - left[c])
  }
  return Math.max(0, leftSquares / leftWeight + rightSquares / (wholeWeight - leftWeight) - squares / wholeWeight)
}

function goesLeft({ codes, values, stride, columns }: Plan, split: Split, row: number): boolean {
  if (values && columns[split.feature].levels === 0) {
    const value = values[row * stride + split.feature]
    return Number.isNaN(value) ? split.missingLeft : value <= split.threshold
  }
  const code = codes[row * stride + split.feature]
  if (code === MISSING && columns[split.feature].missing) return split.missingLeft
  if (split.subset.length > 0) return ((split.subset[code >> 5] >>> (code & 31)) & 1) === 1
  return code <= split.at
}
