import { elementType, SECTIONS, type SectionName } from './format.ts'
import { classesOf, type KernelInput, mostNodesOf, type Places, TABLE, WORDS } from './kernel-places.ts'
import { Room } from './kernel-room.ts'
import type { Kernel } from './predict-kernel.ts'

/** Node layouts; docs/inference.md draws them. */
const PLAIN = 0
const NARROW = 1
const WIDE = 2

/** In place of a number of levels, for a feature of numbers. */
const NO_LEVELS = 0xffffffff

/** Sections that are read until the last node is in its place; the others are done with before the first is. */
const READ_LAST: readonly SectionName[] = ['treeStart', 'shape', 'leafClass']

/** What kernels/link.ts may write to below its stack. */
const BELOW_STACK = 64

/** While a file is read, parts of it, a stack and payloads of leaves lie where blocks of rows will be. */
export interface Temporary {
  /** What a kernel reads of the file: all but the description. */
  readonly sections: readonly { readonly name: SectionName; readonly place: number }[]
  readonly stack: number
  readonly payloads: number
  readonly end: number
}

/**
 * Sections that are done with early lie, where there is room, in the half of the nodes that is written last: fresh memory costs
 * microseconds a page.
 */
export function layOutTemporary(input: KernelInput, places: Places): Temporary {
  const { counts } = input
  const room = new Room(places.end)
  const unwritten = new Room(places.nodes + places.nodeBytes * counts.splits)
  const nodesEnd = places.nodes + places.nodeBytes * counts.nodes
  const sections: { name: SectionName; place: number }[] = []
  for (const name of Object.keys(input.sections) as SectionName[]) {
    if (name === 'json') continue
    const bytes = input.sections[name]?.byteLength ?? 0
    const isEarly = !READ_LAST.includes(name) && unwritten.end + Room.MOST_GAP + bytes <= nodesEnd
    sections.push({ name, place: (isEarly ? unwritten : room).take(bytes) })
  }
  return {
    sections,
    // A tree in a damaged file may have nothing but leaves, and each waits on the stack.
    stack: room.take(BELOW_STACK + 4 * mostNodesOf(input) + 4) + BELOW_STACK,
    payloads: room.take(classesOf(input) === 0 ? 0 : 4 * (counts.leaves + 1)),
    end: room.end,
  }
}

/** Reads the trees of a file into a memory; answers the number of columns, undefined when the file is refused. */
export function load(
  input: KernelInput,
  places: Places,
  temporary: Temporary,
  memory: WebAssembly.Memory<ArrayBuffer>,
  kernel: Kernel,
): number | undefined {
  const { features } = input.description.signature
  const words = new Uint32Array(memory.buffer)
  placeSections(input, temporary, memory, words)
  for (let f = 0; f < features.length; f++) {
    const feature = features[f]
    words[places.levels / 4 + f] = feature.type === 'category' ? feature.levels.length : NO_LEVELS
  }
  configure(input, places, kernel, words, 0, places.wide ? WIDE : NARROW)
  if (!kernel.read(temporary.stack, temporary.payloads)) return undefined
  const columns = kernel.columnCount()
  configure(input, places, kernel, words, columns, places.wide ? WIDE : kernel.hasSubsets() ? NARROW : PLAIN)
  return columns
}

function placeSections(
  input: KernelInput,
  temporary: Temporary,
  memory: WebAssembly.Memory<ArrayBuffer>,
  words: Uint32Array,
): void {
  const bytes = new Uint8Array(memory.buffer)
  for (const { name, place } of temporary.sections) {
    const section = input.sections[name]
    if (section === undefined) continue
    bytes.set(new Uint8Array(section.buffer, section.byteOffset, section.byteLength), place)
    words.set([place, section.length, elementType(section)], TABLE / 4 + 3 * (SECTIONS[name].id - 1))
  }
}

/** In the order of kernels/forest.ts. */
function configure(
  input: KernelInput,
  places: Places,
  kernel: Kernel,
  words: Uint32Array,
  columns: number,
  layout: number,
): void {
  const { description, counts } = input
  words.set(
    [
      description.signature.features.length,
      columns,
      places.columnFeature,
      places.columnRole,
      places.columnOf,
      places.levels,
      counts.trees,
      places.roots,
      places.firstLeaf,
      classesOf(input),
      description.aggregation === 'vote' ? 1 : 0,
      places.entryStart,
      places.entryClass,
      places.shares,
      places.subsets,
      places.nodes,
      layout,
      places.ends,
      places.row,
      places.sum,
      places.mostMixed,
      places.mixedVote,
    ],
    WORDS / 4,
  )
  kernel.configure()
}
