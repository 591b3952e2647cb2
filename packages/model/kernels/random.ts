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

/** Uniform in 0..bound - 1 without bias (Lemire 2019, arXiv:1805.10941). */
export function nextBelow(bound: u32): u32 {
  while (true) {
    const product = <u64>nextUint32() * <u64>bound
    const low = <u32>product
    if (low >= bound || low >= <u32>(-bound) % bound) return <u32>(product >> 32)
  }
}

/** Uniform in [0, 1) with 32 bits. */
export function nextShare(): f64 {
  return <f64>nextUint32() * (1.0 / 4294967296.0)
}

/** Adds one to `counts` (u8[rows], zeroed here) at each of `draws` rows; false when a row is drawn 256 times. */
export function drawRows(counts: usize, rows: u32, draws: u32): bool {
  memory.fill(counts, 0, rows)
  let s = state
  const add = increment
  const bound = <u64>rows
  const least = <u32>(-rows) % rows
  let over: u32 = 0
  for (let i: u32 = 0; i < draws; i++) {
    let product: u64
    do {
      const word = rotr(<u32>(((s >> 18) ^ s) >> 27), <u32>(s >> 59))
      s = s * 6364136223846793005 + add
      product = <u64>word * bound
    } while (<u32>product < least)
    const at = counts + <usize>(product >> 32)
    const count = <u32>load<u8>(at) + 1
    over |= count
    store<u8>(at, <u8>count)
  }
  state = s
  return over < 256
}
