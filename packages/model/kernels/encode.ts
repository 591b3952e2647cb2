import { radixPass } from './radix'

/*
 * Codes of a column; the slow twin is src/encode.ts. The scratch, in this order and each part rounded up to 16 bytes:
 * f32 column[rows], f32 low[65,536], f32 high[65,536], u32 digits[2048], u64 keys[rows] twice.
 */

const MISSING: u16 = 0xffff

export let encodedMissing: bool = false
export let encodedExact: bool = false
export let encodedLow: usize = 0
export let encodedHigh: usize = 0

function after(at: usize, bytes: usize): usize {
  return (at + bytes + 15) & ~15
}

/** Bytes of the scratch. */
export function encodeBytes(rows: u32): usize {
  return after(after(0, <usize>rows << 2) + (2 << 18) + 8192, <usize>rows << 4) + 64
}

// A column is encoded in steps, between which the thread may be let go.
let digits: usize = 0
let keys: usize = 0
let spare: usize = 0
let count: u32 = 0

let codes: usize = 0

/** Starts on the column of numbers at `scratch`, whose codes go to u16 to[rows]. */
export function startColumn(scratch: usize, rows: u32, to: usize): void {
  codes = to
  encodedLow = after(scratch, <usize>rows << 2)
  encodedHigh = encodedLow + (1 << 18)
  digits = encodedHigh + (1 << 18)
  keys = digits + 8192
  spare = after(keys, <usize>rows << 3)
  count = loadKeys(scratch, rows, keys)
  encodedMissing = count < rows
}

/** Sorts by one digit of three: 0, then 1, then 2. */
export function sortColumn(digit: u32): void {
  const isOdd = digit == 1
  radixPass(isOdd ? spare : keys, isOdd ? keys : spare, count, digits, 32 + 11 * digit)
}

/** Writes the codes of the column once it is sorted, and answers their number. */
export function finishColumn(): u32 {
  let distinct: u32 = count > 0 ? 1 : 0
  for (let i: u32 = 1; i < count; i++) {
    const at = spare + (<usize>i << 3)
    distinct += <u32>(load<u32>(at, 4) != load<u32>(at - 8, 4))
  }
  const limit: u32 = encodedMissing ? 65535 : 65536
  encodedExact = distinct <= limit
  return encodedExact ? ranks(spare, count) : quantiles(spare, count, limit)
}

/** Keys that order as the values do << 32 | row; rows without a value get their code at once. */
function loadKeys(column: usize, rows: u32, keys: usize): u32 {
  let count: u32 = 0
  for (let row: u32 = 0; row < rows; row++) {
    const word = load<u32>(column + (<usize>row << 2))
    if ((word & 0x7fffffff) > 0x7f800000) {
      store<u16>(codes + (<usize>row << 1), MISSING)
    } else {
      // -0 and 0 are one value.
      const key = word == 0x80000000 ? word : word & 0x80000000 ? ~word : word | 0x80000000
      store<u64>(keys + (<usize>count << 3), (<u64>key << 32) | <u64>row)
      count++
    }
  }
  return count
}

function valueOf(key: u32): f32 {
  return reinterpret<f32>(key & 0x80000000 ? key ^ 0x80000000 : ~key)
}

function ranks(keys: usize, count: u32): u32 {
  let code: u32 = -1
  let last: u32 = 0
  for (let i: u32 = 0; i < count; i++) {
    const at = keys + (<usize>i << 3)
    const key = load<u32>(at, 4)
    if (i == 0 || key != last) {
      code++
      last = key
      store<f32>(encodedLow + (<usize>code << 2), valueOf(key))
    }
    store<u16>(codes + (<usize>load<u32>(at) << 1), <u16>code)
  }
  return code + 1
}

/** A code takes values until it holds its share of the rows that are left. */
function quantiles(keys: usize, count: u32, limit: u32): u32 {
  let code: u32 = -1
  let until: f64 = 0
  let last: u32 = 0
  for (let i: u32 = 0; i < count; i++) {
    const at = keys + (<usize>i << 3)
    const key = load<u32>(at, 4)
    if (i == 0 || key != last) {
      if (<f64>i >= until) {
        code++
        store<f32>(encodedLow + (<usize>code << 2), valueOf(key))
        until = <f64>i + <f64>(count - i) / <f64>(limit - code)
      }
      store<f32>(encodedHigh + (<usize>code << 2), valueOf(key))
      last = key
    }
    store<u16>(codes + (<usize>load<u32>(at) << 1), <u16>code)
  }
  return code + 1
}

/** Codes of the column of levels at `scratch`: the levels themselves. */
export function encodeLevels(scratch: usize, rows: u32, to: usize): void {
  encodedMissing = false
  for (let row: usize = 0; row < rows; row++) {
    const level = load<f32>(scratch + (row << 2))
    const isMissing = level != level
    encodedMissing = encodedMissing || isMissing
    store<u16>(to + (row << 1), isMissing ? MISSING : <u16>(<u32>level))
  }
}
