import { crc32c } from './checksum.ts'
import {
  align8,
  ENTRY_BYTES,
  elementType,
  HEADER_BYTES,
  MAGIC,
  requireLittleEndian,
  SECTIONS,
  type SectionName,
  type Sections,
  TRAILER_BYTES,
  VERSION,
} from './format.ts'

/** Writes the sections that are present, in ascending id, into one new buffer. The same sections give the same bytes. */
export function writeFile(sections: Sections): Uint8Array<ArrayBuffer> {
  requireLittleEndian()
  const names = (Object.keys(SECTIONS) as SectionName[]).filter((name) => sections[name] !== undefined)
  const plan = planSections(sections, names)
  const data = new Uint8Array(plan.end + TRAILER_BYTES)
  const view = new DataView(data.buffer)

  data.set(MAGIC)
  view.setUint32(8, VERSION, true)
  view.setUint32(12, names.length, true)
  setUint64(view, 16, data.length)
  names.forEach((name, i) => {
    const section = sections[name]!
    const at = HEADER_BYTES + i * ENTRY_BYTES
    view.setUint16(at, SECTIONS[name].id, true)
    view.setUint8(at + 2, elementType(section))
    view.setUint8(at + 3, SECTIONS[name].required)
    setUint64(view, at + 8, plan.offsets[i])
    setUint64(view, at + 16, section.length)
    data.set(new Uint8Array(section.buffer, section.byteOffset, section.byteLength), plan.offsets[i])
  })
  view.setUint32(plan.end, crc32c(data.subarray(0, plan.end)), true)
  return data
}

function planSections(sections: Sections, names: readonly SectionName[]): { offsets: number[]; end: number } {
  let end = HEADER_BYTES + names.length * ENTRY_BYTES
  const offsets = names.map((name) => {
    const offset = end
    end = align8(offset + sections[name]!.byteLength)
    return offset
  })
  return { offsets, end }
}

function setUint64(view: DataView, offset: number, value: number): void {
  view.setUint32(offset, value % 2 ** 32, true)
  view.setUint32(offset + 4, Math.floor(value / 2 ** 32), true)
}
