import { type Bins, shiftFor } from './bins.ts'
import { collectClasses } from './collect-classes.ts'
import { collectSums } from './collect-sums.ts'
import type { Plot } from './frontier.ts'
import { gather, gatherValues, type Span } from './gather.ts'
import { type Node, SMALL } from './measure.ts'
import { orderLevels } from './order-levels.ts'
import { binsAlongPath, MOST_BINS, Path } from './path.ts'
import type { Plan } from './plan.ts'
import type { Random } from './random.ts'
import { type Cut, scanClasses, scanSums } from './scan.ts'
import { drawCut } from './split-random.ts'
import type { Workspace } from './workspace.ts'

/** A split of a node. */
export interface Split {
  /** -1 = none. */
  feature: number
  score: number
  /** Numbers: codes <= at go left, but for random cuts. */
  at: number
  /** Numbers: NaN until the split is carried out, but for random cuts, where values <= threshold go left. */
  threshold: number
  missingLeft: boolean
  /** Whether a sample of the node has no value; if none has, `missingLeft` is not decided yet. */
  missing: boolean
  /** Numbers, once carried out: largest code on the left and smallest on the right; -1 and 65,536 where there is none. */
  lastLeft: number
  firstRight: number
  /** Levels: a bit a level that the node holds and sends left; numbers: empty. */
  subset: Uint32Array
  /** Levels: a bit a level that the node holds; numbers: empty. */
  held: Uint32Array
}

/** Samples beyond which a step is halved, so that a pass over them is the longest work without a pause. */
const LARGE = 100_000

const NO_LEVELS = new Uint32Array(0)

/**
 * Draws features without replacement and keeps the best split, as scikit-learn does: constant ones count as drawn, and
 * drawing goes on past maxFeatures until a split is found.
 */
export class Search {
  readonly split: Split = {
    feature: -1,
    score: 0,
    at: 0,
    threshold: 0,
    missingLeft: false,
    missing: false,
    lastLeft: 0,
    firstRight: 0,
    subset: NO_LEVELS,
    held: NO_LEVELS,
  }
  /** Features known to be constant in the node at hand, as found on the way down to it. */
  readonly constant: Uint8Array
  /** The same in the order they were found, so that a caller can go back up. */
  readonly constants: number[] = []
  readonly #plan: Plan
  readonly #workspace: Workspace
  readonly #random: Random
  readonly #features: Uint16Array
  readonly #span: Span = { min: 0, max: 0, missing: 0, levels: 0 }
  readonly #bins: Bins = { count: 0, shift: 0, missingWeight: 0, missingSecond: 0 }
  readonly #cut: Cut = { score: 0, at: 0, missingLeft: false }
  readonly #path: Path | undefined
  #drawn = 0
  /** A feature whose codes are fetched but not judged yet; -1 = none. */
  #fetched = -1
  /** Random cuts: a drawn number, for the feature drawn last. */
  #share = 0

  constructor(plan: Plan, workspace: Workspace, random: Random) {
    this.#plan = plan
    this.#workspace = workspace
    this.#random = random
    this.#features = Uint16Array.from({ length: plan.columns.length }, (_, f) => f)
    this.constant = new Uint8Array(plan.columns.length)
    this.#path = binsAlongPath(plan) ? new Path(plan) : undefined
  }

  /** Starts on a prepared node. */
  begin(): void {
    this.#drawn = 0
    this.split.feature = -1
    this.split.score = Number.NEGATIVE_INFINITY
  }

  /** Tries one more feature, or in a large node half of that; false when the search is over. */
  step(node: Node): boolean {
    if (this.#fetched >= 0) {
      this.#judge(node, this.#fetched)
      this.#fetched = -1
      return true
    }
    const features = this.#features
    if (this.#drawn === features.length || (this.#drawn >= this.#plan.maxFeatures && this.split.feature >= 0))
      return false
    const at = this.#drawn + this.#random.below(features.length - this.#drawn)
    const feature = features[at]
    features[at] = features[this.#drawn]
    features[this.#drawn++] = feature
    const { values, columns } = this.#plan
    if (values) this.#share = this.#random.share()
    if (this.constant[feature] === 1) return true
    const span = this.#span
    if (values && columns[feature].levels === 0) gatherValues(values, this.#plan, this.#workspace, node, feature, span)
    else gather(this.#plan, this.#workspace, node, feature, span)
    if (span.max < span.min || (span.max === span.min && span.missing === 0)) {
      this.constant[feature] = 1
      this.constants.push(feature)
    } else if (node.end - node.start > LARGE) {
      this.#fetched = feature
    } else {
      this.#judge(node, feature)
    }
    return true
  }

  /** Splits a node that varies but whose bins part nothing, by the first drawn feature that varies, with every cut. */
  retry(node: Node): void {
    if (this.#path === undefined || node.end - node.start <= SMALL) return
    const feature = this.#features.find((f) => this.constant[f] === 0)
    if (feature === undefined) return
    this.#path.fine = true
    gather(this.#plan, this.#workspace, node, feature, this.#span)
    this.#judge(node, feature)
    this.#path.fine = false
  }

  /** Forgets the constants found after the first `height` of them. */
  forget(height: number): void {
    const { constant, constants } = this
    while (constants.length > height) constant[constants.pop() as number] = 0
  }

  /** Records what the split that was carried out says about codes on its left or right. */
  stepLeft(): void {
    this.#path?.stepLeft(this.split)
  }

  stepRight(feature: number, firstRight: number): void {
    this.#path?.stepRight(feature, firstRight)
  }

  /** Records what the splits above a node say, from the root down. */
  stepTo(plot: Plot): void {
    if (this.#path === undefined) return
    this.#path.stepBack(0)
    const way: Plot[] = []
    for (let at: Plot | undefined = plot; at; at = at.parent) way.push(at)
    for (let i = way.length - 1; i > 0; i--) {
      const split = way[i].split as Split
      if (way[i].left === way[i - 1]) this.#path.stepLeft(split)
      else this.#path.stepRight(split.feature, split.subset.length > 0 ? 0x10000 : split.firstRight)
    }
  }

  /** Steps on the path, to be given to `stepBack`. */
  get height(): number {
    return this.#path?.height ?? 0
  }

  stepBack(height: number): void {
    this.#path?.stepBack(height)
  }

  #judge(node: Node, feature: number): void {
    const plan = this.#plan
    const workspace = this.#workspace
    const span = this.#span
    const { split } = this
    const cut = this.#cut
    cut.score = split.score
    if (plan.randomCuts) {
      const threshold = drawCut(plan, workspace, node, feature, span, this.#share, cut)
      if (cut.score === split.score) return
      split.threshold = threshold
    } else {
      if (!this.#best(node, feature)) return
      split.threshold = Number.NaN
    }
    split.feature = feature
    split.score = cut.score
    split.at = cut.at
    split.missingLeft = cut.missingLeft
    split.missing = span.missing > 0
    const { levels } = plan.columns[feature]
    split.subset = levels === 0 ? NO_LEVELS : bitsOf(workspace, levels, span.levels, cut.at)
    split.held = levels === 0 ? NO_LEVELS : bitsOf(workspace, levels, span.levels, span.max)
  }

  #best(node: Node, feature: number): boolean {
    const plan = this.#plan
    const { columns, maxBins, minSamplesLeaf, criterion } = plan
    const samples = node.end - node.start
    const workspace = this.#workspace
    const span = this.#span
    const bins = this.#bins
    const cut = this.#cut
    if (columns[feature].levels > 0) orderLevels(plan, workspace, node, feature, span)
    if (columns[feature].levels > 0) bins.shift = shiftFor(span, samples, maxBins)
    else if (this.#path) bins.shift = this.#path.shiftFor(feature, samples, maxBins, span)
    else bins.shift = maxBins > MOST_BINS ? 0 : shiftFor(span, samples, maxBins)
    if (node.classes > 2) {
      collectClasses(workspace, node, span, bins)
      return scanClasses(workspace, node, span, bins, minSamplesLeaf, criterion, cut)
    }
    collectSums(workspace, node, span, minSamplesLeaf > 1, bins)
    return scanSums(workspace, node, span, bins, minSamplesLeaf, criterion, cut)
  }
}

/** The bits of those of the `held` levels of a node that are at places 0..last. */
function bitsOf({ levelAt, levelRank }: Workspace, levels: number, held: number, last: number): Uint32Array {
  const bits = new Uint32Array(Math.ceil(levels / 32))
  for (let i = 0; i < held && levelRank[levelAt[i]] <= last; i++) bits[levelAt[i] >> 5] |= 1 << (levelAt[i] & 31)
  return bits
}
