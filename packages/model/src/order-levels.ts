import { MISSING } from './encode.ts'
import type { Span } from './gather.ts'
import { exponentOf, powerOfTwo } from './logarithm.ts'
import { type Node, SMALL } from './measure.ts'
import { nearest } from './nearest.ts'
import { binsAlongPath } from './path.ts'
import type { Plan } from './plan.ts'
import type { Workspace } from './workspace.ts'

/**
 * Puts the levels of a category that occur in a node in an order, and replaces the codes of its samples by their places in
 * it, so that a subset split becomes a cut like that of a number.
 *
 * Two classes and numbers: by the share of the class with the higher number, by the mean. The best of all subsets is then one of the cuts
 * (Fisher 1958; Breiman et al. 1984, theorem 4.5), unless minSamplesLeaf forbids it, or bins take means by steps. More classes: by the class shares along
 * their first principal direction (Coppersmith, Hong and Hosking 1999), a heuristic; in a node of few rows, or few a level, by the share of the heaviest class. Equal levels stand in the order of
 * their codes; of more classes, and of numbers in a small node, they have one place, unless all levels are equal.
 */
export function orderLevels(plan: Plan, workspace: Workspace, node: Node, feature: number, span: Span): void {
  const { columns, weighed } = plan
  const { levelAt, levelScore } = workspace
  const levels = listLevels(workspace, node)
  const isSmall = node.end - node.start <= SMALL
  const isPlaced = node.classes === 0 && isSmall && !weighed
  if (isPlaced) scoreByPlace(workspace, node, levels)
  else if (node.classes <= 2) scoreByMean(workspace, node, levels)
  else if (isByShare(node.end - node.start, columns[feature].levels)) scoreByHeaviest(workspace, node, levels)
  else scoreAlongDirection(workspace, node, levels)
  if (node.classes === 2 && isSmall && !weighed) {
    for (let i = 0; i < levels; i++) levelScore[levelAt[i]] = Math.fround(levelScore[levelAt[i]])
  }
  const isStepped = isByStep(plan, node, columns[feature].levels) && roundToSteps(workspace, node, levels)
  levelAt.subarray(0, levels).sort((a, b) => levelScore[a] - levelScore[b] || a - b)
  toPlaces(workspace, node, span, levels, rankLevels(workspace, levels, node.classes > 2 || isPlaced || isStepped))
}

/** Numbers the places of levels in their order; answers how many there are. */
function rankLevels({ levelAt, levelRank, levelScore }: Workspace, levels: number, together: boolean): number {
  const isTogether = together && levelScore[levelAt[0]] < levelScore[levelAt[levels - 1]]
  let place = 0
  levelRank[levelAt[0]] = 0
  for (let i = 1; i < levels; i++) {
    if (!isTogether || levelScore[levelAt[i - 1]] < levelScore[levelAt[i]]) place++
    levelRank[levelAt[i]] = place
  }
  return place + 1
}

/** Lists the levels of a node in `levelAt` as they come, and sums their weights in `levelWeight`. */
export function listLevels(workspace: Workspace, node: Node): number {
  const { code, units, weight, levelAt, levelWeight } = workspace
  const { start } = node
  const n = node.end - start
  let levels = 0
  for (let p = 0; p < n; p++) {
    const level = code[p]
    if (level === MISSING) continue
    if (levelWeight[level] === 0) levelAt[levels++] = level
    levelWeight[level] += node.classes > 2 ? units[p] : weight[start + p]
  }
  return levels
}

/** Replaces the codes of a node by `levelRank`, which has so many places, and clears `levelWeight` for the next list. */
export function toPlaces(workspace: Workspace, node: Node, span: Span, levels: number, places: number): void {
  const { code, levelAt, levelRank, levelWeight } = workspace
  const n = node.end - node.start
  for (let p = 0; p < n; p++) if (code[p] !== MISSING) code[p] = levelRank[code[p]]
  for (let i = 0; i < levels; i++) levelWeight[levelAt[i]] = 0
  span.min = 0
  span.max = places - 1
  span.levels = levels
}

function scoreByMean(workspace: Workspace, node: Node, levels: number): void {
  const { code, second, levelAt, levelWeight, levelScore } = workspace
  const { pair } = node
  const n = node.end - node.start
  for (let i = 0; i < levels; i++) levelScore[levelAt[i]] = 0
  for (let p = 0; p < n; p++) if (code[p] !== MISSING) levelScore[code[p]] += second[p]
  for (let i = 0; i < levels; i++) {
    const level = levelAt[i]
    if (node.classes === 0) {
      levelScore[level] /= levelWeight[level]
    } else {
      const second = levelScore[level] / pair.second
      const first = (levelWeight[level] - levelScore[level]) / pair.first
      levelScore[level] = second / (first + second)
    }
  }
}

/** Numbers in a small node: by the mean in float32, whose lowest 5 bits make room for the number of a sample. */
function scoreByPlace(workspace: Workspace, node: Node, levels: number): void {
  const { code, second, levelAt, levelWeight, levelScore } = workspace
  const n = node.end - node.start
  for (let i = 0; i < levels; i++) levelScore[levelAt[i]] = 0
  for (let p = 0; p < n; p++) if (code[p] !== MISSING) levelScore[code[p]] += second[p]
  for (let i = 0; i < levels; i++) {
    single[0] = Math.fround(levelScore[levelAt[i]]) / levelWeight[levelAt[i]]
    // Negative numbers are ordered the other way round.
    levelScore[levelAt[i]] = (bits[0] ^ ((bits[0] >> 31) & 0x7fffffff)) >> 5
  }
}

/** Whether the levels of a large node of numbers, more than its rows, are ordered by steps: with bins. */
function isByStep(plan: Plan, node: Node, levels: number): boolean {
  const n = node.end - node.start
  return plan.fixed !== undefined && n > SMALL && n < levels && binsAlongPath(plan)
}

/** Steps on either side of the node's mean, and the bits of a float32 below one: an eighth of an octave. */
const STEPS = 64
const BELOW_STEP = 20

/** Means become steps off the node's mean, down from the farthest; false, and none do, where all are of one step. */
function roundToSteps({ levelAt, levelScore, levelRank }: Workspace, node: Node, levels: number): boolean {
  const mean = node.second / node.weight
  let most = 0
  for (let i = 0; i < levels; i++) {
    single[0] = levelScore[levelAt[i]] - mean
    levelRank[levelAt[i]] = bits[0] >> BELOW_STEP
    most = Math.max(most, (bits[0] & 0x7fffffff) >> BELOW_STEP)
  }
  const below = 0x800
  const stepOf = (level: number) => Math.max((levelRank[level] & (below - 1)) - most + STEPS - 1, 0)
  const placeOf = (level: number) => (levelRank[level] & below ? -1 - stepOf(level) : stepOf(level))
  const first = placeOf(levelAt[0])
  if (levelAt.subarray(0, levels).every((level) => placeOf(level) === first)) return false
  for (let i = 0; i < levels; i++) levelScore[levelAt[i]] = placeOf(levelAt[i])
  return true
}

const single = new Float32Array(1)
const bits = new Int32Array(single.buffer)

/** Whether the share of the heaviest class orders the levels of a node of n rows as well as a direction does. */
function isByShare(n: number, levels: number): boolean {
  return n <= SHARE_ROWS || n <= LEVEL_ROWS * levels
}

const SHARE_ROWS = 256
/** Rows a level of the feature. */
const LEVEL_ROWS = 2

const SHARE_STEPS = 63

/** By the share of the heaviest class, in whole 63rds. */
function scoreByHeaviest(workspace: Workspace, node: Node, levels: number): void {
  const { levelAt, levelWeight, levelScore } = workspace
  sumHeaviest(workspace, node, levels)
  for (let i = 0; i < levels; i++) {
    const level = levelAt[i]
    levelScore[level] = nearest(Math.fround(Math.fround(levelScore[level] / levelWeight[level]) * SHARE_STEPS))
  }
}

/** Sums up the weights of the heaviest class, the lowest of equal ones, by level in `levelScore`. */
function sumHeaviest(workspace: Workspace, node: Node, levels: number): void {
  const { code, units, local, total, classAt, levelAt, levelScore } = workspace
  const n = node.end - node.start
  let heaviest = 0
  for (let c = 1; c < node.classes; c++) {
    if (total[c] > total[heaviest] || (total[c] === total[heaviest] && classAt[c] < classAt[heaviest])) heaviest = c
  }
  for (let i = 0; i < levels; i++) levelScore[levelAt[i]] = 0
  for (let p = 0; p < n; p++) {
    if (code[p] !== MISSING && local[p] === heaviest) levelScore[code[p]] += units[p]
  }
}

/**
 * One step of power iteration on the covariance of the levels' class shares, from the indicator of the heaviest class: more
 * of them order little better. Neither the shares nor the covariance are ever written down. Shares and the direction are
 * rounded to whole numbers of at most 14 bits, so that sums do not depend on their order, and are products of 16 bits.
 */
function scoreAlongDirection(workspace: Workspace, node: Node, levels: number): void {
  const { code, units, local, levelAt, levelWeight, levelScore, left: direction } = workspace
  const { classes } = node
  const n = node.end - node.start
  sumHeaviest(workspace, node, levels)
  let heavy = 0
  let all = 0
  for (let i = 0; i < levels; i++) {
    heavy += levelScore[levelAt[i]]
    all += levelWeight[levelAt[i]]
  }
  const mean = heavy / all
  let flat = true
  for (let i = 0; i < levels; i++) {
    const level = levelAt[i]
    levelScore[level] = nearest((levelScore[level] / levelWeight[level] - mean) * SHARE_UNIT)
    if (levelScore[level] !== 0) flat = false
  }
  if (flat) return
  direction.fill(0, 0, classes)
  for (let p = 0; p < n; p++) if (code[p] !== MISSING) direction[local[p]] += units[p] * levelScore[code[p]]
  roundDirection(direction, classes)
  for (let i = 0; i < levels; i++) levelScore[levelAt[i]] = 0
  for (let p = 0; p < n; p++) if (code[p] !== MISSING) levelScore[code[p]] += units[p] * direction[local[p]]
  for (let i = 0; i < levels; i++) levelScore[levelAt[i]] /= levelWeight[levelAt[i]]
  roundPlaces(workspace, levels)
}

const SHARE_UNIT = 2 ** 14

/** Rounds where levels lie to whole steps between the first and the last of them. */
function roundPlaces({ levelAt, levelScore }: Workspace, levels: number): void {
  let low = levelScore[levelAt[0]]
  let high = low
  for (let i = 1; i < levels; i++) {
    low = Math.min(low, levelScore[levelAt[i]])
    high = Math.max(high, levelScore[levelAt[i]])
  }
  if (low === high) return
  const unit = PLACE_STEPS / (high - low)
  for (let i = 0; i < levels; i++) levelScore[levelAt[i]] = nearest((levelScore[levelAt[i]] - low) * unit)
}

const PLACE_STEPS = 63

/** Brings a direction to whole numbers up to 2^14. */
function roundDirection(direction: Float64Array, classes: number): void {
  let most = 0
  for (let c = 0; c < classes; c++) most = Math.max(most, Math.abs(direction[c]))
  if (most === 0) return
  const unit = powerOfTwo(13 - exponentOf(most))
  for (let c = 0; c < classes; c++) direction[c] = nearest(direction[c] * unit)
}
