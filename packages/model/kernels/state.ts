import { LEVEL_ROWS, SHARE_ROWS } from './direction'
import { levelBinsBytes } from './level-bins'
import { levelOffsetsBytesOf } from './level-offsets'
import { LANES_BYTES } from './level-lanes'
import { buildNetworks, NETWORK_BYTES } from './network'
import { KEYS_BYTES } from './subsets'

/*
 * What one thread grows trees with. The plan (codes, target, bounds, values) is shared by all instances and only read;
 * the workspace belongs to this instance. docs/engine.md draws both.
 */

/** Code of a missing value. */
export const MISSING: u32 = 0xffff

// The plan.
export let rows: u32 = 0
export let features: u32 = 0
/** Bytes from a row of codes to the next. */
export let stride: u32 = 0
export let codes: usize = 0
/** u16[rows] class. */
export let target: usize = 0
export let classes: u32 = 0
/** u8[rows] whole weight of a row, or 0 where each weighs 1. */
export let rowWeight: usize = 0
/** u32[present] rows to draw from, or 0 for all. */
export let present: usize = 0
export let presentCount: u32 = 0
/** Rows drawn with replacement; 0 takes each row once. */
export let draws: u32 = 0
export let maxFeatures: u32 = 0
export let minSplit: u32 = 2
export let minLeaf: u32 = 1
export let maxDepth: u32 = 0xffffffff
/** Most bins of a node; 0 means exact. */
export let maxBins: u32 = 0
export let minDecrease: f64 = 0
/** Most leaves of a tree, which then grows best first; 0 = no limit. */
export let maxLeaves: u32 = 0
/** u32[features] number of codes. */
export let codeCount: usize = 0
/** u32[features] address of f32 values, smallest and largest of each code. */
export let lowValues: usize = 0
export let highValues: usize = 0
/** f64[rows] values of a number target. */
export let targetValues: usize = 0
/** f64[rows] whole numbers: the values less their centre, in units of 1 / fixedScale. */
export let fixedValues: usize = 0
export let fixedScale: f64 = 1
/** The range of fixedValues starts at fixedLowest and has 2^24 steps of fixedStep, a power of two. */
export let fixedLowest: f64 = 0
export let fixedStep: f64 = 1
/** f64[rows] weights of rows where they are fractional or large, or 0: samples are then Weighed. */
export let rowWeights: usize = 0
/** Weighed numbers: values are taken less `centre`; their range starts at fixedLowest and has 2^32 steps of fixedStep. */
export let centre: f64 = 0

/** u8[features] whether code MISSING means missing, or 0 when no column has missing values. */
export let missing: usize = 0
/** Random cuts: f32[rows][stride / 2] largest value of each code, row by row as the codes are. */
export let valueRows: usize = 0
/** u32[classes] whole weights, at most 32,767, or 0 where each class weighs 1. */
export let classFactors: usize = 0
/** u32[features] levels of a category, 0 for numbers; or 0 when there are no categories. */
export let levels: usize = 0
/** Entropy: f64[termCount] whole terms of the first weights, see entropy.ts; or 0. */
export let terms: usize = 0
export let termCount: u32 = 0
export let termScale: f64 = 0
/** With class weights u32[classes] place and length of the terms of each class, whose weights are not multiplied yet; or 0. */
export let termTables: usize = 0
export let termCounts: usize = 0
/** Whether a feature is cut at a drawn threshold and not at its best one. */
export let randomCuts: bool = false

// The workspace.
/** u8[rows] how often the tree drew each row. */
export let drawn: usize = 0
/** [samples] of `sampleBytes` each, see kinds.ts. */
export let samples: usize = 0
export let sampleBytes: usize = 8
export let spare: usize = 0
/** u16[features] features in the order of drawing. */
export let order: usize = 0
/** u32[features] bounds of the codes on this path: low | high << 16. */
export let bounds: usize = 0
/** u64 records: feature << 32 | old bounds. */
export let undoLog: usize = 0
export let stack: usize = 0
/** u32[features] drawn features that are not known to be constant. */
export let candidates: usize = 0
/** u32[features] the categories among them. */
export let levelCandidates: usize = 0
/** f64[features] where each candidate is cut, as a share of its range. */
export let shares: usize = 0
/** f32[samples][4] values of four features in the node at hand. */
export let gathered: usize = 0
export let network: usize = 0
/** [32][4] u32 sort keys of a small node. */
export let keyRows: usize = 0
/** Histogram: 260 bins of 4 lanes of 16 bytes; numbers: 1028 of them, then 1028 of 4 lanes of 8. */
export let histogram: usize = 0
/** u8[4][256] bins to be sorted. */
export let marks: usize = 0
export let sortKeys: usize = 0
export let sortSpare: usize = 0
export let digits: usize = 0
/** f64[features] decrease of impurity. */
export let importances: usize = 0
/** Per class tables of nodes of many classes. */
export let classTotals: usize = 0
export let classLocal: usize = 0
export let classList: usize = 0
/** u32 by number in the node: the weights on the left of the best cut; and the classes of right children that wait, see many-children.ts. */
export let leftCounts: usize = 0
export let waitingCounts: usize = 0
/** By number in the node: u32 totals, as u16 for the histogram scan, and left counts. */
export let localTotals: usize = 0
export let shortTotals: usize = 0
export let localCounts: usize = 0
/** By number in the node: whole weight of the class, as u32 and as u16. */
export let localFactors: usize = 0
export let shortFactors: usize = 0
/** u16[4][classStride] running sums of the histogram scan. */
export let classSums: usize = 0
export let laneSums: usize = 0
/** [32][3][4] sums at each place of a small node; of numbers [32] i32 rounded value x weight, f32 weight of a sample. */
export let rowSums: usize = 0
/** Samples of many classes with fractional weights, by place in the node: see units.ts. */
export let unitCells: usize = 0
export let sortWide: usize = 0
export let sortWideSpare: usize = 0
/** Entropy: the terms of the node's cuts, see entropy.ts. */
export let nodeTerms: usize = 0
/** u32[classes] where those of each class in the node start. */
export let termStarts: usize = 0

/** Levels: 16 bytes of sums, u32 rows, and a bit each, all kept 0 between features. */
export let levelCells: usize = 0
export let levelRows: usize = 0
export let levelBits: usize = 0
/** Three lists of levels, so many bytes each; see levels.ts. */
export let levelLists: usize = 0
export let levelListBytes: usize = 0
/** What tells the bins of four lanes' levels, and of the best cut's: see level-bins.ts. */
export let levelBins: usize = 0
/** Most rows of a node that has such lanes. */
export let levelBinsRows: usize = 0
/** The levels and bins of samples, of the category at hand and of the best cut, so many bytes each: see level-offsets.ts. */
export let levelOffsets: usize = 0
export let levelOffsetsBytes: usize = 0
/** Arrays by run of a small node's samples, from what its levels are put in order: see level-runs.ts, level-places.ts. */
export let levelRuns: usize = 0
/** u32[32] the keys of a lane in their order. */
export let sortedKeys: usize = 0
/** u32[4][32] place << 16 | level of each run of a lane, and u32[4] how many; u32[32] those of the best cut. */
export let levelPlaces: usize = 0
export let laneRuns: usize = 0
/** u32[4] a bit of each sample of a sorted lane that the next one's code differs from. */
export let laneChanges: usize = 0
/** Levels of four lanes of a large node in their order: see level-lanes.ts. */
export let laneLevels: usize = 0
export let bestPlaces: usize = 0
/** Two places for rows of a small node's keys, before they were put in order by level-means.ts, and those of the best cut. */
export let levelKeys: usize = 0
/** u32[33] the levels that a subset lists. */
export let listedLevels: usize = 0
/** u8 a level: the side where the best cut sends it, once that is settled, else 0. */
export let levelSides: usize = 0

/** Random cuts: a bit a level that the best cut sends left, and right, 0 until it is settled; see subsets.ts. */
export let drawnBits: usize = 0

/** Rows copied next to each other, two sizes of them: see near.ts. */
export let nearRows: usize = 0
export let nearestRows: usize = 0

// The tree, written in pre-order: what src/grown-tree.ts holds, and of each split how many splits are on its left.
/** A bit a node, set for a split. */
export let shape: usize = 0
export let splitFeature: usize = 0
export let splitThreshold: usize = 0
export let splitFlags: usize = 0
export let splitsOnLeft: usize = 0
export let leafRows: usize = 0
/** u32[leaves + 1] first entry of each leaf. */
export let leafStart: usize = 0
/** u16[entries] class and u32[entries] weight of it. */
export let entryClass: usize = 0
export let entryWeight: usize = 0
/** f64[entries] in place of `entryWeight` where samples are Weighed. */
export let entryMass: usize = 0
/** Subsets of the splits of categories, in the form of a file; from `subsetRoom` bytes on they wait for being fetched. */
export let subsets: usize = 0
export let subsetRoom: u32 = 0
/** u32[leaves] byte offset of the row whose value a leaf of numbers has, plus 1; 0 where leafValue holds it. */
export let leafSource: usize = 0
/** f64[leaves] of a number target. */
export let leafValue: usize = 0

export const FRAME: usize = 48

/** Best first: the nodes met, of PLOT bytes each, and a heap of those that may still be split; see plots.ts. */
export let plots: usize = 0
export let frontier: usize = 0
/** f64[maxLeaves - 1] the greatest decreases found. */
export let greatest: usize = 0
/** u32[splits] where the subset of each begins among all that were written. */
export let subsetPlaces: usize = 0

export const PLOT: usize = 96

export function configure(plan: usize, workspace: usize): usize {
  rows = load<u32>(plan, 0)
  features = load<u32>(plan, 4)
  stride = load<u32>(plan, 8)
  codes = load<u32>(plan, 12)
  target = load<u32>(plan, 16)
  classes = load<u32>(plan, 20)
  rowWeight = load<u32>(plan, 24)
  present = load<u32>(plan, 28)
  presentCount = load<u32>(plan, 32)
  draws = load<u32>(plan, 36)
  maxFeatures = load<u32>(plan, 40)
  minSplit = load<u32>(plan, 44)
  minLeaf = load<u32>(plan, 48)
  maxDepth = load<u32>(plan, 52)
  maxBins = load<u32>(plan, 56)
  codeCount = load<u32>(plan, 60)
  lowValues = load<u32>(plan, 64)
  highValues = load<u32>(plan, 68)
  targetValues = load<u32>(plan, 72)
  minDecrease = load<f64>(plan, 80)
  fixedValues = load<u32>(plan, 76)
  fixedScale = load<f64>(plan, 88)
  fixedLowest = load<f64>(plan, 96)
  fixedStep = load<f64>(plan, 104)
  valueRows = load<u32>(plan, 112)
  randomCuts = valueRows != 0
  missing = load<u32>(plan, 116)
  classFactors = load<u32>(plan, 120)
  levels = load<u32>(plan, 124)
  rowWeights = load<u32>(plan, 128)
  centre = load<f64>(plan, 136)
  terms = load<u32>(plan, 144)
  termCount = load<u32>(plan, 148)
  termScale = load<f64>(plan, 152)
  termTables = load<u32>(plan, 160)
  termCounts = load<u32>(plan, 164)
  maxLeaves = load<u32>(plan, 168)

  next = workspace
  total = 0
  const most = draws > 0 ? min(draws, presentCount) : presentCount
  network = take(NETWORK_BYTES)
  keyRows = take(64 * 16)
  const manyWeighed = rowWeights != 0 && classes > 2
  const cellBytes: usize = manyWeighed ? 4 : 2
  histogram = take(max<usize>(1028 * 96, <usize>classStride(classes) * 4 * cellBytes * 257))
  classSums = take(<usize>classStride(classes) * 4 * cellBytes)
  marks = take(1024)
  digits = take(max<usize>(65536 * 4, <usize>classStride(classes) * 2 * 256))
  importances = take(features * 8)
  order = take(features * 2)
  bounds = take(features * 4)
  candidates = take(features * 4 + 64)
  levelCandidates = take(features * 4 + 64)
  shares = take(<usize>features * 8 + 64)
  gathered = take(randomCuts ? <usize>most * 16 + 64 : 0)
  classTotals = take(classes * 8)
  classLocal = take(classes * 2)
  classList = take(classes * 2)
  leftCounts = take(<usize>classStride(classes) * 4)
  localTotals = take(<usize>classStride(classes) * 4)
  localCounts = take(<usize>classStride(classes) * 32 + 1024)
  shortTotals = take(<usize>classStride(classes) * 2)
  localFactors = take(<usize>classStride(classes) * 4)
  shortFactors = take(<usize>classStride(classes) * 2)
  laneSums = take(4096)
  rowSums = take(3 * 16 * 64)
  unitCells = take(manyWeighed ? <usize>most * 8 + 64 : 0)
  sortWide = take(classes != 2 || rowWeights != 0 ? <usize>most * 8 + 64 : 0)
  sortWideSpare = take(classes != 2 || rowWeights != 0 ? <usize>most * 8 + 64 : 0)
  nodeTerms = take(terms != 0 ? (min<usize>(<usize>most * 255, 32768) * 2 + 3 * <usize>classes + 16) * 8 : 0)
  termStarts = take(terms != 0 ? <usize>classes * 4 : 0)
  const mostLevels = <usize>mostLevelsOf()
  levelCells = take((mostLevels + 1) * 16)
  levelRows = take((mostLevels + 1) * 4)
  levelBits = take((mostLevels + 64) >> 3)
  // One record more, since a level is written before it is known to be held.
  levelListBytes = (min(mostLevels, <usize>most) + 1) * 16
  levelLists = take(3 * levelListBytes)
  levelBinsRows = min<usize>(most, max<usize>(SHARE_ROWS, mostLevels * LEVEL_ROWS))
  levelBins = take(classes > 2 && mostLevels > 0 ? levelBinsBytes(levelBinsRows) : 0)
  levelOffsetsBytes = classes == 0 && mostLevels > 0 && usesBins() ? levelOffsetsBytesOf(min<usize>(mostLevels, most)) : 0
  levelOffsets = take(2 * levelOffsetsBytes)
  levelRuns = take(36 * 48)
  sortedKeys = take(36 * 4)
  levelPlaces = take(4 * 32 * 4)
  laneRuns = take(4 * 4)
  levelKeys = take(2 * KEYS_BYTES)
  laneChanges = take(4 * 4)
  laneLevels = take(mostLevels > 0 ? LANES_BYTES : 0)
  listedLevels = take(33 * 4)
  bestPlaces = take(32 * 4)
  levelSides = take(mostLevels + 16)
  drawnBits = take(randomCuts ? ((mostLevels + 63) >> 6) << 4 : 0)
  subsetRoom = mostLevels > 0 ? 1 << 20 : 0
  // Subsets more, of one node or of two children, since room is asked for when there is none left; words are written beyond their end.
  subsets = take(<usize>subsetRoom + (maxLeaves != 0 ? 2 : 1) * ((mostLevels >> 3) + 80))
  drawn = take(rows)
  sampleBytes = rowWeights != 0 ? 24 : classes == 0 ? 16 : 8
  samples = take(<usize>most * sampleBytes + 64)
  spare = take(<usize>most * sampleBytes + 64)
  sortKeys = take(most * 4 + 64)
  sortSpare = take(most * 4 + 64)
  nearRows = take(nearBytes(NEAR_BYTES))
  nearestRows = take(nearBytes(NEAREST_BYTES))
  undoLog = take(most * 8 + 64)
  waitingCounts = take(classes > 2 ? <usize>most * 8 + 64 : 0)
  stack = take(<usize>(most + 1) * FRAME)
  plots = take(maxLeaves != 0 ? (2 * <u64>maxLeaves - 1) * PLOT : 0)
  frontier = take(<usize>maxLeaves << 4)
  greatest = take(<usize>maxLeaves << 3)
  subsetPlaces = take(mostLevels > 0 ? <usize>maxLeaves << 2 : 0)
  shape = take((most >> 2) + 8)
  splitFeature = take(most * 2)
  splitThreshold = take(most * 4)
  splitFlags = take(most)
  splitsOnLeft = take(most * 4)
  leafRows = take(most * 4)
  leafStart = take((most + 1) * 4)
  entryClass = take(most * 2)
  entryWeight = take(most * 4)
  entryMass = take(classes > 0 && rowWeights != 0 ? <usize>most * 8 : 0)
  leafSource = take(classes == 0 ? <usize>most * 4 : 0)
  leafValue = take(classes == 0 ? <usize>most * 8 : 0)
  if (workspace != 0) buildNetworks(network)
  return total > 0xffffffff ? 0xffffffff : <usize>total
}

/** Bytes of copied rows that stay in the second and in the first cache of a core. */
export const NEAR_BYTES: usize = 393216
export const NEAREST_BYTES: usize = 16384

/** Bytes of a copied row of codes: whole vectors. */
export function rowBytes(): usize {
  return (<usize>stride + 15) & ~15
}

/**
 * Whether rows are copied where a subtree's first fit so many bytes: only where the table does not fit them itself. Values of
 * random cuts did not gain by copies, and best first there is no one subtree at hand.
 */
export function copiesRows(bytes: usize): bool {
  return !randomCuts && maxLeaves == 0 && <usize>rows * stride > bytes
}

function nearBytes(bytes: usize): usize {
  return copiesRows(bytes) ? bytes + 64 : 0
}

/** Whether cuts of numbers are tried at the ends of bins only. */
export function usesBins(): bool {
  return maxBins != 0 && maxBins <= 256 && !randomCuts
}

/** Cells of a bin for this many classes: a power of two, at least 8. */
export function classStride(count: u32): u32 {
  return count <= 8 ? 8 : 2 << (31 - clz(count - 1))
}

export function classFactor(label: u32): u32 {
  return classFactors == 0 ? 1 : load<u32>(classFactors + (<usize>label << 2))
}

function mostLevelsOf(): u32 {
  let most: u32 = 0
  for (let f: u32 = 0; f < features; f++) most = max(most, levelCount(f))
  return most
}

/** Levels of a category; 0 for numbers. */
export function levelCount(feature: u32): u32 {
  return levels == 0 ? 0 : load<u32>(levels + (<usize>feature << 2))
}

export function hasMissing(feature: u32): bool {
  return missing != 0 && load<u8>(missing + <usize>feature) != 0
}

let next: usize = 0
/** Bytes taken, which may be more than there are addresses. */
let total: u64 = 0

function take(bytes: u64): usize {
  const at = next
  next += (<usize>bytes + 15) & ~15
  total += (bytes + 15) & ~15
  return at
}
