import { laneLevels } from './state'
import { BIN } from './levels'
import { keepBinnedLevels, keepLevelsOf } from './subsets'

/*
 * Categories that are lanes of a large node's histogram: once their levels are in order, their bins are those of a number. The order
 * is kept until it is known whether a lane's cut is the best.
 */

/** Most levels of such a lane. */
export const MOST_LEVELS: u32 = 1024

/** Bytes of one of four lanes: u32 count, u32 levels in their order. */
const LANE: usize = (<usize>MOST_LEVELS + 4) << 2
export const LANES_BYTES: usize = 4 * LANE

/** Keeps the order of a lane's levels, a list of records as in levels.ts. */
export function keepLevels(lane: u32, list: usize, count: u32): void {
  const to = laneLevels + <usize>lane * LANE
  store<u32>(to, count)
  for (let i: usize = 0; i < count; i++) store<u32>(to + (i << 2), load<u32>(list + (i << 4), 8), 4)
}

/** Keeps the bins of a lane's levels, a list of records. */
export function keepBinned(lane: u32, list: usize, count: u32): void {
  const to = laneLevels + <usize>lane * LANE
  store<u32>(to, count)
  for (let i: usize = 0; i < count; i++) {
    const record = list + (i << 4)
    store<u32>(to + (i << 2), (load<u32>(record, BIN) << 16) | load<u32>(record, 8), 4)
  }
}

/** Keeps the cut of such a lane as the best. */
export function keepBinnedLane(lane: u32): void {
  const from = laneLevels + <usize>lane * LANE
  keepBinnedLevels(from + 4, load<u32>(from))
}

/** Keeps the cut of a lane as the best. */
export function keepLane(lane: u32): void {
  const from = laneLevels + <usize>lane * LANE
  keepLevelsOf(from + 4, load<u32>(from))
}
