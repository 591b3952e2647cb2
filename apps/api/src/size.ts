const UNIT_BYTES = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 }

/** A number of bytes with its unit: `64MiB`, `1.5GiB`; `0` needs none. */
export const SIZE = '^(0|\\d{1,6}(\\.\\d{1,6})?(KiB|MiB|GiB|TiB))$'

/** Bytes of a text that matches SIZE. */
export function sizeBytes(text: string): number {
  if (text === '0') return 0
  return Math.round(Number(text.slice(0, -3)) * UNIT_BYTES[text.slice(-3) as keyof typeof UNIT_BYTES])
}
