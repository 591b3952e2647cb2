import {
  classes,
  columnFeature,
  columnRole,
  columns,
  ends,
  entryClass,
  entryStart,
  features,
  firstLeaf,
  layout,
  roots,
  row,
  shares,
  subsets,
  sum,
  trees,
  WIDE,
} from './forest'

/*
 * Answers rows with a forest: walks them down the trees and sums what the leaves say. docs/inference.md draws the memory.
 *
 * A row is walked as keys: integers in the order of the values, in tiles of eight rows, column by column, so that
 * column c of lane i stands at tile + 32 c + 4 i. A column is a feature in one of three roles (see `fillTiles`), so that
 * every node asks the same question: is the key at most the node's?
 */

/** Address of the tile of a single row; everything else is placed by the caller. */
const TILE: usize = 1024

/** Columns of a number: a missing value is above, or below, every threshold. A smaller number is a count of levels. */
export const MISSING_RIGHT: u32 = 0xffffffff
export const MISSING_LEFT: u32 = 0xfffffffe
const ABOVE: i32 = 0x7fffffff
/** Key of minus infinity; leaves have keys below it. */
const BELOW: i32 = -0x7f800001

/**
 * Node layouts, as type parameters of the walk. A leaf has distance 0 and a key below every row's, so it is its own
 * child; -2^31 plus its payload is that key. A subset split has the byte offset of its words as its key.
 *
 * Narrow, 8 bytes: i32 key | u32 distance to the right child in nodes << 13 | column << 5 | subset.
 * Wide, 16 bytes: i32 key | u32 column << 5 | subset | u32 distance in nodes | u32 0.
 */
type Plain = u8
type Narrow = u16
type Wide = u32
const PLAIN: u32 = 0
const COLUMN: u32 = 0x1fe0
const DISTANCE: u32 = 13
const WIDE_COLUMN: u32 = 0xffffffe0
export const SUBSET: u32 = 1

/** Sums what the trees say about the row at `row`, in tree order, into `sum`, then divides by their number. */
export function answerOne(): void {
  fillColumns(row, TILE, 1)
  if (layout == PLAIN) walkTrees<Plain>()
  else if (layout == WIDE) walkTrees<Wide>()
  else walkTrees<Narrow>()
  const outputs = max<u32>(classes, 1)
  memory.fill(sum, 0, (<usize>outputs) << 3)
  for (let tree: u32 = 0; tree < trees; tree++) add(tree, ends + ((<usize>tree) << 2), 1, sum)
  divide(outputs, sum)
}

/**
 * Sums what the trees say about `count` rows at `rows` (row-major f32) into `sums` (f64[count][classes or 1]), tree after
 * tree. `tiles` has room for the rows' tiles, `blockEnds` for u32[count, rounded up to 8].
 */
export function answerBlock(count: u32, rows: usize, tiles: usize, blockEnds: usize, sums: usize): void {
  const outputs = max<u32>(classes, 1)
  fillTiles(count, rows, tiles)
  memory.fill(sums, 0, ((<usize>count) * outputs) << 3)
  for (let tree: u32 = 0; tree < trees; tree++) {
    walkTree(tree, tiles, count, blockEnds)
    add(tree, blockEnds, count, sums)
  }
  divide(count * outputs, sums)
}

/** Walks `count` rows down one tree and writes the address of the leaf of each. */
export function walkTree(tree: u32, tiles: usize, count: u32, ends: usize): void {
  const root = <usize>load<u32>(roots + ((<usize>tree) << 2))
  if (layout == PLAIN) walkTiles<Plain>(root, tiles, count, ends)
  else if (layout == WIDE) walkTiles<Wide>(root, tiles, count, ends)
  else walkTiles<Narrow>(root, tiles, count, ends)
}

/** Divides `count` sums by the number of trees. */
export function divide(count: u32, sums: usize): void {
  const divisor = <f64>trees
  const end = sums + ((<usize>count) << 3)
  for (let at = sums; at < end; at += 8) store<f64>(at, load<f64>(at) / divisor)
}

export function fillTiles(count: u32, rows: usize, tiles: usize): void {
  const stride = (<usize>features) << 2
  for (let first: u32 = 0; first < count; first += 8) {
    const lanes = min<u32>(8, count - first)
    // Lanes without a row are walked too; zeros are keys of every role.
    if (lanes < 8) memory.fill(tiles, 0, (<usize>columns) << 5)
    fillColumns(rows + <usize>first * stride, tiles, lanes)
    tiles += (<usize>columns) << 5
  }
}

/**
 * Writes the keys of `lanes` rows. A number's key is its bits, those of a negative number turned over; a level's key is
 * the level, or the number of levels for what is none.
 */
function fillColumns(rows: usize, tile: usize, lanes: u32): void {
  const stride = (<usize>features) << 2
  for (let column: u32 = 0; column < columns; column++) {
    const role = load<u32>(columnRole + ((<usize>column) << 2))
    let from = rows + load<u32>(columnFeature + ((<usize>column) << 2))
    const end = tile + (lanes << 2)
    if (role >= MISSING_LEFT) {
      const missing = select<i32>(ABOVE, BELOW, role == MISSING_RIGHT)
      for (let to = tile; to < end; to += 4, from += stride) {
        const bits = load<i32>(from)
        const key = bits ^ ((bits >> 31) & 0x7fffffff)
        store<i32>(to, select<i32>(missing, key, (bits & 0x7fffffff) > 0x7f800000))
      }
    } else {
      for (let to = tile; to < end; to += 4, from += stride) {
        const value = load<f32>(from)
        const isLevel = value >= 0 && value < <f32>role && floor(value) == value
        store<u32>(to, isLevel ? <u32>value : role)
      }
    }
    tile += 32
  }
}

/** The child of a node, or the node itself when it is a leaf. */
function step<T>(node: usize, lane: usize): usize {
  const word = load<u32>(node, 4)
  if (sizeof<T>() == sizeof<Plain>()) {
    const left = load<i32>(lane + (word & COLUMN)) <= load<i32>(node)
    return node + ((<usize>select<u32>(1, word >> DISTANCE, left)) << 3)
  }
  const isWide = sizeof<T>() == sizeof<Wide>()
  const key = load<i32>(node)
  const value = load<i32>(lane + (word & (isWide ? WIDE_COLUMN : COLUMN)))
  const isSubset = (word & SUBSET) != 0
  // Without a subset this reads its first word, for nothing, and saves a branch.
  const bits = load<u32>(subsets + select<u32>(key + ((value >>> 5) << 2), 0, isSubset))
  const left = select<u32>((bits >>> value) & 1, value <= key, isSubset)
  if (isWide) return node + ((<usize>select<u32>(1, load<u32>(node, 8), left)) << 4)
  return node + ((<usize>select<u32>(1, word >> DISTANCE, left)) << 3)
}

/** Walks `count` rows down one tree, eight at a time, and writes where they end. */
function walkTiles<T>(root: usize, tile: usize, count: u32, ends: usize): void {
  const stride = (<usize>columns) << 5
  for (let first: u32 = 0; first < count; first += 8) {
    let a = root
    let b = root
    let c = root
    let d = root
    let e = root
    let f = root
    let g = root
    let h = root
    let before: usize = 0
    for (;;) {
      a = step<T>(a, tile)
      b = step<T>(b, tile + 4)
      c = step<T>(c, tile + 8)
      d = step<T>(d, tile + 12)
      e = step<T>(e, tile + 16)
      f = step<T>(f, tile + 20)
      g = step<T>(g, tile + 24)
      h = step<T>(h, tile + 28)
      // A child stands behind its parent, so the sum stays the same only when all are leaves.
      const sum = a + b + c + d + e + f + g + h
      if (sum == before) break
      before = sum
    }
    store<u32>(ends, a)
    store<u32>(ends, b, 4)
    store<u32>(ends, c, 8)
    store<u32>(ends, d, 12)
    store<u32>(ends, e, 16)
    store<u32>(ends, f, 20)
    store<u32>(ends, g, 24)
    store<u32>(ends, h, 28)
    tile += stride
    ends += 32
  }
}

/** Walks one row down all trees, eight at a time, and writes where it ends. */
function walkTrees<T>(): void {
  const end = roots + ((<usize>trees) << 2)
  let to = ends
  for (let at = roots; at < end; at += 32, to += 32) {
    let a = <usize>load<u32>(at)
    let b = <usize>load<u32>(at, 4)
    let c = <usize>load<u32>(at, 8)
    let d = <usize>load<u32>(at, 12)
    let e = <usize>load<u32>(at, 16)
    let f = <usize>load<u32>(at, 20)
    let g = <usize>load<u32>(at, 24)
    let h = <usize>load<u32>(at, 28)
    let before: usize = 0
    for (;;) {
      a = step<T>(a, TILE)
      b = step<T>(b, TILE)
      c = step<T>(c, TILE)
      d = step<T>(d, TILE)
      e = step<T>(e, TILE)
      f = step<T>(f, TILE)
      g = step<T>(g, TILE)
      h = step<T>(h, TILE)
      const sum = a + b + c + d + e + f + g + h
      if (sum == before) break
      before = sum
    }
    store<u32>(to, a)
    store<u32>(to, b, 4)
    store<u32>(to, c, 8)
    store<u32>(to, d, 12)
    store<u32>(to, e, 16)
    store<u32>(to, f, 20)
    store<u32>(to, g, 24)
    store<u32>(to, h, 28)
  }
}

/** Adds what one tree says about `count` rows. A leaf's key is -2^31 plus its payload. */
export function add(tree: u32, ends: usize, count: u32, sums: usize): void {
  const base = firstLeafOf(tree)
  const end = ends + ((<usize>count) << 2)
  if (classes == 0) addValues(base, ends, end, sums)
  else if (classes == 2) addPairs(base, ends, end, sums)
  else addShares(base, ends, end, sums)
}

function addValues(base: u32, from: usize, end: usize, sums: usize): void {
  for (; from < end; from += 4, sums += 8) {
    const leaf = payload(load<u32>(from)) + base
    store<f64>(sums, load<f64>(sums) + load<f64>(shares + ((<usize>leaf) << 3)))
  }
}

/** Payloads 0 and 1 are the pure leaves; their shares stand before those of the others. */
function addPairs(base: u32, from: usize, end: usize, sums: usize): void {
  for (; from < end; from += 4, sums += 16) {
    const told = payload(load<u32>(from))
    const leaf = select<u32>(told, told + base, told < 2)
    v128.store(sums, f64x2.add(v128.load(sums), v128.load(shares + ((<usize>leaf) << 4))))
  }
}

/** A payload below the number of classes is a pure leaf of that class. */
function addShares(base: u32, from: usize, end: usize, sums: usize): void {
  const stride = (<usize>classes) << 3
  for (; from < end; from += 4, sums += stride) {
    const told = payload(load<u32>(from))
    if (told < classes) {
      const at = sums + ((<usize>told) << 3)
      store<f64>(at, load<f64>(at) + 1)
      continue
    }
    const start = entryStart + ((<usize>(told - classes + base)) << 2)
    const last = load<u32>(start, 4) // exclusive
    for (let entry = load<u32>(start); entry < last; entry++) {
      const at = sums + ((<usize>load<u32>(entryClass + ((<usize>entry) << 2))) << 3)
      store<f64>(at, load<f64>(at) + load<f64>(shares + ((<usize>entry) << 3)))
    }
  }
}

/** Number of a tree's first distribution, or value. */
export function firstLeafOf(tree: u32): u32 {
  return load<u32>(firstLeaf + ((<usize>tree) << 2))
}

/** What the leaf at `node` says by itself: for numbers, its number in the tree. */
export function payload(node: usize): u32 {
  return load<u32>(node) & 0x7fffffff
}

/** The value of the leaf at `node` of a forest of numbers. */
export function valueOf(tree: u32, node: usize): f64 {
  return load<f64>(shares + ((<usize>(payload(node) + firstLeafOf(tree))) << 3))
}
