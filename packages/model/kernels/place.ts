/*
 * Puts columns that wait behind each other in their places row by row: `count` of them, each `apart` bytes from the next; `to` is the
 * place of the first in the first row, and rows are `stride` bytes long.
 */

/** Rows [first, end) of u16 codes. */
export function placeCodes(from: usize, apart: usize, count: u32, to: usize, stride: usize, first: u32, end: u32): void {
  let row = to + <usize>first * stride
  for (let i = <usize>first; i < end; i++, row += stride) {
    let at = from + (i << 1)
    for (let k: usize = 0; k < count; k++, at += apart) store<u16>(row + (k << 1), load<u16>(at))
  }
}

/** The first `rows` rows of f32 values; minus zero becomes zero. */
export function placeValues(from: usize, apart: usize, count: u32, to: usize, stride: usize, rows: u32): void {
  let row = to
  for (let i: usize = 0; i < rows; i++, row += stride) {
    let at = from + (i << 2)
    for (let k: usize = 0; k < count; k++, at += apart) store<f32>(row + (k << 2), load<f32>(at) + <f32>0)
  }
}
