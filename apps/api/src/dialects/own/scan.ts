const COMMA = 0x2c
const MINUS = 0x2d
const POINT = 0x2e
const ZERO = 0x30
const OPEN = 0x5b
const CLOSE = 0x5d
const END = 0x7d
const SPACE = 0x20

const HEAD = Buffer.from('{"features":')

/** 10^0 to 10^22: every power of ten that is a float64 without rounding. */
const POWERS = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent)
/** So many digits are a whole number below 2^53. */
const MAX_DIGITS = 15

/**
 * Reads `{"features":[5.1,3.5,1.4,0.2]}`, one row of plain decimals, into `row`; answers false, with `row` in any state,
 * when the body is anything else that JSON allows, or not JSON: who calls it then reads the body in the general way.
 *
 * A decimal is `-`, digits, `.`, digits: at most 15 in all. The whole number that they make and the power of ten that
 * divides it are both exact in float64, so their quotient is the float64 nearest to the decimal, as JSON.parse gives it
 * (W. D. Clinger, How to Read Floating Point Numbers Accurately, 1990). JSON.parse costs five times as much.
 */
export function scanRow(body: Uint8Array, row: Float32Array): boolean {
  const { length } = body
  let at = 0
  for (; at < HEAD.length; at++) if (body[at] !== HEAD[at]) return false
  if (body[at] === SPACE) at++
  if (body[at++] !== OPEN) return false
  const last = row.length - 1
  for (let f = 0; f <= last; f++) {
    if (f > 0 && body[at] === SPACE) at++
    const negative = body[at] === MINUS
    if (negative) at++
    const start = at
    let point = -1
    let digits = 0
    for (; at < length; at++) {
      const digit = body[at]! - ZERO
      if (digit >= 0 && digit <= 9) digits = digits * 10 + digit
      else if (body[at] === POINT && point < 0) point = at
      else break
    }
    const places = point < 0 ? 0 : at - point - 1
    const whole = (point < 0 ? at : point) - start
    // JSON has a digit on each side of the point, and no zero before others.
    if (whole === 0 || (point >= 0 && places === 0) || whole + places > MAX_DIGITS) return false
    if (whole > 1 && body[start] === ZERO) return false
    const value = digits / POWERS[places]!
    row[f] = negative ? -value : value
    if (body[at++] !== (f === last ? CLOSE : COMMA)) return false
  }
  return body[at] === END && at === length - 1
}
