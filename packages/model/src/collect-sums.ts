import type { Bins } from './bins.ts'
import { MISSING } from './encode.ts'
import type { Span } from './gather.ts'
import type { Node } from './measure.ts'
import { sortPositions } from './sort-positions.ts'
import { MAX_KEYS, type Workspace } from './workspace.ts'

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
  const { keys, n } = sortPositions(workspace, node, span, bins.shift)
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
