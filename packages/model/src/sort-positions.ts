import { MISSING } from './encode.ts'
import type { Span } from './gather.ts'
import type { Node } from './measure.ts'
import { sortKeys } from './sort-keys.ts'
import type { Workspace } from './workspace.ts'

/** Keys bin << 16 | position of the samples that have a value, ascending. */
export function sortPositions(
  workspace: Workspace,
  node: Node,
  span: Span,
  shift: number,
): { keys: Uint32Array; n: number } {
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
export function countPositions(
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
