import { ModelError } from './errors.ts'

/**
 * The layout of forest.copse, little-endian throughout; docs/model-format.md is the byte table.
 *
 *   header (32 bytes) | section table (24 bytes a section) | sections, each from an 8-byte boundary | trailer (8 bytes)
 */
export const MAGIC = new Uint8Array([0x89, 0x43, 0x4f, 0x50, 0x53, 0x45, 0x0d, 0x0a])
export const VERSION = 1
export const HEADER_BYTES = 32
export const ENTRY_BYTES = 24
export const TRAILER_BYTES = 8

/** Bit of a section's flags: a reader that does not know the section must refuse the file. */
export const SECTION_REQUIRED = 1

/** Element types of a section by their code in the file. */
export const ELEMENT_BYTES = { 1: 1, 2: 2, 3: 4, 4: 4, 5: 8 } as const
export type ElementType = keyof typeof ELEMENT_BYTES
export const ELEMENT_NAMES: Record<ElementType, string> = {
  1: 'uint8',
  2: 'uint16',
  3: 'uint32',
  4: 'float32',
  5: 'float64',
}

/** Sections by name, in the file's order: ids ascend. `types` may hold it; `required` is the flag the writer sets. */
export const SECTIONS = {
  json: { id: 1, types: [1], required: 1 },
  treeStart: { id: 2, types: [3], required: 1 },
  shape: { id: 3, types: [1], required: 1 },
  feature: { id: 4, types: [1, 2], required: 1 },
  threshold: { id: 5, types: [4], required: 1 },
  thresholdIndex: { id: 6, types: [1, 2], required: 1 },
  thresholdStart: { id: 7, types: [3], required: 1 },
  missingLeft: { id: 8, types: [1], required: 1 },
  subsets: { id: 9, types: [3], required: 1 },
  leafEntries: { id: 10, types: [1, 2], required: 1 },
  leafClass: { id: 11, types: [1, 2], required: 1 },
  leafCount: { id: 12, types: [1, 2, 3], required: 1 },
  leafShare: { id: 13, types: [4, 5], required: 1 },
  leafRows: { id: 14, types: [1], required: 0 },
  leafRowsMany: { id: 15, types: [3], required: 0 },
  shortSubsets: { id: 16, types: [1], required: 1 },
} as const satisfies Record<
  string,
  { id: number; types: readonly ElementType[]; required: 0 | typeof SECTION_REQUIRED }
>

export type SectionName = keyof typeof SECTIONS

/** The sections of one file: typed arrays straight over its bytes. docs/model-format.md says what each holds. */
export interface Sections {
  json?: Uint8Array
  treeStart?: Uint32Array
  shape?: Uint8Array
  feature?: Uint8Array | Uint16Array
  threshold?: Float32Array
  thresholdIndex?: Uint8Array | Uint16Array
  thresholdStart?: Uint32Array
  missingLeft?: Uint8Array
  subsets?: Uint32Array
  leafEntries?: Uint8Array | Uint16Array
  leafClass?: Uint8Array | Uint16Array
  leafCount?: Uint8Array | Uint16Array | Uint32Array
  leafShare?: Float32Array | Float64Array
  leafRows?: Uint8Array
  leafRowsMany?: Uint32Array
  shortSubsets?: Uint8Array
}

/** The element type of a section. */
export function elementType(section: ArrayBufferView): ElementType {
  if (section instanceof Uint8Array) return 1
  if (section instanceof Uint16Array) return 2
  if (section instanceof Uint32Array) return 3
  return section instanceof Float32Array ? 4 : 5
}

/** The next 8-byte boundary at or after `offset`; exact up to 2^53. */
export function align8(offset: number): number {
  return Math.ceil(offset / 8) * 8
}

/** Typed arrays lie straight over the file's bytes, so a host that stores numbers the other way round is refused. */
export function requireLittleEndian(): void {
  if (new Uint8Array(new Uint32Array([1]).buffer)[0] === 1) return
  throw new ModelError('MODEL_ERR_PLATFORM', 'Forests need a little-endian host, but this one is big-endian.')
}
