import { binsOfCodes, gatherCodes, goneCodes, lowCodes, scalesOf } from './gaps'
import { cellOf, lastPlace, placeOf, sizeOf } from './kinds'
import { codes, histogram } from './state'
import { CELL, EXTREMES, GONE } from './values-refine'

/** Fills the histogram, and the extremes of its bins where they are wanted, as lookBig does. */
export function fillWithGaps<T>(
  f0: u32,
  f1: u32,
  f2: u32,
  f3: u32,
  s0: u32,
  s1: u32,
  s2: u32,
  s3: u32,
  used: u32,
  first: usize,
  end: usize,
  refined: bool,
): void {
  const at0 = codes + (<usize>f0 << 1)
  const at1 = codes + (<usize>f1 << 1)
  const at2 = codes + (<usize>f2 << 1)
  const at3 = codes + (<usize>f3 << 1)
  const lows = lowCodes(f0, f1, f2, f3)
  const scales = scalesOf(s0, s1, s2, s3)
  const lacking = goneCodes(f0, f1, f2, f3)
  const gone = i32x4.splat(GONE)
  const h = histogram
  const full = f3 != f2
  memory.fill(h + (GONE << CELL), 0, 1 << CELL)
  if (!refined) {
    for (let p = first; p < end; p += sizeOf<T>()) {
      const bins = binsOfCodes(gatherCodes(at0, at1, at2, at3, load<u32>(p)), lows, scales, lacking, gone)
      addCells(h, i32x4.shl(bins, CELL), cellOf<T>(p), full)
    }
    return
  }
  const extremes = h + EXTREMES
  memory.fill(extremes, 0, <usize>used << 5)
  for (let p = first; p < end; p += sizeOf<T>()) {
    const place = placeOf<T>(p)
    const ends = i32x4.replace_lane(i32x4.splat(place), 1, lastPlace<T>() - place)
    const bins = binsOfCodes(gatherCodes(at0, at1, at2, at3, load<u32>(p)), lows, scales, lacking, gone)
    addCells(h, i32x4.shl(bins, CELL), cellOf<T>(p), full)
    const at = i32x4.shl(bins, 5)
    const a = extremes + <usize>i32x4.extract_lane(at, 0)
    const b = extremes + <usize>i32x4.extract_lane(at, 1)
    const c = extremes + <usize>i32x4.extract_lane(at, 2)
    v128.store_lane<u64>(a, i32x4.max_u(v128.load64_zero(a), ends), 0)
    v128.store_lane<u64>(b, i32x4.max_u(v128.load64_zero(b, 8), ends), 0, 8)
    v128.store_lane<u64>(c, i32x4.max_u(v128.load64_zero(c, 16), ends), 0, 16)
    if (full) {
      const d = extremes + <usize>i32x4.extract_lane(at, 3)
      v128.store_lane<u64>(d, i32x4.max_u(v128.load64_zero(d, 24), ends), 0, 24)
    }
  }
}

/** Adds a sample to its bins of four lanes; without a fourth feature that lane stays empty, and 0/0 beats nothing. */
function addCells(h: usize, at: v128, cell: v128, full: bool): void {
  const a = h + <usize>i32x4.extract_lane(at, 0)
  const b = h + <usize>i32x4.extract_lane(at, 1)
  const c = h + <usize>i32x4.extract_lane(at, 2)
  v128.store(a, f64x2.add(v128.load(a), cell))
  v128.store(b, f64x2.add(v128.load(b, 16), cell), 16)
  v128.store(c, f64x2.add(v128.load(c, 32), cell), 32)
  if (full) {
    const d = h + <usize>i32x4.extract_lane(at, 3)
    v128.store(d, f64x2.add(v128.load(d, 48), cell), 48)
  }
}
