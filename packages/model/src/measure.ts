import {
  DOUBLE,
  ENTROPY,
  type Form,
  formOfMany,
  formOfTwo,
  GINI,
  type Pair,
  PLAIN,
  SINGLE,
  SUMS,
  scoreSide,
  scoreWhole,
  term,
} from './criterion.ts'
import type { FixedValues } from './fixed-values.ts'
import { exponentOf, powerOfTwo } from './logarithm.ts'
import { nearest } from './nearest.ts'
import type { Plan } from './plan.ts'
import type { Range } from './range.ts'
import type { Workspace } from './workspace.ts'

/** Rows of a small node. */
export const SMALL = 32

/** A node at hand. */
export interface Node {
  /** Samples [start, end). */
  start: number
  end: number
  /** Sum of the samples' weights, in units. */
  weight: number
  /** Classes that occur; `total` and `classAt` of the workspace hold the first `classes` of them. */
  classes: number
  /** Whether all samples have one class or value. */
  pure: boolean
  /** Sum of `second` of the workspace. */
  second: number
  /** How cuts are scored. */
  form: Form
  /** Two classes: their whole weights, 1 where there are none. */
  pair: Pair
  /** Score of not splitting, form PLAIN (see criterion.ts); a split's score less this, times `gainUnit`, is the decrease of impurity times weight. */
  score: number
  gainUnit: number
  /** What the terms of entropy are scaled by (see criterion.ts); 0 = they are not. */
  scale: number
}

const EQUAL: Pair = { first: 1, second: 1 }

export function createNode(): Node {
  return {
    start: 0,
    end: 0,
    weight: 0,
    classes: 0,
    pure: true,
    second: 0,
    form: PLAIN,
    pair: EQUAL,
    score: 0,
    gainUnit: 1,
    scale: 0,
  }
}

/** Sums up the samples [start, end): weight, classes, purity. */
export function measure(plan: Plan, workspace: Workspace, node: Node, start: number, end: number): void {
  node.start = start
  node.end = end
  if (plan.classes > 0) measureClasses(workspace, node)
  else measureValues(plan, workspace, node)
}

/**
 * Prepares an impure, measured node for its splits: what `second` and `local` hold, and the score of not splitting.
 *
 * Two classes: second = the sample's weight if it is of the second of them, else 0, so two classes and numbers share
 * one scan.
 * Numbers: second = weight * fixed value, or weight * (value - centre) rounded to a multiple of the tree's power of two, or, where
 * values are too far apart for those, weight * (value - mean of the node) rounded likewise: sums stay below 2^53 in these
 * multiples, hence exact, and a split does not depend on the order its sums were taken in.
 */
export function prepare(plan: Plan, workspace: Workspace, node: Node): void {
  if (plan.classes === 0) prepareValues(plan, workspace, node)
  else if (node.classes === 2) prepareTwoClasses(plan, workspace, node)
  else prepareManyClasses(plan, workspace, node)
}

function measureClasses(workspace: Workspace, node: Node): void {
  const { weight, label, classWeight, classNumber, classAt, total } = workspace
  let sum = 0
  let classes = 0
  for (let i = node.start; i < node.end; i++) {
    const of = label[i]
    if (classWeight[of] === 0) {
      classNumber[of] = classes
      classAt[classes++] = of
    }
    classWeight[of] += weight[i]
    sum += weight[i]
  }
  // Two classes stand in their order.
  if (classes === 2 && classAt[0] > classAt[1]) {
    ;[classAt[0], classAt[1]] = [classAt[1], classAt[0]]
    classNumber[classAt[0]] = 0
    classNumber[classAt[1]] = 1
  }
  for (let c = 0; c < classes; c++) {
    total[c] = classWeight[classAt[c]]
    classWeight[classAt[c]] = 0
  }
  node.weight = sum
  node.classes = classes
  node.pure = classes === 1
}

function measureValues({ fixed }: Plan, workspace: Workspace, node: Node): void {
  const { weight, label, rows } = workspace
  const valueAt = (i: number) => (fixed ? fixed.values[rows[i]] : label[i])
  const first = valueAt(node.start)
  let sum = 0
  let pure = true
  for (let i = node.start; i < node.end; i++) {
    sum += weight[i]
    if (valueAt(i) !== first) pure = false
  }
  node.weight = sum
  node.pure = pure
}

/** Weighted mean of the values of a measured node; exactly the value when they are all one. */
export function meanOf(workspace: Workspace, node: Node): number {
  const { weight, label } = workspace
  if (node.pure) return label[node.start]
  let sum = 0
  for (let i = node.start; i < node.end; i++) sum += weight[i] * label[i]
  return sum / node.weight
}

function prepareValues(plan: Plan, workspace: Workspace, node: Node): void {
  if (plan.fixed !== undefined) {
    prepareFixed(plan.fixed, workspace, node)
    return
  }
  if (plan.range !== undefined) {
    prepareProducts(plan.range, workspace, node)
    return
  }
  node.form = PLAIN
  const { weight, label, second } = workspace
  const { start, end } = node
  const mean = meanOf(workspace, node)
  let size = 0
  for (let i = start; i < end; i++) size += weight[i] * Math.abs(label[i] - mean)
  const unit = powerOfTwo(Math.min(500, 51 - exponentOf(size)))
  let sum = 0
  for (let i = start; i < end; i++) {
    const scaled = Math.round(weight[i] * (label[i] - mean) * unit)
    second[i - start] = scaled
    sum += scaled
  }
  node.second = sum
  node.score = scoreWhole(plan.criterion, node.weight, sum)
  node.gainUnit = 1 / unit / unit
}

/** In a node of at most SMALL rows the values are rounded once more, to whole numbers whose doubled sums fit 32 bits. */
function prepareFixed(fixed: FixedValues, workspace: Workspace, node: Node): void {
  const { weight, rows, second } = workspace
  const { start, end } = node
  let sum = 0
  for (let i = start; i < end; i++) {
    second[i - start] = weight[i] * fixed.values[rows[i]]
    sum += second[i - start]
  }
  node.form = DOUBLE
  if (end - start <= SMALL) {
    node.form = SINGLE
    const mean = sum / node.weight
    // As the kernel takes two at a time.
    const size = [0, 0]
    for (let i = start; i < end; i++) size[(i - start) & 1] += Math.abs(second[i - start] - weight[i] * mean)
    const unit = powerOfTwo(28 - exponentOf(size[0] + size[1]))
    sum = 0
    for (let i = start; i < end; i++) {
      second[i - start] = nearest((second[i - start] - weight[i] * mean) * unit)
      sum += second[i - start]
    }
  }
  node.second = sum
}

function prepareProducts({ centre }: Range, workspace: Workspace, node: Node): void {
  const { weight, label, second, productScale } = workspace
  const { start, end } = node
  let sum = 0
  for (let i = start; i < end; i++) {
    second[i - start] = nearest(weight[i] * (label[i] - centre) * productScale[0])
    sum += second[i - start]
  }
  node.form = SUMS
  node.second = sum
}

function prepareTwoClasses(plan: Plan, workspace: Workspace, node: Node): void {
  const { weight, label, second, classAt, total } = workspace
  const { start, end } = node
  const of = classAt[1]
  for (let i = start; i < end; i++) second[i - start] = label[i] === of ? weight[i] : 0
  node.second = total[1]
  const whole = plan.classWeights?.whole
  node.pair = whole ? { first: whole[classAt[0]], second: whole[of] } : EQUAL
  node.form =
    plan.weighed && plan.criterion === GINI
      ? SUMS
      : whole && plan.criterion === ENTROPY
        ? SINGLE
        : formOfTwo(plan.criterion, total[0] / node.pair.first + total[1] / node.pair.second)
  node.scale = plan.entropyScale
  node.score = scoreWhole(plan.criterion, node.weight, node.second, node.scale)
  node.gainUnit = 1 / (node.scale || 1)
}

function prepareManyClasses(plan: Plan, workspace: Workspace, node: Node): void {
  const { label, local, classNumber, total, units, weight } = workspace
  const { start, end } = node
  for (let i = start; i < end; i++) local[i - start] = classNumber[label[i]]
  node.scale = plan.entropyScale
  node.gainUnit = 1 / (node.scale || 1)
  if (plan.weighed) bringToUnits(workspace, node)
  else for (let i = start; i < end; i++) units[i - start] = weight[i]
  if (plan.classWeights && plan.criterion === ENTROPY) node.form = SINGLE
  else node.form = plan.classWeights || plan.weighed ? PLAIN : formOfMany(plan.criterion, node.weight)
  let sum = 0
  for (let c = 0; c < node.classes; c++) sum += term(plan.criterion, total[c], node.scale)
  node.score = scoreSide(plan.criterion, node.weight, sum, node.scale)
}

/** Rounds the weights of a node to whole numbers that sum to less than 2^26, so that sums of their squares are exact too. */
function bringToUnits({ weight, local, total, units }: Workspace, node: Node): void {
  const unit = powerOfTwo(24 - exponentOf(node.weight))
  total.fill(0, 0, node.classes)
  node.weight = 0
  for (let i = node.start; i < node.end; i++) {
    const whole = Math.max(1, nearest(weight[i] * unit))
    units[i - node.start] = whole
    total[local[i - node.start]] += whole
    node.weight += whole
  }
  node.gainUnit = 1 / unit
}
