import { MISSING } from './encode.ts'
import type { Span } from './gather.ts'
import type { Node } from './measure.ts'
import { sortKeys } from './sort-keys.ts'
import { MAX_KEYS, type Workspace } from './workspace.ts'

/** The bins of a feature in a node: bin code b holds the codes span.min + (b << shift) .. span.min + ((b + 1) << shift) - 1. */
export interface Bins {
  /** Bins that hold a sample; the arrays binX of the workspace. */
  count: number
  shift: number
  /** Sums over the samples without a value (and `without` of the workspace by class). */
  missingWeight: number
  missingSecond: number
}

/** Smallest shift that leaves at most `maxBins` bins (0 = no limit). */
export function shiftFor(span: Span, samples: number, maxBins: number): number {
  if (maxBins === 0 || samples <= maxBins) return 0
  let shift = 0
  while ((span.max - span.min) >> shift >= maxBins) shift++
  return shift
}

/**
 * Sums weight and `second` by bin. Counts where bins are few beside the samples, else sorts; both give the same bins, and
 * the same sums since these are exact.
 */
export function collectSums(workspace: Workspace, node: Node, span: Span, countRows: boolean, bins: Bins): void {
  const n = node.end - node.start
  bins.missingWeight = 0
  bins.missingSecond = 0
  if (span.missing > 0) sumMissing(workspace, node, bins)
  const size = ((span.max - span.min) >> bins.shift) + 1
  if (size <= 4 * n || n > MAX_KEYS) countSums(workspace, node, span, size, countRows, bins)
  else sortSums(workspace, node, span, bins)
}

/** The same by class, for more than two of them. */
export function collectClasses(workspace: Workspace, node: Node, span: Span, bins: Bins): void {
  const n = node.end - node.start
  bins.missingWeight = 0
  if (span.missing > 0) sumMissingClasses(workspace, node, bins)
  const size = ((span.max - span.min) >> bins.shift) + 1
  if (size * node.classes <= Math.min(4 * n, workspace.cells.length)) countClasses(workspace, node, span, size, bins)
  else sortClasses(workspace, node, span, bins)
}

function sumMissing(workspace: Workspace, node: Node, bins: Bins): void {
  const { code, weight, second } = workspace
  const { start } = node
  const n = node.end - start
  for (let p = 0; p < n; p++) {
    if (code[p] !== MISSING) continue
    bins.missingWeight += weight[start + p]
    bins.missingSecond += second[p]
  }
}

function sumMissingClasses(workspace: Workspace, node: Node, bins: Bins): void {
  const { code, weight, local, without } = workspace
  const { start } = node
  const n = node.end - start
  without.fill(0, 0, node.classes)
  for (let p = 0; p < n; p++) {
    if (code[p] !== MISSING) continue
    bins.missingWeight += weight[start + p]
    without[local[p]] += weight[start + p]
  }
}

function countSums(workspace: Workspace, node: Node, span: Span, size: number, countRows: boolean, bins: Bins): void {
  const { code, weight, second, codeWeight, codeSecond, codeRows, binCode, binRows, binWeight, binSecond } = workspace
  const { start } = node
  const { min } = span
  const { shift } = bins
  const n = node.end - start
  codeWeight.fill(0, 0, size)
  codeSecond.fill(0, 0, size)
  if (countRows) codeRows.fill(0, 0, size)
  const skipMissing = span.missing > 0
  for (let p = 0; p < n; p++) {
    if (skipMissing && code[p] === MISSING) continue
    const bin = (code[p] - min) >> shift
    codeWeight[bin] += weight[start + p]
    codeSecond[bin] += second[p]
    if (countRows) codeRows[bin]++
  }
  let count = 0
  for (let bin = 0; bin < size; bin++) {
    if (codeWeight[bin] === 0) continue
    binCode[count] = bin
    binWeight[count] = codeWeight[bin]
    binSecond[count] = codeSecond[bin]
    if (countRows) binRows[count] = codeRows[bin]
    count++
  }
  bins.count = count
}

function sortSums(workspace: Workspace, node: Node, span: Span, bins: Bins): void {
  const { weight, second, binCode, binRows, binWeight, binSecond } = workspace
  const { start } = node
  const { keys, n } = sortedKeys(workspace, node, span, bins.shift)
  let last = -1
  let bin = -1
  for (let i = 0; i < n; i++) {
    const key = keys[i]
    const position = key & 0xffff
    const code = key >>> 16
    if (code === last) {
      binWeight[bin] += weight[start + position]
      binSecond[bin] += second[position]
      binRows[bin]++
    } else {
      last = code
      bin++
      binCode[bin] = code
      binWeight[bin] = weight[start + position]
      binSecond[bin] = second[position]
      binRows[bin] = 1
    }
  }
  bins.count = bin + 1
}

function countClasses(workspace: Workspace, node: Node, span: Span, size: number, bins: Bins): void {
  const { code, weight, local, cells, codeRows, binCode, binRows, binEnd, entryClass, entryWeight } = workspace
  const { start, classes } = node
  const { min } = span
  const { shift } = bins
  const n = node.end - start
  cells.fill(0, 0, size * classes)
  codeRows.fill(0, 0, size)
  const skipMissing = span.missing > 0
  for (let p = 0; p < n; p++) {
    if (skipMissing && code[p] === MISSING) continue
    const bin = (code[p] - min) >> shift
    cells[bin * classes + local[p]] += weight[start + p]
    codeRows[bin]++
  }
  let count = 0
  let entry = 0
  for (let bin = 0, cell = 0; bin < size; bin++, cell += classes) {
    if (codeRows[bin] === 0) continue
    for (let c = 0; c < classes; c++) {
      if (cells[cell + c] === 0) continue
      entryClass[entry] = c
      entryWeight[entry++] = cells[cell + c]
    }
    binCode[count] = bin
    binRows[count] = codeRows[bin]
    binEnd[count++] = entry
  }
  bins.count = count
}

function sortClasses(workspace: Workspace, node: Node, span: Span, bins: Bins): void {
  const { weight, local, binCode, binRows, binEnd, entryClass, entryWeight } = workspace
  const { start } = node
  const wide = node.end - start > MAX_KEYS
  const { keys, n } = wide
    ? countedPositions(workspace, node, span, bins.shift)
    : sortedKeys(workspace, node, span, bins.shift)
  const { code: codes } = workspace
  let last = -1
  let bin = -1
  for (let i = 0; i < n; i++) {
    const position = wide ? keys[i] : keys[i] & 0xffff
    const code = (codes[position] - span.min) >> bins.shift
    if (code !== last) {
      last = code
      binCode[++bin] = code
      binRows[bin] = 0
    }
    entryClass[i] = local[position]
    entryWeight[i] = weight[start + position]
    binRows[bin]++
    binEnd[bin] = i + 1
  }
  bins.count = bin + 1
}

/** Keys bin << 16 | position of the samples that have a value, ascending. */
function sortedKeys(workspace: Workspace, node: Node, span: Span, shift: number): { keys: Uint32Array; n: number } {
  const { code, keys, spareKeys, digits } = workspace
  const samples = node.end - node.start
  let n = 0
  for (let p = 0; p < samples; p++) {
    if (span.missing > 0 && code[p] === MISSING) continue
    keys[n++] = ((code[p] - span.min) >> shift) * 0x10000 + p
  }
  return { keys: sortKeys(keys, spareKeys, digits, n, (span.max - span.min) >> shift), n }
}

/** Positions of the samples that have a value, by bin: a counting sort for nodes too large for keys. */
function countedPositions(
  workspace: Workspace,
  node: Node,
  span: Span,
  shift: number,
): { keys: Uint32Array; n: number } {
  const { code, keys, digits } = workspace
  const samples = node.end - node.start
  const size = ((span.max - span.min) >> shift) + 1
  const skipMissing = span.missing > 0
  digits.fill(0, 0, size)
  for (let p = 0; p < samples; p++) {
    if (skipMissing && code[p] === MISSING) continue
    digits[(code[p] - span.min) >> shift]++
  }
  let n = 0
  for (let bin = 0; bin < size; bin++) {
    const count = digits[bin]
    digits[bin] = n
    n += count
  }
  for (let p = 0; p < samples; p++) {
    if (skipMissing && code[p] === MISSING) continue
    keys[digits[(code[p] - span.min) >> shift]++] = p
  }
  return { keys, n }
}
