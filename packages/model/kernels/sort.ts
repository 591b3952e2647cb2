import { digits, sortKeys, sortSpare, sortWide, sortWideSpare } from './state'

/**
 * Sorts `count` u32 keys in sortKeys by their upper half, which is <= span; stable. Answers where they ended up.
 */
export function sortByCode(count: u32, span: u32): usize {
  const keys = sortKeys
  if (count <= 40) {
    const end = keys + (<usize>count << 2)
    for (let p = keys + 4; p < end; p += 4) {
      const key = load<u32>(p)
      const code = key & 0xffff0000
      let q = p
      while (q > keys && (load<u32>(q - 4) & 0xffff0000) > code) {
        store<u32>(q, load<u32>(q - 4))
        q -= 4
      }
      store<u32>(q, key)
    }
    return keys
  }
  radixPass(keys, sortSpare, count, 16)
  if (span < 256) return sortSpare
  radixPass(sortSpare, keys, count, 24)
  return keys
}

function radixPass(from: usize, to: usize, count: u32, shift: u32): void {
  const end = from + (<usize>count << 2)
  memory.fill(digits, 0, 1024)
  for (let p = from; p < end; p += 4) {
    const at = digits + (<usize>((load<u32>(p) >> shift) & 0xff) << 2)
    store<u32>(at, load<u32>(at) + 1)
  }
  let sum = <u32>to
  for (let at = digits; at < digits + 1024; at += 4) {
    const size = load<u32>(at)
    store<u32>(at, sum)
    sum += size << 2
  }
  for (let p = from; p < end; p += 4) {
    const key = load<u32>(p)
    const at = digits + (<usize>((key >> shift) & 0xff) << 2)
    const out = load<u32>(at)
    store<u32>(out, key)
    store<u32>(at, out + 4)
  }
}

/** Sorts `count` u64 keys in sortWide by their upper half, which is <= span; stable. Answers where they ended up. */
export function sortWideByCode(count: u32, span: u32): usize {
  if (count <= 40) {
    insertWide(sortWide, sortWide + (<usize>count << 3))
    return sortWide
  }
  wideRadixPass(sortWide, sortWideSpare, count, 32)
  if (span < 256) return sortWideSpare
  wideRadixPass(sortWideSpare, sortWide, count, 40)
  return sortWide
}

function insertWide(keys: usize, end: usize): void {
  for (let p = keys + 8; p < end; p += 8) {
    const key = load<u64>(p)
    const code = <u32>(key >> 32)
    let q = p
    while (q > keys && load<u32>(q - 8, 4) > code) {
      store<u64>(q, load<u64>(q - 8))
      q -= 8
    }
    store<u64>(q, key)
  }
}

function wideRadixPass(from: usize, to: usize, count: u32, shift: u64): void {
  const end = from + (<usize>count << 3)
  memory.fill(digits, 0, 1024)
  for (let p = from; p < end; p += 8) {
    const at = digits + (<usize>((load<u64>(p) >> shift) & 0xff) << 2)
    store<u32>(at, load<u32>(at) + 1)
  }
  let sum = <u32>to
  for (let at = digits; at < digits + 1024; at += 4) {
    const size = load<u32>(at)
    store<u32>(at, sum)
    sum += size << 3
  }
  for (let p = from; p < end; p += 8) {
    const key = load<u64>(p)
    const at = digits + (<usize>((key >> shift) & 0xff) << 2)
    const out = load<u32>(at)
    store<u64>(out, key)
    store<u32>(at, out + 8)
  }
}
