/** Fields of a protobuf message in order: number, and a bigint (varint), or bytes (length-delimited). */
export type Fields = readonly (readonly [field: number, value: bigint | Uint8Array])[]

/** Reads any message; written from the encoding's description, sharing nothing with the writer. */
export function decode(bytes: Uint8Array): Fields {
  const fields: [number, bigint | Uint8Array][] = []
  let at = 0
  while (at < bytes.length) {
    const key = Number(varint())
    if ((key & 7) === 0) fields.push([key >> 3, varint()])
    else if ((key & 7) === 2) {
      const length = Number(varint())
      if (at + length > bytes.length) throw new Error(`field ${key >> 3} ends after its message`)
      fields.push([key >> 3, bytes.subarray(at, at + length)])
      at += length
    } else throw new Error(`wire type ${key & 7} at ${at}`)
  }
  return fields

  function varint(): bigint {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = BigInt(bytes[at++])
      value |= (byte & 127n) << shift
      if (byte < 128n) return value
    }
  }
}

export function messages(fields: Fields, field: number): Fields[] {
  return all(fields, field).map((value) => decode(value as Uint8Array))
}

export function strings(fields: Fields, field: number): string[] {
  return all(fields, field).map((value) => Buffer.from(value as Uint8Array).toString('utf8'))
}

export function numbers(fields: Fields, field: number): number[] {
  return all(fields, field).map(Number)
}

/** Attributes of a node by name: a number, a list, or the fields of a tensor. */
export function attributes(node: Fields): Record<string, number | number[] | string[] | Fields> {
  return Object.fromEntries(
    messages(node, 5).map((attribute) => {
      const [type] = numbers(attribute, 20)
      const packed = (field: number) => all(attribute, field)[0] as Uint8Array
      const value = {
        2: () => numbers(attribute, 3)[0],
        4: () => messages(attribute, 5)[0],
        6: () => floats(packed(7)),
        7: () => unpack(packed(8)),
        8: () => strings(attribute, 9),
      }[type]!()
      return [strings(attribute, 1)[0], value]
    }),
  )
}

function floats(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(i * 4, true))
}

export function doubles(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(i * 8, true))
}

function unpack(bytes: Uint8Array): number[] {
  const values: number[] = []
  let value = 0
  let factor = 1
  for (const byte of bytes) {
    value += (byte & 127) * factor
    factor *= 128
    if (byte >= 128) continue
    values.push(value)
    value = 0
    factor = 1
  }
  return values
}

function all(fields: Fields, field: number): (bigint | Uint8Array)[] {
  return fields.filter(([number]) => number === field).map(([, value]) => value)
}
