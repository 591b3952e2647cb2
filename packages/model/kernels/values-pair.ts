import { accept, bestCut, bestFeature, bestRight, GO_RIGHT, NO_RIGHT, setBest, setLeft, setMissing, startNode } from './best'
import { cutTwoRows } from './cuts'
import { drawFeatures, drawVarying } from './draw'
import { keepPair } from './levels'
import { linkRight, writeSides, writeSplit } from './nodes'
import { candidates, codes, hasMissing, levelCount, MISSING, randomCuts } from './state'
import { writeMeanLeaf, writePureLeaf } from './values-leaf'
import { decreaseOf } from './values-score'

/**
 * Grows the subtree of two rows of two values, nearly a third of all splits: the first drawn feature that tells them apart
 * splits them, and both sides are leaves.
 */
export function growPair(first: usize): void {
  const second = first + 16
  startNode()
  const left = cutPair(first)
  const sum = load<f64>(first, 8) + load<f64>(second, 8)
  if (left == 0 || !accept(decreaseOf(weightAt(first) + weightAt(second), sum))) {
    writeMeanLeaf(first, second + 16)
    return
  }
  const split = writeSplit(bestFeature, bestCut, bestRight)
  writeSides(split, 1, 1)
  writePureLeaf(left, 1)
  linkRight(split)
  writePureLeaf(first + second - left, 1)
}

/** Answers the left row, or 0 when no feature tells the two apart. */
function cutPair(first: usize): usize {
  const count = drawFeatures()
  for (let i: u32 = 0; i < count; i++) {
    const left = cutPairBy(load<u32>(candidates + (<usize>i << 2)), i, first)
    if (left != 0) return left
  }
  const f = drawVarying(first, first + 32)
  return f < 0 ? 0 : cutPairBy(f, 0, first)
}

function cutPairBy(f: u32, candidate: u32, first: usize): usize {
  let left: usize
  if (randomCuts) {
    left = cutTwoRows(f, candidate, first, first + 16)
    if (left == 0) return 0
    setBest(1, f, 0, 1)
  } else {
    const at = codes + (<usize>f << 1)
    const codeA = <u32>load<u16>(at + load<u32>(first))
    const codeB = <u32>load<u16>(at + load<u32>(first, 16))
    if (codeA == codeB) return 0
    const gone = max(codeA, codeB) == MISSING && hasMissing(f)
    let isFirst = codeA < codeB
    // Of two levels that of the lower value goes left.
    if (levelCount(f) > 0) {
      if (!gone) isFirst = load<f64>(first, 8) * weightAt(first + 16) < load<f64>(first, 24) * weightAt(first)
      setBest(1, f, 0, NO_RIGHT)
      keepPair(f, isFirst ? codeA : codeB, isFirst ? codeB : codeA)
    } else {
      setBest(1, f, min(codeA, codeB), gone ? NO_RIGHT : max(codeA, codeB))
    }
    left = isFirst ? first : first + 16
    if (gone) setMissing(GO_RIGHT)
  }
  setLeft(weightAt(left), load<f64>(left, 8), 0, 1)
  return left
}

function weightAt(sample: usize): f64 {
  return <f64>(load<u32>(sample, 4) >> 24)
}
