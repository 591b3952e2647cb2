import { elementType, SECTIONS, type Sections } from './format.ts'
import { classesOf, type KernelInput, mostNodesOf, type Places, TABLE, WORDS } from './kernel-places.ts'
import { Room } from './kernel-room.ts'
import type { Kernel } from './predict-kernel.ts'

/** Node layouts; docs/inference.md draws them. */
const PLAIN = 0
const NARROW = 1
const WIDE = 2

/** In place of a number of levels, for a feature of numbers. */
const NO_LEVELS = 0xffffffff

/** While a file is read, its bytes, a stack and payloads of leaves lie where blocks of rows will be. */
export function temporaryBytes(input: KernelInput): number {
  return 64 + layOutTemporary(0, input).end
}

interface Temporary {
  readonly file: number
  readonly stack: number
  readonly payloads: number
  readonly end: number
}

function layOutTemporary(start: number, input: KernelInput): Temporary {
  const room = new Room(start)
  return {
    file: room.take(input.data.length),
    // A tree in a damaged file may have nothing but leaves, and each waits on the stack.
    stack: room.take(4 * mostNodesOf(input) + 4),
    payloads: room.take(classesOf(input) === 0 ? 0 : 4 * (input.counts.leaves + 1)),
    end: room.end,
  }
}

/** Reads the trees of a file into a memory; answers the number of columns, undefined when the file is refused. */
export function load(
  input: KernelInput,
  places: Places,
  memory: WebAssembly.Memory<ArrayBuffer>,
  kernel: Kernel,
): number | undefined {
  const { features } = input.description.signature
  const temporary = layOutTemporary(places.end, input)
  const words = new Uint32Array(memory.buffer)
  placeFile(input, temporary.file, memory, words)
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

function placeFile(
  { data, sections }: KernelInput,
  file: number,
  memory: WebAssembly.Memory<ArrayBuffer>,
  words: Uint32Array,
): void {
  new Uint8Array(memory.buffer, file, data.length).set(data)
  for (const [name, { id }] of Object.entries(SECTIONS)) {
    const section = sections[name as keyof Sections]
    if (section === undefined) continue
    const at = TABLE / 4 + 3 * (id - 1)
    words[at] = file + section.byteOffset - data.byteOffset
    words[at + 1] = section.length
    words[at + 2] = elementType(section)
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
