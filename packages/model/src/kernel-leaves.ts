import type { KernelInput } from './kernel-places.ts'
import { MANY_ROWS } from './narrow-run.ts'

/** [nodes] the number of a leaf among all leaves. */
export function leavesOf({ sections, counts }: KernelInput): Uint32Array {
  const shape = sections.shape as Uint8Array
  const leaves = new Uint32Array(counts.nodes)
  let leaf = 0
  for (let node = 0; node < counts.nodes; node++) {
    if (((shape[node >>> 3] >>> (node & 7)) & 1) === 0) leaves[node] = leaf++
  }
  return leaves
}

/** Sets the bit of each leaf that fewer than `rareBelow` training rows reached. */
export function markRare({ sections, counts }: KernelInput, rareBelow: number, bits: Uint8Array): void {
  const shape = sections.shape as Uint8Array
  const { leafRows, leafRowsMany } = sections as { leafRows: Uint8Array; leafRowsMany?: Uint32Array }
  bits.fill(0, 0, Math.ceil(counts.nodes / 8))
  let leaf = 0
  let many = 0
  for (let node = 0; node < counts.nodes; node++) {
    if (((shape[node >>> 3] >>> (node & 7)) & 1) === 1) continue
    const few = leafRows[leaf++]
    const rows = few < MANY_ROWS ? few : (leafRowsMany as Uint32Array)[many++]
    if (rows < rareBelow) bits[node >>> 3] |= 1 << (node & 7)
  }
}
