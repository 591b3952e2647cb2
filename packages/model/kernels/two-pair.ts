import { GO_RIGHT, NO_RIGHT, setBest, setLeft, setMissing } from './best'
import { cutTwoRows } from './cuts'
import { codes, hasMissing, levelCount, MISSING } from './state'
import { keepPair } from './subsets'
import { label0, label1 } from './two-leaf'

/** Two rows of two classes: every feature that tells them apart is as good as any. */
export function cutPair(f: u32, first: usize): bool {
  const a = load<u64>(first)
  const b = load<u64>(first, 8)
  const at = codes + (<usize>f << 1)
  const codeA = <u32>load<u16>(at + <u32>a)
  const codeB = <u32>load<u16>(at + <u32>b)
  if (codeA == codeB) return false
  const gone = max(codeA, codeB) == MISSING && hasMissing(f)
  let isFirst = codeA < codeB
  // Of two levels that of the lower class goes left.
  if (levelCount(f) > 0) {
    if (!gone) isFirst = (load<u16>(first, 4) != 0) == (label0 < label1)
    setBest(1, f, 0, NO_RIGHT)
    keepPair(codeA, codeB, isFirst)
  } else {
    setBest(1, f, min(codeA, codeB), gone ? NO_RIGHT : max(codeA, codeB))
  }
  const left = <u32>((isFirst ? a : b) >> 32)
  if (gone) setMissing(GO_RIGHT)
  setLeft(left & 0xffff, left >> 16, 0, 1)
  return true
}

/** The same by a random cut. */
export function cutPairAnywhere(f: u32, candidate: u32, first: usize): bool {
  const left = cutTwoRows(f, candidate, first, first + 8)
  if (left == 0) return false
  setLeft(load<u16>(left, 4), load<u16>(left, 6), 0, 1)
  return true
}
