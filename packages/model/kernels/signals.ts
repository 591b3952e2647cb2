import { classes, layout, mixedVote, nodes, trees, vote, WIDE } from './forest'
import { mixed } from './read-leaves'
import { add, divide, fillTiles, firstLeafOf, payload, valueOf, walkTree } from './walk'

/*
 * How sure a forest is of a row, beside its answer: how far its trees disagree, and how many of the row's leaves were
 * reached by few training rows.
 */

/**
 * Answers `count` rows as `answerBlock` does and writes, per row, f64 disagreement and f64 share of rare leaves; `rareBits`
 * has a bit a node, or is 0. `votes` has room for u32[count][classes], or f64[count][3] for a forest of numbers.
 */
export function answerSignals(
  count: u32,
  rows: usize,
  tiles: usize,
  blockEnds: usize,
  sums: usize,
  votes: usize,
  disagreement: usize,
  rare: usize,
  rareBits: usize,
): void {
  const outputs = max<u32>(classes, 1)
  // Where every leaf has one class, the sums are the votes.
  const counted = classes > 0 && vote == 0 && mixed > 0
  memory.fill(sums, 0, ((<usize>count) * outputs) << 3)
  memory.fill(rare, 0, (<usize>count) << 3)
  if (counted) memory.fill(votes, 0, ((<usize>count) * outputs) << 2)
  if (classes == 0) memory.fill(votes, 0, (<usize>count) * 24)
  fillTiles(count, rows, tiles)
  for (let tree: u32 = 0; tree < trees; tree++) {
    walkTree(tree, tiles, count, blockEnds)
    add(tree, blockEnds, count, sums)
    if (counted) addVotes(firstLeafOf(tree), blockEnds, count, votes)
    if (classes == 0) addSpread(tree, blockEnds, count, votes)
    if (rareBits != 0) addRare(blockEnds, count, rare, rareBits)
  }
  divide(count * outputs, sums)
  divide(count, rare)
  const divisor = <f64>trees
  for (let i: u32 = 0; i < count; i++) {
    const to = disagreement + ((<usize>i) << 3)
    if (classes == 0) {
      const at = votes + (<usize>i) * 24
      const shift = load<f64>(at, 8)
      store<f64>(to, sqrt(max<f64>(0, (load<f64>(at, 16) - (shift * shift) / divisor) / divisor)))
      continue
    }
    const at = sums + (((<usize>i) * classes) << 3)
    let best: u32 = 0
    for (let k: u32 = 1; k < classes; k++) {
      if (load<f64>(at + ((<usize>k) << 3)) > load<f64>(at + ((<usize>best) << 3))) best = k
    }
    const agreeing = counted
      ? <f64>load<u32>(votes + (((<usize>i) * classes + best) << 2))
      : nearest(load<f64>(at + ((<usize>best) << 3)) * divisor)
    store<f64>(to, (divisor - agreeing) / divisor)
  }
}

function addVotes(base: u32, ends: usize, count: u32, votes: usize): void {
  const stride = (<usize>classes) << 2
  const end = ends + ((<usize>count) << 2)
  for (let from = ends; from < end; from += 4, votes += stride) {
    let told = payload(load<u32>(from))
    if (told >= classes) told = load<u32>(mixedVote + ((<usize>(told - classes + base)) << 2))
    const at = votes + ((<usize>told) << 2)
    store<u32>(at, load<u32>(at) + 1)
  }
}

/** Per row: the first tree's value, and the sum and the squares of what the others differ from it. */
function addSpread(tree: u32, ends: usize, count: u32, spread: usize): void {
  for (let i: u32 = 0; i < count; i++, spread += 24) {
    const value = valueOf(tree, load<u32>(ends + ((<usize>i) << 2)))
    if (tree == 0) store<f64>(spread, value)
    const difference = value - load<f64>(spread)
    store<f64>(spread, load<f64>(spread, 8) + difference, 8)
    store<f64>(spread, load<f64>(spread, 16) + difference * difference, 16)
  }
}

function addRare(ends: usize, count: u32, rare: usize, rareBits: usize): void {
  const scale: u32 = layout == WIDE ? 4 : 3
  for (let i: u32 = 0; i < count; i++, rare += 8) {
    const node = (<usize>load<u32>(ends + ((<usize>i) << 2)) - nodes) >> scale
    const bit = (<u32>load<u8>(rareBits + (node >> 3)) >> (<u32>node & 7)) & 1
    store<f64>(rare, load<f64>(rare) + <f64>bit)
  }
}
