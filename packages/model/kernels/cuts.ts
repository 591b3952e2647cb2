import { GO_LEFT, GO_RIGHT, NONE, setBest, setMissing, setThreshold } from './best'
import { between, COINS, coinsOf, LEAST, levelLanes, levelOf, oddWords, wordOf } from './drawn-levels'
import { upper } from './lanes'
import { MISSING, gathered, laneSums, levelCount, minLeaf, shares, valueRows } from './state'
import { keepCoins, keepPair } from './subsets'

/*
 * Extremely randomised trees (Geurts et al. 2006): a drawn feature is cut once, uniformly between its smallest and largest
 * value in the node. One pass over the rows gathers the values of four features and finds their ranges, a second one
 * counts what is on the left of the four cuts.
 */

let group: u32 = 0

/** Says which candidates come next, since their shares are drawn with them. */
export function setGroup(first: u32): void {
  group = first
}

/** The four features whose values were gathered last. */
let gathered0: u32 = 0
let gathered1: u32 = 0
let gathered2: u32 = 0
let gathered3: u32 = 0
let gatheredFrom: usize = 0

// Of each lane, behind the sums in laneSums: its threshold, and whether it is a cut (u32 all ones) or not (0).
const THRESHOLD: usize = 1024
const VARIES: usize = 1040
// And whether rows lack a value, and whether others have more than one.
const GAPS: usize = 1056
const PARTS: usize = 1072

/** Draws the cuts of four features; answers their thresholds by lane. */
export function drawCuts(f0: u32, f1: u32, f2: u32, f3: u32, first: usize, end: usize, step: usize): v128 {
  const at0 = valueRows + (<usize>f0 << 2)
  const at1 = valueRows + (<usize>f1 << 2)
  const at2 = valueRows + (<usize>f2 << 2)
  const at3 = valueRows + (<usize>f3 << 2)
  let out = gathered
  let least = f32x4.splat(f32.MAX_VALUE)
  let most = f32x4.splat(-f32.MAX_VALUE)
  let gaps = i32x4.splat(0)
  const lanes = levelLanes(f0, f1, f2, f3)
  const some = v128.any_true(lanes)
  if (some) {
    // In the lanes of numbers these steps change nothing.
    const words = oddWords(group, lanes)
    const coins = v128.bitselect(i32x4.splat(COINS), i32x4.splat(-1), lanes)
    const exponent = v128.and(i32x4.splat(LEAST), lanes)
    for (let p = first; p < end; p += step, out += 16) {
      const value = fourValues(at0, at1, at2, at3, load<u32>(p) << 1)
      const gone = f32x4.ne(value, value)
      const v = v128.or(v128.or(v128.and(i32x4.mul(value, words), coins), exponent), gone)
      v128.store(out, v)
      least = f32x4.pmin(least, v)
      most = f32x4.pmax(most, v)
      gaps = v128.or(gaps, gone)
    }
  } else {
    for (let p = first; p < end; p += step, out += 16) {
      const v = fourValues(at0, at1, at2, at3, load<u32>(p) << 1)
      v128.store(out, v)
      // A missing value, NaN, is below and above nothing.
      least = f32x4.pmin(least, v)
      most = f32x4.pmax(most, v)
      gaps = v128.or(gaps, f32x4.ne(v, v))
    }
  }
  gathered0 = f0
  gathered1 = f1
  gathered2 = f2
  gathered3 = f3
  gatheredFrom = first
  const share = shares + (<usize>group << 3)
  const low = drawPair(least, most, v128.load(share))
  const high = drawPair(upper(least), upper(most), v128.load(share, 16))
  const drawn = i64x2.shuffle(low, high, 0, 2)
  // Rounding may reach the largest value, which must stay on the right.
  const parts = f32x4.lt(least, most)
  // The only value of a node is parted from the missing ones.
  let at = v128.bitselect(v128.bitselect(drawn, least, f32x4.lt(drawn, most)), f32x4.splat(f32.MAX_VALUE), parts)
  if (some) at = v128.bitselect(between(least, most), at, v128.and(lanes, parts))
  v128.store(laneSums + THRESHOLD, at)
  // A short group repeats its last feature, which is then not cut again.
  const fresh = i32x4.ne(i32x4(f0, f1, f2, f3), i32x4(-1, f0, f1, f2))
  v128.store(laneSums + VARIES, v128.and(fresh, v128.or(parts, v128.and(gaps, f32x4.eq(least, most)))))
  v128.store(laneSums + GAPS, gaps)
  v128.store(laneSums + PARTS, parts)
  return at
}

@inline
function fourValues(at0: usize, at1: usize, at2: usize, at3: usize, row: u32): v128 {
  let v = v128.load32_zero(at0 + row)
  v = v128.load_lane<u32>(at1 + row, v, 1)
  v = v128.load_lane<u32>(at2 + row, v, 2)
  return v128.load_lane<u32>(at3 + row, v, 3)
}

function drawPair(least: v128, most: v128, share: v128): v128 {
  const from = f64x2.promote_low_f32x4(least)
  const to = f64x2.promote_low_f32x4(most)
  return f32x4.demote_f64x2_zero(f64x2.add(from, f64x2.mul(f64x2.sub(to, from), share)))
}

/** All ones in the lanes that are cut. */
export function cutLanes(): v128 {
  return v128.load(laneSums + VARIES)
}

/** All ones in the lanes that are cut with missing values on either side. */
export function twoSided(): v128 {
  return v128.and(cutLanes(), v128.and(v128.load(laneSums + GAPS), v128.load(laneSums + PARTS)))
}

/** All ones in the lanes where `minLeaf` of n rows are on either side. */
export function leavesEnough(left: v128, n: u32): v128 {
  const leaf = i32x4.splat(minLeaf)
  return v128.and(i32x4.ge_s(left, leaf), i32x4.ge_s(i32x4.sub(i32x4.splat(n), left), leaf))
}

/** Whether rows of the node lack the lane's value. */
export function lacksValue(lane: u32): bool {
  return load<u32>(laneSums + GAPS + (<usize>lane << 2)) != 0
}

/** The sides that missing values may take at a lane's cut, from GO_RIGHT on. */
export function lastSide(lane: u32): u32 {
  return lacksValue(lane) && load<u32>(laneSums + PARTS + (<usize>lane << 2)) != 0 ? GO_LEFT : GO_RIGHT
}

export function isCut(lane: u32): bool {
  return load<u32>(laneSums + VARIES + (<usize>lane << 2)) != 0
}

/** Keeps the threshold of a lane, or how its levels are parted, as that of the best cut. */
export function keepThreshold(lane: u32, feature: u32): void {
  setThreshold(load<f32>(laneSums + THRESHOLD + (<usize>lane << 2)))
  if (levelCount(feature) > 0) keepCoins(wordOf(group + lane))
}

/** Keeps the cut of two rows by their only place as the best; answers the left one, or 0 when they have one value. */
export function cutTwoRows(feature: u32, candidate: u32, first: usize, second: usize): usize {
  const at = valueRows + (<usize>feature << 2)
  const a = load<f32>(at + (load<u32>(first) << 1))
  const b = load<f32>(at + (load<u32>(second) << 1))
  gatheredFrom = 0
  const gone = a != a || b != b
  if (a == b || (a != a && b != b)) return 0
  if (levelCount(feature) > 0) return cutTwoLevels(a, b, feature, candidate, first, second)
  setBest(1, feature, 0, 1)
  setMissing(gone ? GO_RIGHT : NONE)
  if (gone) {
    setThreshold(f32.MAX_VALUE)
    return a != a ? second : first
  }
  const least = min(a, b)
  const most = max(a, b)
  const t = <f32>(<f64>least + (<f64>most - <f64>least) * load<f64>(shares + (<usize>candidate << 3)))
  setThreshold(t < most ? t : least)
  return a < b ? first : second
}

/** The same of two levels, one of which may be missing, from their seeds. */
function cutTwoLevels(a: f32, b: f32, feature: u32, candidate: u32, first: usize, second: usize): usize {
  const gone = a != a || b != b
  const word = wordOf(candidate)
  const isFirst = gone ? a == a : coinsOf(a, word) < coinsOf(b, word)
  setBest(1, feature, 0, 1)
  setMissing(gone ? GO_RIGHT : NONE)
  keepPair(a == a ? levelOf(a) : MISSING, b == b ? levelOf(b) : MISSING, isFirst)
  return isFirst ? first : second
}

/** Where the values of a feature were gathered, [row of the node][4 lanes]; 0 when others were since. */
export function gatheredAt(feature: u32, first: usize): usize {
  if (first != gatheredFrom) return 0
  if (feature == gathered0) return gathered
  if (feature == gathered1) return gathered + 4
  if (feature == gathered2) return gathered + 8
  return feature == gathered3 ? gathered + 12 : 0
}
