import type { Bins } from './bins.ts'
import { MISSING } from './encode.ts'
import type { Span } from './gather.ts'
import type { Node } from './measure.ts'
import { countPositions, sortPositions } from './sort-positions.ts'
import { MAX_KEYS, type Workspace } from './workspace.ts'

/** Sums weight by bin and class, for more than two classes: counts where cells are few beside the samples, else sorts. */
export function collectClasses(workspace: Workspace, node: Node, span: Span, bins: Bins): void {
  const n = node.end - node.start
  bins.missingWeight = 0
  if (span.missing > 0) sumMissingClasses(workspace, node, bins)
  const size = ((span.max - span.min) >> bins.shift) + 1
  if (size * node.classes <= Math.min(4 * n, workspace.cells.length)) countClasses(workspace, node, span, size, bins)
  else sortClasses(workspace, node, span, bins)
}

function sumMissingClasses(workspace: Workspace, node: Node, bins: Bins): void {
  const { code, units, local, without } = workspace
  const n = node.end - node.start
  without.fill(0, 0, node.classes)
  for (let p = 0; p < n; p++) {
    if (code[p] !== MISSING) continue
    bins.missingWeight += units[p]
    without[local[p]] += units[p]
  }
}

function countClasses(workspace: Workspace, node: Node, span: Span, size: number, bins: Bins): void {
  const { code, units, local, cells, codeRows, binCode, binRows, binEnd, entryClass, entryWeight } = workspace
  const { classes } = node
  const { min } = span
  const { shift } = bins
  const n = node.end - node.start
  cells.fill(0, 0, size * classes)
  codeRows.fill(0, 0, size)
  const skipMissing = span.missing > 0
  for (let p = 0; p < n; p++) {
    if (skipMissing && code[p] === MISSING) continue
    const bin = (code[p] - min) >> shift
    cells[bin * classes + local[p]] += units[p]
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
  const { units, local, binCode, binRows, binEnd, entryClass, entryWeight } = workspace
  const wide = node.end - node.start > MAX_KEYS
  const { keys, n } = wide
    ? countPositions(workspace, node, span, bins.shift)
    : sortPositions(workspace, node, span, bins.shift)
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
    entryWeight[i] = units[position]
    binRows[bin]++
    binEnd[bin] = i + 1
  }
  bins.count = bin + 1
}
