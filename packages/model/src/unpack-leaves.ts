import type { Counts } from './count-nodes.ts'
import type { Sections } from './format.ts'
import { MANY_ROWS } from './narrow-run.ts'
import { expectLength, structure, take } from './sections.ts'
import type { Trees } from './trees.ts'

/** How far the shares of a leaf may sum from 1: the rounding of 65,536 additions is below it. */
const SHARE_TOLERANCE = 1e-9

type LeafArrays = Pick<Trees, 'leafStart' | 'leafClass' | 'leafShare'>

/** Values are so bounded that their sum over the trees is finite. */
export function unpackValues(sections: Sections, { leaves, trees }: Counts): LeafArrays {
  const values = take(sections, 'leafShare')
  const most = Number.MAX_VALUE / trees
  for (let leaf = 0; leaf < leaves; leaf++) {
    if (!(Math.abs(values[leaf]) <= most)) {
      throw structure(`leaf ${leaf} has the value ${values[leaf]}, expected -${most} to ${most}`)
    }
  }
  const leafShare = values instanceof Float64Array ? values : new Float64Array(values)
  return { leafStart: new Uint32Array(0), leafClass: new Uint16Array(0), leafShare }
}

/** Reads the classes of the leaves and their shares. */
export function unpackShares(sections: Sections, leaves: number, classes: number): LeafArrays {
  const { leafEntries, leafCount = new Uint8Array(0), leafShare } = sections
  const listed = take(sections, 'leafClass')
  let entries = leaves
  if (leafEntries !== undefined) for (let leaf = 0; leaf < leaves; leaf++) entries += leafEntries[leaf]
  expectLength(sections, 'leafClass', listed.length, entries)
  const shares = new Float64Array(entries)
  const leafStart = new Uint32Array(leaves + 1)
  let entry = 0
  let counted = 0
  for (let leaf = 0; leaf < leaves; leaf++) {
    const count = leafEntries === undefined ? 1 : leafEntries[leaf] + 1
    const first = entry
    entry += count
    leafStart[leaf + 1] = entry
    if (leafShare !== undefined) for (let i = first; i < entry; i++) shares[i] = leafShare[i]
    else if (count === 1) shares[first] = 1
    else {
      let total = 0
      for (let i = 0; i < count; i++) total += leafCount[counted + i]
      for (let i = 0; i < count; i++) shares[first + i] = leafCount[counted++] / total
    }
    checkLeaf(leaf, first, entry, listed, shares, classes)
  }
  expectLength(sections, 'leafCount', leafCount.length, counted)
  return { leafStart, leafClass: listed instanceof Uint16Array ? listed : new Uint16Array(listed), leafShare: shares }
}

function checkLeaf(
  leaf: number,
  first: number,
  end: number,
  listed: Uint8Array | Uint16Array,
  shares: Float64Array,
  classes: number,
): void {
  let last = -1
  let sum = 0
  for (let entry = first; entry < end; entry++) {
    const index = listed[entry]
    const share = shares[entry]
    if (index <= last || index >= classes) {
      throw structure(`leaf ${leaf} lists class ${index}, expected one from ${last + 1} to ${classes - 1}`)
    }
    if (!(share > 0 && share <= 1)) {
      throw structure(`leaf ${leaf} gives class ${index} the share ${share}, expected one in (0, 1]`)
    }
    last = index
    sum += share
  }
  if (Math.abs(sum - 1) > SHARE_TOLERANCE) throw structure(`the shares of leaf ${leaf} sum to ${sum}, expected 1`)
}

/** [leaves] training rows, where the file knows them. */
export function unpackRows(sections: Sections, leaves: number): Uint32Array | undefined {
  const { leafRows, leafRowsMany = new Uint32Array(0) } = sections
  if (leafRows === undefined) return undefined
  const rows = new Uint32Array(leaves)
  let many = 0
  for (let leaf = 0; leaf < leaves; leaf++) {
    rows[leaf] = leafRows[leaf] < MANY_ROWS ? leafRows[leaf] : leafRowsMany[many++]
  }
  expectLength(sections, 'leafRowsMany', leafRowsMany.length, many)
  return rows
}
