import { crc32c } from './checksum.ts'
import { ModelError } from './errors.ts'
import {
  align8,
  ELEMENT_BYTES,
  ELEMENT_NAMES,
  type ElementType,
  ENTRY_BYTES,
  HEADER_BYTES,
  MAGIC,
  requireLittleEndian,
  SECTION_REQUIRED,
  SECTIONS,
  type SectionName,
  type Sections,
  TRAILER_BYTES,
  VERSION,
} from './format.ts'

export interface FileParts {
  /** The whole file on an 8-byte boundary: the bytes that were given, or a copy when they lay elsewhere. */
  readonly data: Uint8Array
  readonly sections: Sections
}

/**
 * Checks the frame of a forest file in reading order: magic, version, length, checksum, section table. Nothing is
 * allocated but a copy of unaligned bytes. What stands in the sections is checked by others.
 */
export function readFile(bytes: ArrayBufferLike | ArrayBufferView, checksum = true): FileParts {
  requireLittleEndian()
  const given = bytesOf(bytes)
  checkMagic(given)
  // invariant: every typed array below starts on a multiple of its element size
  const data = given.byteOffset % 8 === 0 ? given : new Uint8Array(given)
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  checkVersion(view)
  checkLength(view)
  if (checksum) checkChecksum(data, view)
  return { data, sections: readTable(data, view) }
}

function bytesOf(bytes: ArrayBufferLike | ArrayBufferView): Uint8Array {
  if (ArrayBuffer.isView(bytes)) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const tag = Object.prototype.toString.call(bytes)
  if (tag === '[object ArrayBuffer]' || tag === '[object SharedArrayBuffer]') return new Uint8Array(bytes)
  throw structure(`A forest is read from an ArrayBuffer, a SharedArrayBuffer or a view of one, but found ${tag}.`)
}

function checkMagic(given: Uint8Array): void {
  const wrong = MAGIC.findIndex((byte, i) => i < given.length && given[i] !== byte)
  if (wrong >= 0) {
    throw new ModelError(
      'MODEL_ERR_FILE_MAGIC',
      `This is not a forest file: byte ${wrong} is ${given[wrong]}, expected ${MAGIC[wrong]}.`,
    )
  }
  const least = HEADER_BYTES + TRAILER_BYTES
  if (given.length < least) throw truncated(`A forest file has at least ${least} bytes, but found ${given.length}.`)
}

function checkVersion(view: DataView): void {
  const version = view.getUint32(8, true)
  if (version === VERSION) return
  const advice = version > VERSION ? '; a newer @copse/model wrote it' : ''
  throw new ModelError(
    'MODEL_ERR_FILE_VERSION',
    `The forest file has format version ${version}, expected ${VERSION}${advice}.`,
  )
}

function checkLength(view: DataView): void {
  const found = view.byteLength
  const expected = uint64(view, 16)
  if (found < expected) throw truncated(`The forest file ends after ${found} bytes, expected ${expected}.`)
  if (found > expected) throw structure(`The forest file has ${found} bytes, expected ${expected}.`)
  if (found % 8 !== 0) throw structure(`The forest file has ${found} bytes, expected a multiple of 8.`)
}

function checkChecksum(data: Uint8Array, view: DataView): void {
  const end = data.length - TRAILER_BYTES
  const found = crc32c(data.subarray(0, end))
  const expected = view.getUint32(end, true)
  if (found !== expected) {
    throw new ModelError(
      'MODEL_ERR_FILE_CHECKSUM',
      `The forest file is damaged: its bytes have the checksum ${hex(found)}, expected ${hex(expected)}.`,
    )
  }
  expectZero(view.getUint32(end + 4, true), 'The last word of the forest file')
}

/** Sections stand in the order of the table with no gap but zero bytes up to the next 8-byte boundary. */
function readTable(data: Uint8Array, view: DataView): Sections {
  const count = view.getUint32(12, true)
  expectZero(uint64(view, 24), 'The reserved header word of the forest file')
  const end = data.length - TRAILER_BYTES
  const room = Math.floor((end - HEADER_BYTES) / ENTRY_BYTES)
  if (count > room) throw structure(`The forest file declares ${count} sections, expected at most ${room}.`)

  const sections: Sections = {}
  let next = HEADER_BYTES + count * ENTRY_BYTES
  let lastId = 0
  for (let i = 0; i < count; i++) {
    const at = HEADER_BYTES + i * ENTRY_BYTES
    const id = view.getUint16(at, true)
    const type = view.getUint8(at + 2)
    const flags = view.getUint8(at + 3)
    const offset = uint64(view, at + 8)
    const elements = uint64(view, at + 16)
    if (id <= lastId) throw structure(`Section ${i} of the forest file has id ${id}, expected one above ${lastId}.`)
    lastId = id
    if (!isElementType(type)) {
      throw structure(`Section ${id} of the forest file has element type ${type}, expected 1 to 5.`)
    }
    expectZero(flags & ~SECTION_REQUIRED, `Flags beyond bit 0 of section ${id}`)
    expectZero(view.getUint32(at + 4, true), `The reserved word of section ${id}`)
    if (offset !== next) throw structure(`Section ${id} of the forest file starts at ${offset}, expected ${next}.`)
    const most = Math.floor((end - offset) / ELEMENT_BYTES[type])
    if (elements > most) {
      throw structure(`Section ${id} of the forest file has ${elements} elements, expected at most ${most}.`)
    }
    const sectionEnd = offset + elements * ELEMENT_BYTES[type]
    next = align8(sectionEnd)
    for (let byte = sectionEnd; byte < next; byte++) expectZero(data[byte], `The padding after section ${id}`)

    const name = sectionNames.get(id)
    if (name !== undefined) addSection(sections, name, type, data, offset, elements)
    else if (flags & SECTION_REQUIRED) {
      throw new ModelError(
        'MODEL_ERR_FILE_VERSION',
        `The forest file needs section ${id}, which this version of @copse/model does not know.`,
      )
    }
  }
  if (next !== end) throw structure(`The sections of the forest file end at ${next}, expected ${end}.`)
  return sections
}

function addSection(
  sections: Sections,
  name: SectionName,
  type: ElementType,
  data: Uint8Array,
  offset: number,
  elements: number,
): void {
  const types: readonly ElementType[] = SECTIONS[name].types
  if (!types.includes(type)) {
    const expected = types.map((each) => ELEMENT_NAMES[each]).join(' or ')
    throw structure(`Section ${name} of the forest file holds ${ELEMENT_NAMES[type]}, expected ${expected}.`)
  }
  const View = views[type]
  Object.assign(sections, { [name]: new View(data.buffer, data.byteOffset + offset, elements) })
}

const views: Record<ElementType, new (buffer: ArrayBufferLike, offset: number, length: number) => ArrayBufferView> = {
  1: Uint8Array,
  2: Uint16Array,
  3: Uint32Array,
  4: Float32Array,
  5: Float64Array,
}

const sectionNames: ReadonlyMap<number, SectionName> = new Map(
  Object.entries(SECTIONS).map(([name, { id }]) => [id, name as SectionName]),
)

function isElementType(code: number): code is ElementType {
  return code in ELEMENT_BYTES
}

/** Exact below 2^53; a larger number stays larger than any length it is compared with. */
function uint64(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * 2 ** 32
}

function expectZero(found: number, what: string): void {
  if (found !== 0) throw structure(`${what} is ${found}, expected 0.`)
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0')
}

function structure(message: string): ModelError {
  return new ModelError('MODEL_ERR_FILE_STRUCTURE', message)
}

function truncated(message: string): ModelError {
  return new ModelError('MODEL_ERR_FILE_TRUNCATED', message)
}
