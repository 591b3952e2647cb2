/** The datatypes of tensors that are read; the protocol's others have no meaning for a forest. */
export type Datatype = keyof typeof DATATYPES

interface Kind {
  /** Bytes of an element in binary form; undefined where they differ. */
  readonly bytes: number | undefined
  /** Integers have a range, both ends included. */
  readonly range?: readonly [min: number, max: number]
}

export const DATATYPES = {
  UINT8: { bytes: 1, range: [0, 0xff] },
  UINT16: { bytes: 2, range: [0, 0xffff] },
  UINT32: { bytes: 4, range: [0, 0xffff_ffff] },
  // The largest of 64 bits round up to 2^64 and 2^63 in a float64, and features are float32.
  UINT64: { bytes: 8, range: [0, 2 ** 64] },
  INT8: { bytes: 1, range: [-0x80, 0x7f] },
  INT16: { bytes: 2, range: [-0x8000, 0x7fff] },
  INT32: { bytes: 4, range: [-0x8000_0000, 0x7fff_ffff] },
  INT64: { bytes: 8, range: [-(2 ** 63), 2 ** 63] },
  FP32: { bytes: 4 },
  FP64: { bytes: 8 },
  BYTES: { bytes: undefined },
} as const satisfies Record<string, Kind>

export function isDatatype(value: unknown): value is Datatype {
  return typeof value === 'string' && Object.hasOwn(DATATYPES, value)
}

/** Range of an integer datatype, undefined of any other. */
export function rangeOf(datatype: Datatype): readonly [min: number, max: number] | undefined {
  return (DATATYPES[datatype] as Kind).range
}
