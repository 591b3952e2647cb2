import type { Bins } from './bins.ts'
import { type Criterion, PLAIN, scoreCut, scoreSide, scoreSides, term, termStep } from './criterion.ts'
import type { Span } from './gather.ts'
import type { Node } from './measure.ts'
import type { Workspace } from './workspace.ts'

/** The best cut so far. Scores are compared within a node only. */
export interface Cut {
  score: number
  /** Samples with a code (of a level: place) <= at go left. */
  at: number
  missingLeft: boolean
}

/**
 * Tries every cut between the bins of a feature, with missing values on the right, then on the left, then every value
 * against missing. Keeps the first of equal scores, so a tie sends missing to the right.
 *
 * @param minSide fewest samples on either side.
 * @returns whether `cut` got better.
 */
export function scanSums(
  workspace: Workspace,
  node: Node,
  span: Span,
  bins: Bins,
  minSide: number,
  criterion: Criterion,
  cut: Cut,
): boolean {
  const before = cut.score
  const last = bins.count - 1
  scanSide(workspace, node, span, bins, minSide, criterion, false, span.missing > 0 ? last : last - 1, cut)
  if (span.missing > 0) scanSide(workspace, node, span, bins, minSide, criterion, true, last - 1, cut)
  return cut.score > before
}

/** The same for more than two classes. */
export function scanClasses(
  workspace: Workspace,
  node: Node,
  span: Span,
  bins: Bins,
  minSide: number,
  criterion: Criterion,
  cut: Cut,
): boolean {
  const before = cut.score
  const last = bins.count - 1
  scanClassSide(workspace, node, span, bins, minSide, criterion, false, span.missing > 0 ? last : last - 1, cut)
  if (span.missing > 0) scanClassSide(workspace, node, span, bins, minSide, criterion, true, last - 1, cut)
  return cut.score > before
}

function scanSide(
  workspace: Workspace,
  node: Node,
  span: Span,
  bins: Bins,
  minSide: number,
  criterion: Criterion,
  missingLeft: boolean,
  last: number,
  cut: Cut,
): void {
  const { binWeight, binSecond, binRows } = workspace
  const { weight, second, form, pair, scale } = node
  const samples = node.end - node.start
  let leftWeight = missingLeft ? bins.missingWeight : 0
  let leftSecond = missingLeft ? bins.missingSecond : 0
  let leftRows = missingLeft ? span.missing : 0
  let best = cut.score
  let bestBin = -1
  for (let bin = 0; bin <= last; bin++) {
    leftWeight += binWeight[bin]
    leftSecond += binSecond[bin]
    if (minSide > 1) {
      leftRows += binRows[bin]
      if (leftRows < minSide || samples - leftRows < minSide) continue
    }
    const rightWeight = weight - leftWeight
    const score = scoreCut(criterion, form, pair, leftWeight, leftSecond, rightWeight, second - leftSecond, scale)
    if (score > best) {
      best = score
      bestBin = bin
    }
  }
  if (bestBin < 0) return
  cut.score = best
  cut.at = cutAfter(workspace, span, bins, bestBin)
  cut.missingLeft = missingLeft
}

/**
 * Scores the right sides from the right end and then the left sides from the left: both only ever add, so that scores of
 * fractional weights keep their precision on the smallest sides too.
 */
function scanClassSide(
  workspace: Workspace,
  node: Node,
  span: Span,
  bins: Bins,
  minSide: number,
  criterion: Criterion,
  missingLeft: boolean,
  last: number,
  cut: Cut,
): void {
  const { binRows, binEnd, entryClass, entryWeight, rightScore, left, right, without } = workspace
  const { classes, form, weight, scale } = node
  const samples = node.end - node.start
  let sum = 0
  let side = 0
  for (let c = 0; c < classes; c++) {
    const missing = span.missing > 0 ? without[c] : 0
    left[c] = missingLeft ? missing : 0
    right[c] = missingLeft ? 0 : missing
    sum += term(criterion, right[c], scale)
    side += right[c]
  }
  for (let bin = bins.count - 1; bin >= 0; bin--) {
    rightScore[bin] = side === 0 ? 0 : form === PLAIN ? scoreSide(criterion, side, sum, scale) : sum
    for (let e = bin === 0 ? 0 : binEnd[bin - 1]; e < binEnd[bin]; e++) {
      const c = entryClass[e]
      const w = entryWeight[e]
      sum += termStep(criterion, right[c], w, scale)
      right[c] += w
      side += w
    }
  }
  sum = 0
  side = 0
  let rows = missingLeft ? span.missing : 0
  for (let c = 0; c < classes; c++) {
    sum += term(criterion, left[c], scale)
    side += left[c]
  }
  let best = cut.score
  let bestBin = -1
  for (let bin = 0, e = 0; bin <= last; bin++) {
    for (; e < binEnd[bin]; e++) {
      const c = entryClass[e]
      const w = entryWeight[e]
      sum += termStep(criterion, left[c], w, scale)
      left[c] += w
      side += w
    }
    rows += binRows[bin]
    if (rows < minSide || samples - rows < minSide) continue
    const score =
      form === PLAIN
        ? scoreSide(criterion, side, sum, scale) + rightScore[bin]
        : scoreSides(criterion, form, side, sum, weight - side, rightScore[bin], scale)
    if (score > best) {
      best = score
      bestBin = bin
    }
  }
  if (bestBin < 0) return
  cut.score = best
  cut.at = cutAfter(workspace, span, bins, bestBin)
  cut.missingLeft = missingLeft
}

function cutAfter(workspace: Workspace, span: Span, bins: Bins, bin: number): number {
  return Math.min(span.max, span.min + ((workspace.binCode[bin] + 1) << bins.shift) - 1)
}
