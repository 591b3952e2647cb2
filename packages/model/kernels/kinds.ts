/*
 * Kinds of samples; what serves several kinds is compiled for each. All begin with the u32 byte offset of the row's codes.
 *
 *   Labelled   8 bytes: u32 payload of class and weight, see two.ts and many.ts
 *   Valued    16 bytes: u32 weight << 24 | place, f64 weight * value
 *   Weighed   24 bytes: u32 place (or class), f64 weight, f64 weight * value
 *
 * A place tells where in the range of values one lies, rounded down. Weights and products are whole numbers.
 */

export class Labelled {
  sample: u64 = 0
}

export class Valued {
  sample: u64 = 0
  product: f64 = 0
}

export class Weighed {
  sample: u64 = 0
  weight: f64 = 0
  product: f64 = 0
}

/** Bytes of a sample. */
export function sizeOf<T>(): usize {
  return offsetof<T>()
}

/** Copies a sample to two places. */
export function copyTwice<T>(from: usize, to: usize, other: usize): void {
  if (offsetof<T>() == 8) {
    const sample = load<u64>(from)
    store<u64>(to, sample)
    store<u64>(other, sample)
  } else {
    const sample = v128.load(from)
    v128.store(to, sample)
    v128.store(other, sample)
    if (offsetof<T>() == 24) {
      const product = load<u64>(from, 16)
      store<u64>(to, product, 16)
      store<u64>(other, product, 16)
    }
  }
}

/** Places of a kind are 0..lastPlace. */
export function lastPlace<T>(): u32 {
  return offsetof<T>() == 24 ? 0xffffffff : 0xffffff
}

export function placeOf<T>(sample: usize): u32 {
  return offsetof<T>() == 24 ? load<u32>(sample, 4) : load<u32>(sample, 4) & 0xffffff
}

export function weightOf<T>(sample: usize): f64 {
  return offsetof<T>() == 24 ? load<f64>(sample, 8) : <f64>(load<u32>(sample, 4) >> 24)
}

export function productOf<T>(sample: usize): f64 {
  return load<f64>(sample + offsetof<T>() - 8)
}

/** Weight and product, as they are summed up. */
export function cellOf<T>(sample: usize): v128 {
  if (offsetof<T>() == 24) return v128.load(sample, 8)
  return f64x2.replace_lane(v128.load(sample), 0, <f64>(load<u32>(sample, 4) >> 24))
}
