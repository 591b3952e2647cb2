import { continueCrc32c } from './checksum.ts'
import {
  align8,
  ELEMENT_BYTES,
  type ElementType,
  ENTRY_BYTES,
  elementType,
  HEADER_BYTES,
  MAGIC,
  requireLittleEndian,
  SECTIONS,
  type SectionName,
  TRAILER_BYTES,
  VERSION,
} from './format.ts'

/** A section that is written when its place in the file is known: `fill` gets its elements, all 0. */
export interface SectionPlan {
  readonly type: ElementType
  readonly length: number
  readonly fill: (to: SectionValues) => void
}

export type SectionValues = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array
export type SectionPlans = { readonly [name in SectionName]?: SectionPlan | SectionValues }

/**
 * Writes the sections that are present, in ascending id, into one new buffer. The same sections give the same bytes. Runs
 * until done when iterated; pauses after each section and each MB of the checksum.
 */
export function* writeFile(sections: SectionPlans): Generator<void, Uint8Array<ArrayBuffer>> {
  requireLittleEndian()
  const names = (Object.keys(SECTIONS) as SectionName[]).filter((name) => sections[name] !== undefined)
  const plans = names.map((name) => planOf(sections[name]!))
  const { offsets, end } = placeSections(plans)
  const data = new Uint8Array(end + TRAILER_BYTES)
  const view = new DataView(data.buffer)

  data.set(MAGIC)
  view.setUint32(8, VERSION, true)
  view.setUint32(12, names.length, true)
  setUint64(view, 16, data.length)
  for (const [i, { type, length, fill }] of plans.entries()) {
    const { id, required } = SECTIONS[names[i]]
    const at = HEADER_BYTES + i * ENTRY_BYTES
    view.setUint16(at, id, true)
    view.setUint8(at + 2, type)
    view.setUint8(at + 3, required)
    setUint64(view, at + 8, offsets[i])
    setUint64(view, at + 16, length)
    fill(new ARRAYS[type](data.buffer, offsets[i], length))
    yield
  }
  let crc = 0xffffffff
  for (let start = 0; start < end; start += BYTES_AT_ONCE) {
    crc = continueCrc32c(crc, data.subarray(start, Math.min(start + BYTES_AT_ONCE, end)))
    yield
  }
  view.setUint32(end, ~crc, true)
  return data
}

/** Bytes whose checksum is taken between two pauses: a multiple of 8. */
const BYTES_AT_ONCE = 1 << 20

const ARRAYS = { 1: Uint8Array, 2: Uint16Array, 3: Uint32Array, 4: Float32Array, 5: Float64Array } as const

function planOf(section: SectionPlan | SectionValues): SectionPlan {
  if (!ArrayBuffer.isView(section)) return section
  return { type: elementType(section), length: section.length, fill: (to) => to.set(section) }
}

function placeSections(plans: readonly SectionPlan[]): { offsets: number[]; end: number } {
  let end = HEADER_BYTES + plans.length * ENTRY_BYTES
  const offsets = plans.map(({ type, length }) => {
    const offset = end
    end = align8(offset + length * ELEMENT_BYTES[type])
    return offset
  })
  return { offsets, end }
}

function setUint64(view: DataView, offset: number, value: number): void {
  view.setUint32(offset, value % 2 ** 32, true)
  view.setUint32(offset + 4, Math.floor(value / 2 ** 32), true)
}
