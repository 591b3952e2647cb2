import { GO_LEFT, GO_RIGHT } from './best'
import { LEFT_SIDE } from './gaps'
import { laneSums } from './state'

/** The score of the best cut of a small node's four lanes, and the side of missing values that it has. */
export let topScore: f64 = 0
export let topSide: u32 = 0

/**
 * The lane of the best of four cuts, f32[4] scores in laneSums, or if `gaps` of eight, the other four from LEFT_SIDE on. Of equal
 * ones the first lane wins, and in it missing values go right. Scores are picked by a mask, without a branch a lane.
 */
export function topLane(gaps: bool): u32 {
  const right = v128.load(laneSums)
  topSide = GO_RIGHT
  if (!gaps) {
    const top = topOf(right)
    topScore = <f64>f32x4.extract_lane(top, 0)
    return <u32>ctz(i32x4.bitmask(f32x4.eq(right, top)))
  }
  const left = v128.load(laneSums, LEFT_SIDE)
  const both = f32x4.pmax(right, left)
  const top = topOf(both)
  topScore = <f64>f32x4.extract_lane(top, 0)
  const lane = <u32>ctz(i32x4.bitmask(f32x4.eq(both, top)))
  if (load<f32>(laneSums + (<usize>lane << 2)) < load<f32>(laneSums + (<usize>lane << 2), LEFT_SIDE)) topSide = GO_LEFT
  return lane
}

export function setTop(score: f64, side: u32): void {
  topScore = score
  topSide = side
}

/** The place of the best cut: its lane's u32[4] behind the scores. */
export function placeOfTop(lane: u32): u32 {
  const slot = laneSums + (<usize>lane << 2)
  return topSide == GO_LEFT ? load<u32>(slot, LEFT_SIDE + 16) : load<u32>(slot, 16)
}

/** The largest of four, in all lanes. */
function topOf(scores: v128): v128 {
  const pairs = f32x4.pmax(scores, i32x4.shuffle(scores, scores, 2, 3, 0, 1))
  return f32x4.pmax(pairs, i32x4.shuffle(pairs, pairs, 1, 0, 3, 2))
}
