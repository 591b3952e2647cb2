/** Sorts `count` u64 keys by 11 bits from `shift` on; stable. `digits` is u32[2048]. */
export function radixPass(from: usize, to: usize, count: u32, digits: usize, shift: u64): void {
  const end = from + (<usize>count << 3)
  memory.fill(digits, 0, 8192)
  for (let p = from; p < end; p += 8) {
    const at = digits + (<usize>((load<u64>(p) >> shift) & 2047) << 2)
    store<u32>(at, load<u32>(at) + 1)
  }
  let sum = <u32>to
  for (let at = digits; at < digits + 8192; at += 4) {
    const size = load<u32>(at)
    store<u32>(at, sum)
    sum += size << 3
  }
  for (let p = from; p < end; p += 8) {
    const key = load<u64>(p)
    const at = digits + (<usize>((key >> shift) & 2047) << 2)
    const out = load<u32>(at)
    store<u64>(out, key)
    store<u32>(at, out + 8)
  }
}
