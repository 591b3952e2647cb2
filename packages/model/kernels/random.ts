/** PCG32 (XSH RR 64/32, O'Neill 2014): one stream a tree. */
let state: u64 = 0
let increment: u64 = 1

export function seedRandom(initial: u64, stream: u64): void {
  state = initial
  increment = stream
}

export function nextUint32(): u32 {
  const old = state
  state = old * 6364136223846793005 + increment
  return rotr(<u32>(((old >> 18) ^ old) >> 27), <u32>(old >> 59))
}

/** Uniform in 0..bound-1 (exclusive end), the high word of one product. */
export function nextBelow(bound: u32): u32 {
  return <u32>((<u64>nextUint32() * <u64>bound) >> 32)
}

/** Uniform in [0, 1) with 24 bits, exact in float32. */
export function nextUnit(): f32 {
  return <f32>(nextUint32() >> 8) * <f32>(1.0 / 16777216.0)
}

/**
 * Marks bootstrap draws: adds one to `counts` (u8[rows], zeroed here) at each of `draws` rows.
 * A row is never drawn 256 times: with as many draws as rows the chance is below 1e-500.
 */
export function drawRows(counts: usize, rows: u32, draws: u32): void {
  memory.fill(counts, 0, rows)
  let s = state
  const add = increment
  const bound = <u64>rows
  for (let i: u32 = 0; i < draws; i++) {
    const r = rotr(<u32>(((s >> 18) ^ s) >> 27), <u32>(s >> 59))
    s = s * 6364136223846793005 + add
    const at = counts + <usize>((<u64>r * bound) >> 32)
    store<u8>(at, load<u8>(at) + 1)
  }
  state = s
}
