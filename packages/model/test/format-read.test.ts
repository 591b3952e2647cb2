import t from 'tap'
import { crc32c } from '../src/checksum.ts'
import { ModelError } from '../src/errors.ts'
import { Forest } from '../src/forest.ts'
import { ENTRY_BYTES, HEADER_BYTES, TRAILER_BYTES } from '../src/format.ts'
import { type ForestShape, forestParts, randomRows } from './forests.ts'

const shape: ForestShape = {
  seed: 5,
  features: 3,
  classes: 3,
  trees: 2,
  depth: 3,
  pure: false,
  plain: false,
  vote: false,
}
const files = [shape, { ...shape, classes: 0 }, { ...shape, pure: true, plain: true, vote: true }].map(
  (each) => Forest.fromTrees(forestParts(each)).data,
)

t.test('any view at any offset is read, copied only where it does not start on 8 bytes', async (t) => {
  for (const file of files) {
    for (let offset = 0; offset <= 9; offset++) {
      const room = new Uint8Array(file.length + 32)
      room.set(file, offset)
      const views = [room.subarray(offset, offset + file.length), new DataView(room.buffer, offset, file.length)]
      for (const view of views) {
        const forest = Forest.from(view)
        t.same(forest.data, file)
        t.equal(forest.data.buffer === room.buffer, offset % 8 === 0)
      }
    }
    t.same(Forest.from(file.slice().buffer).data, file, 'an ArrayBuffer')
    t.same(Forest.from(Buffer.concat([file])).data, file, 'a Buffer')
  }
})

t.test('shared memory is read in place', async (t) => {
  for (const file of files) {
    const shared = new SharedArrayBuffer(file.length)
    new Uint8Array(shared).set(file)
    const forest = Forest.from(shared)
    t.equal(forest.data.buffer, shared)
    const rows = randomRows(forest.signature, 20, 1)
    const out = new Float64Array(20 * forest.outputs)
    const expected = out.slice()
    forest.predictInto(rows, out)
    Forest.from(file).predictInto(rows, expected)
    t.same(out, expected)
  }
})

t.test('every truncation is refused', async (t) => {
  for (const file of files) {
    for (let length = 0; length < file.length; length++) {
      const error = refusal(file.slice(0, length))
      if (error.code !== 'MODEL_ERR_FILE_TRUNCATED') t.fail(`${length} bytes: ${error.message}`)
    }
  }
  t.equal(refusal(new Uint8Array(0)).message, 'A forest file has at least 40 bytes, but found 0.')
  t.equal(refusal(files[0].slice(0, 100)).message, `The forest file ends after 100 bytes, expected ${files[0].length}.`)
})

t.test('every flipped bit is refused', async (t) => {
  for (const file of files) {
    const codes = new Set<string>()
    const damaged = file.slice()
    for (let bit = 0; bit < 8 * file.length; bit++) {
      damaged[bit >> 3] ^= 1 << (bit & 7)
      codes.add(refusal(damaged).code)
      damaged[bit >> 3] ^= 1 << (bit & 7)
    }
    t.same([...codes].sort(), [
      'MODEL_ERR_FILE_CHECKSUM',
      'MODEL_ERR_FILE_MAGIC',
      'MODEL_ERR_FILE_STRUCTURE',
      'MODEL_ERR_FILE_TRUNCATED',
      'MODEL_ERR_FILE_VERSION',
    ])
  }
})

t.test('what is no forest file says so', async (t) => {
  const message = 'This is not a forest file: byte 0 is 80, expected 137.'
  t.match(refusal(new TextEncoder().encode('PK\x03\x04 and so on')), { code: 'MODEL_ERR_FILE_MAGIC', message })
  t.match(refusal(new TextEncoder().encode('{"a":1}')), { code: 'MODEL_ERR_FILE_MAGIC' })
  for (const value of [undefined, null, 'text', {}, [1, 2], new Blob([])]) {
    t.match(refusal(value as never), { code: 'MODEL_ERR_FILE_STRUCTURE', message: /ArrayBuffer/ })
  }
})

t.test('a newer version is refused, also with its checksum right', async (t) => {
  t.match(refusal(edited(files[0], (view) => view.setUint32(8, 2, true))), {
    code: 'MODEL_ERR_FILE_VERSION',
    message: 'The forest file has format version 2, expected 1; a newer @copse/model wrote it.',
  })
  t.match(refusal(edited(files[0], (view) => view.setUint32(8, 0, true))), { code: 'MODEL_ERR_FILE_VERSION' })
})

t.test('a section that is not known is skipped, unless the file says that it is needed', async (t) => {
  const known = Forest.from(files[0])
  const skipped = Forest.from(withSection(files[0], 900, 0))
  t.same(skipped.trees, known.trees)
  t.match(refusal(withSection(files[0], 900, 1)), {
    code: 'MODEL_ERR_FILE_VERSION',
    message: 'The forest file needs section 900, which this version of @copse/model does not know.',
  })
})

t.test('a wrong frame is refused with its checksum right, before anything is allocated', async (t) => {
  const file = files[0]
  const first = HEADER_BYTES
  const cases: [string, (view: DataView) => void, RegExp][] = [
    ['bytes behind the end', (view) => view.setUint32(16, file.length - 8, true), /has \d+ bytes, expected \d+/],
    [
      'more sections than room',
      (view) => view.setUint32(12, 2 ** 32 - 1, true),
      /4294967295 sections, expected at most/,
    ],
    ['one section less', (view) => view.setUint32(12, view.getUint32(12, true) - 1, true), /starts at/],
    ['a reserved header word', (view) => view.setUint32(24, 1, true), /reserved header word .* expected 0/],
    ['ids that do not ascend', (view) => view.setUint16(first + ENTRY_BYTES, 1, true), /id 1, expected one above 1/],
    ['an unknown element type', (view) => view.setUint8(first + 2, 6), /element type 6, expected 1 to 5/],
    ['another element type', (view) => view.setUint8(first + ENTRY_BYTES + 2, 4), /holds float32, expected uint32/],
    ['an unknown flag', (view) => view.setUint8(first + 3, 3), /Flags beyond bit 0 of section 1 is 2/],
    ['a reserved section word', (view) => view.setUint32(first + 4, 1, true), /reserved word of section 1/],
    ['an offset beyond the file', (view) => view.setUint32(first + 12, 1, true), /starts at 4294967\d+, expected/],
    ['a length beyond the file', (view) => view.setUint32(first + 20, 2 ** 31, true), /elements, expected at most/],
    ['a length beyond 2^53', (view) => view.setUint32(first + ENTRY_BYTES + 20, 2 ** 32 - 1, true), /at most/],
    ['a shorter section', (view) => view.setUint32(first + 16, 8, true), /padding|starts at/],
    ['a last word', (view) => view.setUint32(file.length - 4, 1, true), /The last word/],
  ]
  for (const [name, edit, message] of cases) {
    t.match(refusal(edited(file, edit)), { code: 'MODEL_ERR_FILE_STRUCTURE', message }, name)
  }
  const jsonEnd = (view: DataView) => view.getUint32(first + 8, true) + view.getUint32(first + 16, true)
  const between = files.find(({ buffer }) => jsonEnd(new DataView(buffer)) % 8 !== 0)
  t.ok(between, 'a file whose JSON ends before a boundary')
  const padded = edited(between!, (view) => view.setUint8(jsonEnd(view), 1))
  t.match(refusal(padded), { code: 'MODEL_ERR_FILE_STRUCTURE', message: /padding after section 1 is 1/ })
})

function refusal(bytes: ArrayBufferView): ModelError {
  try {
    Forest.from(bytes)
  } catch (error) {
    if (error instanceof ModelError) return error
    throw error
  }
  throw new Error('The file was read.')
}

/** A copy with an edit and the checksum made right. */
function edited(file: Uint8Array, edit: (view: DataView) => void): Uint8Array {
  const copy = file.slice()
  const view = new DataView(copy.buffer)
  edit(view)
  view.setUint32(copy.length - TRAILER_BYTES, crc32c(copy.subarray(0, copy.length - TRAILER_BYTES)), true)
  return copy
}

/** A copy with one more section of 3 bytes at the end. */
function withSection(file: Uint8Array, id: number, flags: number): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.length)
  const table = HEADER_BYTES + view.getUint32(12, true) * ENTRY_BYTES
  const grown = new Uint8Array(file.length + ENTRY_BYTES + 8)
  grown.set(file.subarray(0, table))
  grown.set(file.subarray(table, file.length - TRAILER_BYTES), table + ENTRY_BYTES)
  grown.set([7, 8, 9], file.length - TRAILER_BYTES + ENTRY_BYTES)
  return edited(grown, (view) => {
    const sections = view.getUint32(12, true)
    for (let i = 0; i < sections; i++) {
      const at = HEADER_BYTES + i * ENTRY_BYTES + 8
      view.setUint32(at, view.getUint32(at, true) + ENTRY_BYTES, true)
    }
    view.setUint32(12, sections + 1, true)
    view.setUint32(16, grown.length, true)
    view.setUint16(table, id, true)
    view.setUint8(table + 2, 1)
    view.setUint8(table + 3, flags)
    view.setUint32(table + 8, file.length - TRAILER_BYTES + ENTRY_BYTES, true)
    view.setUint32(table + 16, 3, true)
  })
}
