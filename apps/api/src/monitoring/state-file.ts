import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'

/** Bytes that are made to base64 at a time; of three come four characters. */
const PIECE = 3 << 16
/** Bytes that are read at a time: few enough that what is made of them dies young. */
const CHUNK = 1 << 15
/** A text of so many characters without a quote in it is base64 of numbers. */
const LONG = 4096
const QUOTE = 0x22

/** JSON text with arrays of numbers as base64 of their bytes, piece by piece: as one text it would take megabytes, and a pause. */
export function* jsonPieces(state: object): Generator<string> {
  const arrays: Buffer[] = []
  const mark = randomUUID()
  const text = JSON.stringify(state, (_key, value: unknown) => {
    if (!ArrayBuffer.isView(value)) return value
    arrays.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength))
    return mark
  })
  const between = text.split(mark)
  yield between[0]!
  for (const [index, bytes] of arrays.entries()) {
    for (let at = 0; at < bytes.length; at += PIECE) yield bytes.toString('base64', at, at + PIECE)
    yield between[index + 1]!
  }
}

/**
 * The JSON of a file, with each long text of base64 as something that gives its bytes piece by piece when it is iterated, from
 * the file: neither that nor such a text is in memory as a whole, of which the allocator and V8 would keep the room.
 *
 * @throws SyntaxError when it is not JSON; iterating throws one when a long text is not base64
 */
export function readJson(path: string): unknown {
  const mark = randomUUID()
  const texts: Base64Text[] = []
  /** All but the long texts, and what came since the last quote; a character for each byte. */
  let rest = ''
  let gap = ''
  /** Where the long text that has begun and not ended starts. */
  let long = -1
  let start = 0
  for (const chunk of chunksOf(path, 0, Number.POSITIVE_INFINITY)) {
    for (let at = 0; at < chunk.length; ) {
      const quote = chunk.indexOf(QUOTE, at)
      const end = quote === -1 ? chunk.length : quote
      if (long === -1) gap += chunk.toString('latin1', at, end)
      // No JSON outside of texts begins as base64 does.
      if (long === -1 && gap.length >= LONG && /^[A-Za-z0-9+/]/.test(gap)) long = start + end - gap.length
      if (quote !== -1) {
        rest += long === -1 ? `${gap}"` : `${mark}${texts.push(new Base64Text(path, long, start + end)) - 1}"`
        gap = ''
        long = -1
      }
      at = end + 1
    }
    start += chunk.length
  }
  if (long !== -1) throw new SyntaxError('The file ends within a text.')
  return JSON.parse(Buffer.from(rest + gap, 'latin1').toString(), (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith(mark) ? texts[Number(value.slice(mark.length))] : value,
  )
}

/** Bytes `from` up to but not `to` of a file; each chunk is valid until the next. */
function* chunksOf(path: string, from: number, to: number): Generator<Buffer> {
  const file = openSync(path, 'r')
  try {
    const chunk = Buffer.allocUnsafe(CHUNK)
    for (let at = from; at < to; ) {
      const bytes = readSync(file, chunk, 0, Math.min(CHUNK, to - at), at)
      if (bytes === 0) return
      yield chunk.subarray(0, bytes)
      at += bytes
    }
  } finally {
    closeSync(file)
  }
}

/** The bytes of a long text of base64. */
class Base64Text implements Iterable<Uint8Array> {
  readonly #path: string
  readonly #from: number
  readonly #to: number

  constructor(path: string, from: number, to: number) {
    this.#path = path
    this.#from = from
    this.#to = to
  }

  *[Symbol.iterator](): Generator<Uint8Array> {
    let left = ''
    for (const chunk of chunksOf(this.#path, this.#from, this.#to)) {
      const text = left + chunk.toString('latin1')
      // The last four characters may be padded.
      const whole = Math.floor((text.length - 1) / 4) * 4
      yield decoded(text.slice(0, whole))
      left = text.slice(whole)
    }
    yield decoded(left)
  }
}

function decoded(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64')
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  if (text.length % 4 === 0 && bytes.length === (text.length / 4) * 3 - padding) return bytes
  throw new SyntaxError('A long text is not base64.')
}
