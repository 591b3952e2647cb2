/**
 * JSON written straight into bytes: each function puts a value at `at`, without a look at the end of the array, and
 * returns where the next one goes. A line made so costs a quarter of one added up from strings.
 */

/** Bytes that a number takes at most, as -0.0000012345678901234567 does. */
export const MOST_NUMBER = 25

/** Bytes that a text takes at most: quotes, and six for a unit that is escaped. */
export function mostText(text: string): number {
  return 2 + 6 * text.length
}

/** Copies bytes that are JSON already. */
export function putBytes(bytes: Uint8Array, at: number, source: Uint8Array): number {
  const { length } = source
  // `set` calls into the runtime, which few bytes do not repay.
  if (length > 16) bytes.set(source, at)
  else for (let i = 0; i < length; i++) bytes[at + i] = source[i]
  return at + length
}

/** A string with its quotes. */
export function putText(bytes: Uint8Array, at: number, text: string): number {
  bytes[at] = QUOTE
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x20 || unit > 0x7e || unit === QUOTE || unit === BACKSLASH) return putEscaped(bytes, at, text)
    bytes[at + 1 + i] = unit
  }
  bytes[at + 1 + text.length] = QUOTE
  return at + 2 + text.length
}

/** A finite number, so that it is read as the same double; -0 is 0, as in JSON.stringify. */
export function putDouble(bytes: Uint8Array, at: number, value: number): number {
  const size = Math.abs(value)
  if ((size | 0) === size) return putDecimal(bytes, putSign(bytes, at, value), size, 0)
  if (size < MOST_MILLIONTHS) {
    const scaled = nearest(size * 1e6)
    if (scaled / 1e6 === size) return putDecimal(bytes, putSign(bytes, at, value), scaled, 6)
  }
  return putAscii(bytes, at, String(value))
}

/** A finite number, so that what is read is the same when it is rounded to float32: 5.1 and not 5.099999904632568. */
export function putFloat(bytes: Uint8Array, at: number, value: number): number {
  const size = Math.abs(value)
  if ((size | 0) === size) return putDecimal(bytes, putSign(bytes, at, value), size, 0)
  if (size >= LEAST_SIGNIFICANT && size < MOST_SIGNIFICANT) {
    return putSignificant(bytes, putSign(bytes, at, value), size)
  }
  return putAscii(bytes, at, String(value))
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const MINUS = 0x2d
const DOT = 0x2e
const ZERO = 0x30

/** Below, the millionths of a number have 31 bits. */
const MOST_MILLIONTHS = 2000
/** Nine significant digits take at most twelve decimals from here on, and seven at least none below. */
const LEAST_SIGNIFICANT = 1e-3
const MOST_SIGNIFICANT = 1e7
const POWERS = Array.from({ length: 13 }, (_, exponent) => 10 ** exponent)

const encoder = new TextEncoder()

/** Below 2^31; what `Math.round` does, without its questions. */
function nearest(value: number): number {
  return (value + 0.5) | 0
}

function putSign(bytes: Uint8Array, at: number, value: number): number {
  if (value >= 0) return at
  bytes[at] = MINUS
  return at + 1
}

/** Nine significant digits tell every float32 from its neighbours (IEEE 754, 5.12.2); most need fewer. */
function putSignificant(bytes: Uint8Array, at: number, size: number): number {
  // Digits before the point; below 1, minus the zeros after it.
  let whole = 0
  if (size >= 1) while (size >= POWERS[whole]) whole++
  else while (size * POWERS[1 - whole] < 1) whole--
  for (let decimals = 7 - whole; ; decimals++) {
    const scaled = nearest(size * POWERS[decimals])
    if (Math.fround(scaled / POWERS[decimals]) === size || decimals === 9 - whole) {
      return putDecimal(bytes, at, scaled, decimals)
    }
  }
}

/** `scaled` / 10^`decimals`, `scaled` below 2^31, without zeros at its end. */
function putDecimal(bytes: Uint8Array, at: number, scaled: number, decimals: number): number {
  let digits = scaled
  let places = decimals
  if (digits === 0) {
    bytes[at] = ZERO
    return at + 1
  }
  while (places > 0 && digits % 10 === 0) {
    digits = (digits / 10) | 0
    places--
  }
  let count = places + 1
  while (count < 10 && digits >= POWERS[count]) count++
  const end = at + count + (places > 0 ? 1 : 0)
  let place = end
  for (; places > 0; places--) {
    const rest = (digits / 10) | 0
    bytes[--place] = ZERO + digits - 10 * rest
    digits = rest
  }
  if (place < end) bytes[--place] = DOT
  while (place > at) {
    const rest = (digits / 10) | 0
    bytes[--place] = ZERO + digits - 10 * rest
    digits = rest
  }
  return end
}

function putAscii(bytes: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i)
  return at + text.length
}

/** Well-formed UTF-8 also of a lone surrogate, which JSON.stringify escapes. */
function putEscaped(bytes: Uint8Array, at: number, text: string): number {
  return at + encoder.encodeInto(JSON.stringify(text), bytes.subarray(at)).written
}
