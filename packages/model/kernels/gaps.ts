import { pick4 } from './lanes'
import { bounds, codes, hasMissing, histogram, MISSING } from './state'

/*
 * Columns that lack values, in large nodes: a histogram has one more bin for what lacks a value, and is scanned once with it
 * on the right and once with it on the left.
 */

/** The bin of missing values, behind the others. */
export const GONE: usize = 256

/** Fills the histogram of two classes as lookBig in two.ts does. */
export function fillWithGaps(
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
  light: bool,
): void {
  const at0 = codes + (<usize>f0 << 1)
  const at1 = codes + (<usize>f1 << 1)
  const at2 = codes + (<usize>f2 << 1)
  const at3 = codes + (<usize>f3 << 1)
  const lo0 = <u32>load<u16>(bounds + (<usize>f0 << 2))
  const lo1 = <u32>load<u16>(bounds + (<usize>f1 << 2))
  const lo2 = <u32>load<u16>(bounds + (<usize>f2 << 2))
  const lo3 = <u32>load<u16>(bounds + (<usize>f3 << 2))
  const g0 = goneCode(f0)
  const g1 = goneCode(f1)
  const g2 = goneCode(f2)
  const g3 = goneCode(f3)
  const h = histogram
  if (light) {
    memory.fill(h, 0, <usize>used << 4)
    v128.store(h + (GONE << 4), i32x4.splat(0))
    for (let p = first; p < end; p += 8) {
      const row = load<u32>(p)
      const pay = load<u32>(p, 4)
      const a = h + (binOf(load<u16>(at0 + row), lo0, s0, g0) << 4)
      const b = h + (binOf(load<u16>(at1 + row), lo1, s1, g1) << 4)
      const c = h + (binOf(load<u16>(at2 + row), lo2, s2, g2) << 4)
      const d = h + (binOf(load<u16>(at3 + row), lo3, s3, g3) << 4)
      store<u32>(a, load<u32>(a) + pay)
      store<u32>(b, load<u32>(b, 4) + pay, 4)
      store<u32>(c, load<u32>(c, 8) + pay, 8)
      store<u32>(d, load<u32>(d, 12) + pay, 12)
    }
    return
  }
  memory.fill(h, 0, <usize>used << 5)
  memory.fill(h + (GONE << 5), 0, 32)
  for (let p = first; p < end; p += 8) {
    const row = load<u32>(p)
    const both = load<u32>(p, 4)
    const pay = <u64>(both & 0xffff) | (<u64>(both >> 16) << 32)
    const a = h + (binOf(load<u16>(at0 + row), lo0, s0, g0) << 5)
    const b = h + (binOf(load<u16>(at1 + row), lo1, s1, g1) << 5)
    const c = h + (binOf(load<u16>(at2 + row), lo2, s2, g2) << 5)
    const d = h + (binOf(load<u16>(at3 + row), lo3, s3, g3) << 5)
    store<u64>(a, load<u64>(a) + pay)
    store<u64>(b, load<u64>(b, 8) + pay, 8)
    store<u64>(c, load<u64>(c, 16) + pay, 16)
    store<u64>(d, load<u64>(d, 24) + pay, 24)
  }
}

/** The code of a missing value, or one that no value has. */
export function goneCode(feature: u32): u32 {
  return hasMissing(feature) ? MISSING : 0x10000
}

export function binOf(code: u32, low: u32, shift: u32, gone: u32): usize {
  return code == gone ? GONE : <usize>((code - low) >> shift)
}

/** Of four features those that lack no value, the last of them repeated. */
export let whole0: u32 = 0
export let whole1: u32 = 0
export let whole2: u32 = 0
export let whole3: u32 = 0

/** Finds `whole0` to `whole3` among four features, a short group of which repeats its last; false when there is none. */
export function findWhole(f0: u32, f1: u32, f2: u32, f3: u32): bool {
  let count: u32 = 0
  for (let lane: u32 = 0; lane < 4; lane++) {
    const f = pick4(lane, f0, f1, f2, f3)
    if (hasMissing(f) || (lane > 0 && f == pick4(lane - 1, f0, f1, f2, f3))) continue
    if (count == 0) whole0 = f
    if (count <= 1) whole1 = f
    if (count <= 2) whole2 = f
    whole3 = f
    count++
  }
  return count > 0
}
