/*
 * The sections of a forest file that lies in memory, and how their elements are read. Three words a section, by id - 1,
 * stand at TABLE: address (0 = absent), elements, element type (1 u8, 2 u16, 3 u32, 4 f32, 5 f64).
 */

const TABLE: usize = 128

export const TREE_START = 1
export const SHAPE = 2
export const FEATURE = 3
export const THRESHOLD = 4
export const THRESHOLD_INDEX = 5
export const THRESHOLD_START = 6
export const MISSING_LEFT = 7
export const SUBSETS = 8
export const LEAF_ENTRIES = 9
export const LEAF_CLASS = 10
export const LEAF_COUNT = 11
export const LEAF_SHARE = 12
export const LEAF_ROWS = 13
export const LEAF_ROWS_MANY = 14
export const SHORT_SUBSETS = 15

export function addressOf(section: u32): usize {
  return load<u32>(TABLE + <usize>section * 12)
}

export function lengthOf(section: u32): u32 {
  return load<u32>(TABLE + <usize>section * 12, 4)
}

export function typeOf(section: u32): u32 {
  return load<u32>(TABLE + <usize>section * 12, 8)
}

/** An element of a section of whole numbers. */
export function element(address: usize, type: u32, index: u32): u32 {
  if (type == 1) return load<u8>(address + index)
  if (type == 2) return load<u16>(address + ((<usize>index) << 1))
  return load<u32>(address + ((<usize>index) << 2))
}

export function isSet(bits: usize, index: u32): u32 {
  return (<u32>load<u8>(bits + (index >>> 3)) >>> (index & 7)) & 1
}

/** First node of a tree; of the one behind the last, the number of nodes. */
export function firstNode(tree: u32): u32 {
  return load<u32>(addressOf(TREE_START) + ((<usize>tree) << 2))
}

/** First leaf of a tree: half of the nodes before it are leaves, and one more a tree. */
export function firstLeafNumber(tree: u32): u32 {
  return (firstNode(tree) + tree) >>> 1
}
