import { accept, bestCut, bestFeature, bestRight, GO_RIGHT, NO_RIGHT, setBest, setLeft, setMissing, startNode } from './best'
import { cutTwoRows } from './cuts'
import { drawFeatures, drawVarying } from './draw'
import { productOf, sizeOf, weightOf } from './kinds'
import { keepPair } from './subsets'
import { linkRight, writeSides, writeSplit } from './nodes'
import { candidates, codes, hasMissing, levelCount, MISSING, randomCuts } from './state'
import { writeMeanLeaf, writePureLeaf } from './values-leaf'
import { decreaseOf } from './values-score'

/**
 * Grows the subtree of two rows of two values, nearly a third of all splits: the first drawn feature that tells them apart
 * splits them, and both sides are leaves.
 */
export function growPair<T>(first: usize): void {
  const second = first + sizeOf<T>()
  const end = second + sizeOf<T>()
  startNode()
  const left = cutPair<T>(first)
  const sum = productOf<T>(first) + productOf<T>(second)
  if (left == 0 || !accept(decreaseOf(weightOf<T>(first) + weightOf<T>(second), sum))) {
    writeMeanLeaf<T>(first, end)
    return
  }
  const split = writeSplit(bestFeature, bestCut, bestRight)
  writeSides(split, 1, 1)
  writePureLeaf<T>(left, left + sizeOf<T>())
  linkRight(split)
  const right = first + second - left
  writePureLeaf<T>(right, right + sizeOf<T>())
}

/** Answers the left row, or 0 when no feature tells the two apart. */
function cutPair<T>(first: usize): usize {
  const count = drawFeatures()
  for (let i: u32 = 0; i < count; i++) {
    const left = cutPairBy<T>(load<u32>(candidates + (<usize>i << 2)), i, first)
    if (left != 0) return left
  }
  while (true) {
    const f = drawVarying(first, first + 2 * sizeOf<T>())
    if (f < 0) return 0
    const left = cutPairBy<T>(f, 0, first)
    if (left != 0) return left
  }
}

function cutPairBy<T>(f: u32, candidate: u32, first: usize): usize {
  const second = first + sizeOf<T>()
  let left: usize
  if (randomCuts) {
    left = cutTwoRows(f, candidate, first, first + sizeOf<T>())
    if (left == 0) return 0
  } else {
    const at = codes + (<usize>f << 1)
    const codeA = <u32>load<u16>(at + load<u32>(first))
    const codeB = <u32>load<u16>(at + load<u32>(second))
    if (codeA == codeB) return 0
    const gone = max(codeA, codeB) == MISSING && hasMissing(f)
    let isFirst = codeA < codeB
    // Of two levels that of the lower value goes left.
    if (levelCount(f) > 0) {
      if (!gone && sizeOf<T>() == 24) {
        const a = productOf<T>(first) / weightOf<T>(first)
        const b = productOf<T>(second) / weightOf<T>(second)
        if (a != b) isFirst = a < b
      } else if (!gone) {
        isFirst = productOf<T>(first) * weightOf<T>(second) < productOf<T>(second) * weightOf<T>(first)
      }
      setBest(1, f, 0, NO_RIGHT)
      keepPair(codeA, codeB, isFirst)
    } else {
      setBest(1, f, min(codeA, codeB), gone ? NO_RIGHT : max(codeA, codeB))
    }
    left = isFirst ? first : second
    if (gone) setMissing(GO_RIGHT)
  }
  setLeft(weightOf<T>(left), productOf<T>(left), 0, 1)
  return left
}
