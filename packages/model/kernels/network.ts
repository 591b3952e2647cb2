/** Nodes of at most this many rows are sorted by a network, four features at a time. */
export const NETWORK_ROWS: i32 = 32

/** Bytes of the comparator lists for 2..32 keys: u32 start[34], then u16 pairs of byte offsets. */
export const NETWORK_BYTES: usize = 16384

let lists: usize = 0

/** Batcher's merge exchange (Knuth, TAOCP 3, 5.2.2 M) for every length, as byte offsets into rows of 16 bytes. */
export function buildNetworks(at: usize): void {
  lists = at
  let out = at + 34 * 4
  for (let n = 2; n <= NETWORK_ROWS; n++) {
    store<u32>(at + (<usize>n << 2), <u32>(out - at))
    const top = 1 << (31 - clz(n - 1))
    let p = top
    while (p > 0) {
      let q = top
      let r = 0
      let d = p
      while (true) {
        for (let i = 0; i < n - d; i++) {
          if ((i & p) == r) {
            store<u32>(out, (<u32>i << 4) | ((<u32>(i + d) << 4) << 16))
            out += 4
          }
        }
        if (q == p) break
        d = q - p
        q >>= 1
        r = p
      }
      p >>= 1
    }
  }
  store<u32>(at + (33 << 2), <u32>(out - at))
}

/** Sorts four columns of n unsigned keys, `rows` = [n][4] u32, each on its own. */
export function sortColumns(rows: usize, n: i32): void {
  let pair = lists + load<u32>(lists + (<usize>n << 2))
  const end = lists + load<u32>(lists + (<usize>n << 2), 4)
  for (; pair < end; pair += 4) {
    const both = load<u32>(pair)
    const low = rows + (both & 0xffff)
    const high = rows + (both >> 16)
    const a = v128.load(low)
    const b = v128.load(high)
    v128.store(low, i32x4.min_u(a, b))
    v128.store(high, i32x4.max_u(a, b))
  }
}
