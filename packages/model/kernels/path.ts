import { NO_RIGHT } from './best'
import { bounds, levelCount, undoLog } from './state'

/** Records of changed bounds since the root, undone when the walk goes back up. */
export let undoCount: u32 = 0

export function startPath(): void {
  undoCount = 0
}

/** On the way left no code of the feature exceeds `high`. */
export function stepLeft(feature: u32, high: u32): void {
  if (levelCount(feature) > 0) return
  const at = bounds + (<usize>feature << 2)
  const old = load<u32>(at)
  log(feature, old)
  store<u32>(at, (old & 0xffff) | (high << 16))
}

/** On the way right no code of the feature is below `low`. */
export function stepRight(feature: u32, low: u32): void {
  if (low == NO_RIGHT) return
  const at = bounds + (<usize>feature << 2)
  const old = load<u32>(at)
  log(feature, old)
  store<u32>(at, (old & 0xffff0000) | low)
}

/** Goes left or right where that says more than is known, so that steps may be taken in any order. */
export function tighten(feature: u32, isLeft: bool, high: u32, low: u32): void {
  const bound = load<u32>(bounds + (<usize>feature << 2))
  if (isLeft) {
    if (high < bound >> 16) stepLeft(feature, high)
  } else if (low > (bound & 0xffff)) {
    stepRight(feature, low)
  }
}

export function stepBack(height: u32): void {
  while (undoCount > height) {
    undoCount--
    const record = load<u64>(undoLog + (<usize>undoCount << 3))
    store<u32>(bounds + (<usize>(record >> 32) << 2), <u32>record)
  }
}

function log(feature: u32, old: u32): void {
  store<u64>(undoLog + (<usize>undoCount << 3), (<u64>feature << 32) | <u64>old)
  undoCount++
}
