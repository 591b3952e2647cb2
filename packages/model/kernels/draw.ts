import { bestFeature, bestScore } from './best'
import { nextBelow, nextShare } from './random'
import { bounds, candidates, codeCount, codes, features, hasMissing, levelCandidates, levelCount, maxFeatures, order, randomCuts, sampleBytes, shares, valueRows } from './state'

/*
 * Features are drawn without replacement by a Fisher-Yates shuffle whose order carries over from node to node within a
 * tree. A node looks at `maxFeatures` of them and goes on, one by one, while all it saw were constant.
 */

let drawnCount: u32 = 0

export function startOrder(): void {
  for (let f: u32 = 0; f < features; f++) {
    store<u16>(order + (<usize>f << 1), <u16>f)
    store<u32>(bounds + (<usize>f << 2), (max(load<u32>(codeCount + (<usize>f << 2)), 1) - 1) << 16)
  }
}

function drawOne(): u32 {
  const i = drawnCount++
  const a = order + (<usize>i << 1)
  const b = order + (<usize>(i + nextBelow(features - i)) << 1)
  const feature = load<u16>(b)
  store<u16>(b, load<u16>(a))
  store<u16>(a, feature)
  return feature
}

/** Draws the node's features; `candidates` gets those not known to be constant, and their number is returned. */
export function drawFeatures(): u32 {
  drawnCount = 0
  let count: u32 = 0
  for (let i: u32 = 0; i < maxFeatures; i++) {
    const f = drawOne()
    const bound = load<u32>(bounds + (<usize>f << 2))
    store<u32>(candidates + (<usize>count << 2), f)
    if (randomCuts) store<f64>(shares + (<usize>count << 3), nextShare())
    count += <u32>((bound & 0xffff) != bound >> 16 || hasMissing(f))
  }
  return count
}

/** Draws on until a feature varies over the samples; -1 when none is left. Its share is the first. */
export function drawVarying(first: usize, end: usize): i32 {
  while (drawnCount < features) {
    const f = drawOne()
    if (randomCuts) store<f64>(shares, nextShare())
    const bound = load<u32>(bounds + (<usize>f << 2))
    if (((bound & 0xffff) != bound >> 16 || hasMissing(f)) && varies(f, first, end)) return f
  }
  return -1
}

/** The first feature in the order of drawing that varies over the samples, all having been drawn; -1 for none. */
export function firstVarying(first: usize, end: usize): i32 {
  for (let i: usize = 0; i < features; i++) {
    const f = load<u16>(order + (i << 1))
    if (varies(f, first, end)) return f
  }
  return -1
}

/**
 * Takes categories of more than `most` and fewer than `least` levels out of the first `count` candidates into `levelCandidates`, both in their order, and
 * all of them where there are no numbers; answers how many candidates are left.
 */
export function setAsideLevels(count: u32, most: u32, least: u32): u32 {
  let numbers = false
  for (let i: u32 = 0; i < count; i++) {
    if (levelCount(load<u32>(candidates + (<usize>i << 2))) == 0) numbers = true
  }
  let left: u32 = 0
  let aside = levelCandidates
  for (let i: u32 = 0; i < count; i++) {
    const f = load<u32>(candidates + (<usize>i << 2))
    const levels = levelCount(f)
    if (levels == 0 || (numbers && (levels <= most || levels >= least))) {
      store<u32>(candidates + (<usize>left << 2), f)
      left++
    } else {
      store<u32>(aside, f)
      aside += 4
    }
  }
  return left
}

/** Whether a score of feature f beats the best so far; of equal ones the first drawn wins, which may be looked at last. */
export function wins(score: f64, f: u32): bool {
  return score > bestScore || (score == bestScore && f != bestFeature && drawnBefore(f, bestFeature))
}

/** Whether feature a was drawn before b in this node. */
export function drawnBefore(a: u32, b: u32): bool {
  let at = order
  while (load<u16>(at) != a && load<u16>(at) != b) at += 2
  return a != b && load<u16>(at) == a
}

function varies(feature: u32, first: usize, end: usize): bool {
  const step = sampleBytes
  if (randomCuts) {
    const at = valueRows + (<usize>feature << 2)
    const value = load<f32>(at + (load<u32>(first) << 1))
    for (let p = first + step; p < end; p += step) {
      const other = load<f32>(at + (load<u32>(p) << 1))
      if (other != value && (other == other || value == value)) return true
    }
    return false
  }
  const at = codes + (<usize>feature << 1)
  const code = load<u16>(at + load<u32>(first))
  for (let p = first + step; p < end; p += step) if (load<u16>(at + load<u32>(p)) != code) return true
  return false
}
