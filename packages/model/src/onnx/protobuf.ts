/**
 * A piece of a protobuf message. Its size in bytes is known before anything is written, so that a message of any size
 * goes into one buffer made for it.
 */
export interface Part {
  readonly size: number
  write(out: Cursor): void
}

/** Hands each value of a list to `take`, in order; called once to measure and once to write. */
export type Each = (take: (value: number) => void) => void

// Wire types (protobuf.dev/programming-guides/encoding). A key is field number * 8 + wire type.
const VARINT = 0
const LENGTH_DELIMITED = 2

/** The bytes of a message that is not inside another. */
export function encodeMessage(parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(sizeOf(parts))
  const out = new Cursor(bytes)
  for (const part of parts) part.write(out)
  return bytes
}

export function sizeOf(parts: readonly Part[]): number {
  return parts.reduce((size, part) => size + part.size, 0)
}

/** An int32, int64 or enum field; `value` is an integer in 0..2^32-1. */
export function integer(field: number, value: number): Part {
  const key = field * 8 + VARINT
  return {
    size: varintSize(key) + varintSize(value),
    write(out) {
      out.varint(key)
      out.varint(value)
    },
  }
}

/** A string field, or bytes given as text. */
export function text(field: number, value: string): Part {
  return bytes(field, new TextEncoder().encode(value))
}

export function bytes(field: number, value: Uint8Array): Part {
  return delimited(field, value.length, (out) => out.bytes(value))
}

/** A field that is a message itself. */
export function message(field: number, parts: readonly Part[]): Part {
  return delimited(field, sizeOf(parts), (out) => {
    for (const part of parts) part.write(out)
  })
}

/** A packed list of integers in 0..2^32-1. */
export function integers(field: number, each: Each): Part {
  let size = 0
  each((value) => {
    size += varintSize(value)
  })
  return delimited(field, size, (out) => each((value) => out.varint(value)))
}

/** A packed list of `count` float32. */
export function floats(field: number, count: number, each: Each): Part {
  return delimited(field, count * 4, (out) => each((value) => out.float32(value)))
}

/** `count` float64 as the bytes of one field, little-endian. */
export function doubleBytes(field: number, count: number, each: Each): Part {
  return delimited(field, count * 8, (out) => each((value) => out.float64(value)))
}

/** A string field a value, each one of `choices`, by its index. */
export function texts(field: number, choices: readonly string[], each: Each): Part {
  const parts = choices.map((choice) => text(field, choice))
  let size = 0
  each((choice) => {
    size += parts[choice].size
  })
  return { size, write: (out) => each((choice) => parts[choice].write(out)) }
}

function delimited(field: number, size: number, content: (out: Cursor) => void): Part {
  const key = field * 8 + LENGTH_DELIMITED
  return {
    size: varintSize(key) + varintSize(size) + size,
    write(out) {
      out.varint(key)
      out.varint(size)
      content(out)
    },
  }
}

/** The sizes reach beyond 2^32 before a message is refused for its length, hence no shifts. */
function varintSize(value: number): number {
  let size = 1
  for (let rest = value; rest >= 128; rest /= 128) size++
  return size
}

/** A place in a buffer that is large enough for what is written. */
class Cursor {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  varint(value: number): void {
    let rest = value
    while (rest >= 128) {
      this.#bytes[this.#at++] = (rest & 127) | 128
      rest >>>= 7
    }
    this.#bytes[this.#at++] = rest
  }

  bytes(value: Uint8Array): void {
    this.#bytes.set(value, this.#at)
    this.#at += value.length
  }

  float32(value: number): void {
    this.#view.setFloat32(this.#at, value, true)
    this.#at += 4
  }

  float64(value: number): void {
    this.#view.setFloat64(this.#at, value, true)
    this.#at += 8
  }
}
