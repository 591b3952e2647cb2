/** Most bins of a node of n rows: about one for two or three rows. */
export function binsOf(n: u32): u32 {
  return min<u32>(256, max<u32>(16, 1 << (31 - clz((n * 2) / 5))))
}

/** The smallest shift that gives at most `bins` bins to the codes of a bound (lowest, highest << 16). */
export function shiftOf(bound: u32, bins: u32): u32 {
  const span = (bound >> 16) - (bound & 0xffff)
  return span < bins ? 0 : 32 - clz(span / bins)
}
