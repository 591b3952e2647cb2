import { nextBelow } from './random'
import { bounds, candidates, classes, codeCount, codes, features, maxFeatures, order } from './state'

/*
 * Features are drawn without replacement by a Fisher-Yates shuffle whose order carries over from node to node within a
 * tree. A node looks at `maxFeatures` of them and goes on, one by one, while all it saw were constant.
 */

let drawnCount: u32 = 0

export function startOrder(): void {
  for (let f: u32 = 0; f < features; f++) {
    store<u16>(order + ((<usize>f) << 1), <u16>f)
    store<u32>(bounds + ((<usize>f) << 2), (load<u32>(codeCount + ((<usize>f) << 2)) - 1) << 16)
  }
}

function drawOne(): u32 {
  const i = drawnCount++
  const a = order + ((<usize>i) << 1)
  const b = order + ((<usize>(i + nextBelow(features - i))) << 1)
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
    const bound = load<u32>(bounds + ((<usize>f) << 2))
    store<u32>(candidates + ((<usize>count) << 2), f)
    count += <u32>((bound & 0xffff) != bound >> 16)
  }
  return count
}

/** Draws on until a feature varies over the samples; -1 when none is left. */
export function drawVarying(first: usize, end: usize): i32 {
  while (drawnCount < features) {
    const f = drawOne()
    const bound = load<u32>(bounds + ((<usize>f) << 2))
    if ((bound & 0xffff) != bound >> 16 && varies(f, first, end)) return f
  }
  return -1
}

export function varies(feature: u32, first: usize, end: usize): bool {
  const step: usize = classes == 0 ? 16 : 8
  const at = codes + ((<usize>feature) << 1)
  const code = load<u16>(at + load<u32>(first))
  for (let p = first + step; p < end; p += step) if (load<u16>(at + load<u32>(p)) != code) return true
  return false
}
