import { codes, copiesRows, NEAR_BYTES, NEAREST_BYTES, nearestRows, nearRows, rowBytes } from './state'

/*
 * A subtree looks at the same few rows again and again. When they first fit a cache, they are copied next to each other and its
 * samples, which nobody else looks at any more, are pointed to the copies; and once more for the smaller cache. Depth
 * first, one subtree of a size is grown at a time, so one buffer of each size is enough.
 */

let bytes: usize = 0
/** Most rows of a copied subtree; 0 copies none. */
let near: u32 = 0
let nearest: u32 = 0
/** Offsets from where on a sample points into a buffer. */
let nearFrom: u32 = 0
let nearestFrom: u32 = 0

/** Fewer rows are not worth a copy. */
const LEAST_ROWS: u32 = 16

export function startNear(): void {
  bytes = rowBytes()
  nearest = copiesRows(NEAREST_BYTES) ? <u32>(NEAREST_BYTES / bytes) : 0
  near = copiesRows(NEAR_BYTES) ? <u32>(NEAR_BYTES / bytes) : nearest
  nearFrom = <u32>(nearRows - codes)
  nearestFrom = <u32>(nearestRows - codes)
}

/** Copies the rows of a node of n samples of `size` bytes where that pays. */
export function bringNear(first: usize, end: usize, n: u32, size: usize): void {
  if (n > near || n < LEAST_ROWS) return
  const at = load<u32>(first)
  if (n <= nearest) {
    if (at < nearestFrom) copyRows(first, end, nearestRows, size)
  } else if (at < nearFrom) {
    copyRows(first, end, nearRows, size)
  }
}

function copyRows(first: usize, end: usize, to: usize, size: usize): void {
  let out = to
  for (let p = first; p < end; p += size) {
    const row = codes + load<u32>(p)
    for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, v128.load(row + i))
    store<u32>(p, <u32>(out - codes))
    out += bytes
  }
}
