const ZERO = 48
const NINE = 57
const PLUS = 43
const MINUS = 45
const POINT = 46
const UPPER_E = 69
const LOWER_E = 101

// 10^0 .. 10^15, each exact in float64.
const POWERS = Array.from({ length: 16 }, (_, power) => 10 ** power)

/**
 * The value of a decimal number, NaN for any other text: an optional sign, digits with at most one point among or beside
 * them, an optional exponent. No hexadecimal, no separators, no infinity, and no leading zero (`01234` is a code). May be
 * infinite when the exponent is large.
 */
export function parseDecimal(text: string): number {
  const end = text.length
  let at = 0
  const sign = charAt(text, at, end)
  if (sign === PLUS || sign === MINUS) at++
  const start = at
  let mantissa = 0
  let char = charAt(text, at, end)
  while (char >= ZERO && char <= NINE) {
    mantissa = mantissa * 10 + (char - ZERO)
    char = charAt(text, ++at, end)
  }
  const whole = at - start
  if (whole > 1 && text.charCodeAt(start) === ZERO) return Number.NaN
  let fraction = 0
  if (char === POINT) {
    const point = at
    char = charAt(text, ++at, end)
    while (char >= ZERO && char <= NINE) {
      mantissa = mantissa * 10 + (char - ZERO)
      char = charAt(text, ++at, end)
    }
    fraction = at - point - 1
  }
  const digits = whole + fraction
  if (digits === 0) return Number.NaN
  // At most 15 digits: mantissa and power are exact, so one division rounds as Number(text) does.
  if (at === end && digits <= 15) {
    const value = mantissa / POWERS[fraction]
    return sign === MINUS ? -value : value
  }
  if (at < end) at = afterExponent(text, at, end)
  return at === end ? Number(text) : Number.NaN
}

/** The value of a number that is one by the user's word: as `parseDecimal`, and leading zeros are allowed. */
export function parseAskedDecimal(text: string): number {
  const value = parseDecimal(text)
  if (!Number.isNaN(value)) return value
  return LEADING_ZEROS.test(text) ? Number(text) : Number.NaN
}

/** Whether text is digits with a leading zero, as in a postal code. */
export function isCode(text: string): boolean {
  return CODE.test(text)
}

/** Whether text is an integer that float64 cannot hold exactly. `value` is its float64. */
export function isInexactInteger(text: string, value: number): boolean {
  if (Math.abs(value) < 2 ** 53 || !Number.isFinite(value) || !INTEGER.test(text)) return false
  return BigInt(text) !== BigInt(value)
}

/** The shortest decimal that rounds to the same float32: 5.1 for 5.099999904632568. */
export function shortestFloat32(value: number): number {
  for (let digits = 1; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return value
}

const CODE = /^[+-]?0\d+$/
const INTEGER = /^[+-]?\d+$/
const LEADING_ZEROS = /^[+-]?0+(\d+\.?\d*)(e[+-]?\d+)?$/i

function charAt(text: string, at: number, end: number): number {
  return at < end ? text.charCodeAt(at) : 0
}

/** Index after a well-formed exponent, or `at` when there is none. */
function afterExponent(text: string, at: number, end: number): number {
  const letter = text.charCodeAt(at)
  if (letter !== LOWER_E && letter !== UPPER_E) return at
  let next = at + 1
  const sign = charAt(text, next, end)
  if (sign === PLUS || sign === MINUS) next++
  const start = next
  let char = charAt(text, next, end)
  while (char >= ZERO && char <= NINE) char = charAt(text, ++next, end)
  return next > start ? next : at
}
