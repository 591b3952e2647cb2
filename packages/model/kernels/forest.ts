/*
 * Where the forest lies in this instance's memory. The caller writes these words at address 0, then calls `configure`.
 * docs/inference.md draws the memory.
 */

export let features: u32 = 0
export let columns: u32 = 0
/** u32[columns] byte offset of the feature in a row; u32[columns] role: see walk.ts. */
export let columnFeature: usize = 0
export let columnRole: usize = 0
/** u32[2 features] column of a feature with missing values to the right, and to the left. */
export let columnOf: usize = 0
/** u32[features] levels of a category, NO_LEVELS of a number. */
export let levels: usize = 0
export let trees: u32 = 0
/** u32[trees, rounded up to 8] address of each root; the last ones are a leaf. */
export let roots: usize = 0
/** u32[trees] number of the tree's first distribution, or value. */
export let firstLeaf: usize = 0
/** 0 for a forest of numbers. */
export let classes: u32 = 0
/** 1 when each tree votes for one class. */
export let vote: u32 = 0
/** u32[distributions + 1] first entry; u32[entries] class; f64[entries] share. Two classes: f64[2 + distributions][2]. */
export let entryStart: usize = 0
export let entryClass: usize = 0
export let shares: usize = 0
/** Subset words; a subset has a bit a level and one more for missing values. */
export let subsets: usize = 0
/** Distributions that there is room for. */
export let mostMixed: u32 = 0
/** u32[distributions] the class that each votes for. */
export let mixedVote: usize = 0
export let nodes: usize = 0
/** PLAIN, NARROW or WIDE: see walk.ts. */
export let layout: u32 = 0
/** u32[trees, rounded up to 8] where a single row ended. */
export let ends: usize = 0
/** f32[features] a single row; f64[classes or 1] its answer. */
export let row: usize = 0
export let sum: usize = 0

export const NO_LEVELS: u32 = 0xffffffff
export const LEAF_KEY: u32 = 0x80000000
export const WIDE: u32 = 2

export function configure(): void {
  features = load<u32>(0)
  columns = load<u32>(4)
  columnFeature = load<u32>(8)
  columnRole = load<u32>(12)
  columnOf = load<u32>(16)
  levels = load<u32>(20)
  trees = load<u32>(24)
  roots = load<u32>(28)
  firstLeaf = load<u32>(32)
  classes = load<u32>(36)
  vote = load<u32>(40)
  entryStart = load<u32>(44)
  entryClass = load<u32>(48)
  shares = load<u32>(52)
  subsets = load<u32>(56)
  nodes = load<u32>(60)
  layout = load<u32>(64)
  ends = load<u32>(68)
  row = load<u32>(72)
  sum = load<u32>(76)
  mostMixed = load<u32>(80)
  mixedVote = load<u32>(84)
}
