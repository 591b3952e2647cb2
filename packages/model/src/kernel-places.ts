import type { Description } from './check-description.ts'
import type { Counts } from './count-nodes.ts'
import type { Sections } from './format.ts'
import { Room } from './kernel-room.ts'
import { levelsOf } from './short-subsets.ts'

/** What a kernel reads: the file's bytes, its sections over them, and what was counted in them. */
export interface KernelInput {
  readonly data: Uint8Array
  readonly sections: Sections
  readonly counts: Counts
  readonly description: Pick<Description, 'signature' | 'aggregation'>
}

/** Where kernels/ expects the words of `configure`, the table of sections, and the tile of a single row. */
export const WORDS = 0
export const TABLE = 128
const TILE = 1024

const NARROW_COLUMNS = 256
const NARROW_NODES = 1 << 19
/** A leaf's payload must keep its key below that of minus infinity. */
const MOST_PAYLOAD = 0x7ffffe

/** Addresses of the forest's arrays; kernels/forest.ts says what they hold. */
export interface Places {
  readonly columnFeature: number
  readonly columnRole: number
  readonly columnOf: number
  readonly levels: number
  readonly roots: number
  readonly firstLeaf: number
  readonly ends: number
  readonly row: number
  readonly sum: number
  readonly entryStart: number
  readonly entryClass: number
  readonly shares: number
  readonly subsets: number
  readonly mixedVote: number
  readonly rareBits: number
  readonly nodes: number
  readonly nodeBytes: number
  readonly end: number
  readonly wide: boolean
  readonly mostMixed: number
}

/** Room for the most columns and distributions that the counts allow; undefined where a kernel cannot hold the forest. */
export function layOut(input: KernelInput): Places | undefined {
  const { sections, counts, description } = input
  const { features } = description.signature
  const classes = classesOf(input)
  const mostNodes = mostNodesOf(input)
  if (mostNodes / 2 + classes > MOST_PAYLOAD) return undefined
  const columns = features.length * (sections.missingLeft ? 2 : 1)
  const wide = columns > NARROW_COLUMNS || mostNodes > NARROW_NODES
  const entries = sections.leafClass?.length ?? 0
  const listed = sections.leafEntries || sections.leafShare
  const mixed = sections.leafShare ? counts.leaves : entries - counts.leaves
  const rounded = Math.ceil(counts.trees / 8) * 8
  const room = new Room(TILE + 32 * columns)
  const places = {
    columnFeature: room.take(4 * columns),
    columnRole: room.take(4 * columns),
    columnOf: room.take(8 * features.length),
    levels: room.take(4 * features.length),
    roots: room.take(4 * rounded),
    firstLeaf: room.take(4 * counts.trees),
    ends: room.take(4 * rounded),
    row: room.take(4 * features.length),
    sum: room.take(8 * Math.max(1, classes)),
    entryStart: room.take(classes > 2 ? 4 * (mixed + 1) : 0),
    // One more, where a leaf is put before it is known to be pure.
    entryClass: room.take(classes > 2 && listed ? 4 * (entries + 1) : 0),
    shares: room.take(
      classes === 0 ? 8 * counts.leaves : classes === 2 ? 16 * (mixed + 3) : listed ? 8 * (entries + 1) : 0,
    ),
    subsets: room.take(4 * wordsOfSubsets(input)),
    mixedVote: room.take(classes === 0 ? 0 : 4 * (mixed + 1)),
    rareBits: room.take(sections.leafRows ? Math.ceil(counts.nodes / 8) : 0),
    nodes: room.take((wide ? 16 : 8) * (counts.nodes + 1)),
  }
  return { ...places, nodeBytes: wide ? 16 : 8, end: room.end, wide, mostMixed: classes === 0 ? 0 : mixed }
}

/** A word at the start, those of the file, one more a subset for missing values, and the strips of kernels/read-subsets.ts. */
function wordsOfSubsets({ sections, counts, description }: KernelInput): number {
  const levels = levelsOf(description.signature)
  const splits = description.signature.features.some(({ type }) => type === 'category') ? counts.splits : 0
  if (sections.shortSubsets === undefined) return 1 + (sections.subsets?.length ?? 0) + splits
  const most = Math.max(0, ...levels.filter((count) => count <= 65536))
  return 1 + counts.subsetWords + splits + 64 * (2 * Math.floor(most / 32) + 1)
}

export function classesOf({ description }: KernelInput): number {
  const { target } = description.signature
  return target.type === 'class' ? target.classes.length : 0
}

export function mostNodesOf({ sections, counts }: KernelInput): number {
  const treeStart = sections.treeStart as Uint32Array
  let most = 0
  for (let tree = 0; tree < counts.trees; tree++) most = Math.max(most, treeStart[tree + 1] - treeStart[tree])
  return most
}
