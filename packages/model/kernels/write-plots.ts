import { budget, spend } from './budget'
import { sizeOf } from './kinds'
import { takeKeptClasses } from './many-children'
import { clearTotals, countClasses, writeMixed } from './many-node'
import { addSplit, linkRight, writeLeaf } from './nodes'
import { MANY } from './plots'
import { classes, PLOT, splitFlags, stack, subsetPlaces } from './state'
import { leafEntries, setClasses } from './two-leaf'
import { fetchValues, onlyValue, setLabels, writeMeanLeaf, writeMergedLeaf, writePureLeaf } from './values-leaf'

/*
 * Writes a tree that was grown best first. Nodes still to be written wait on a stack: u32 plot, u32 number of the split whose right
 * child it is, or NO_PARENT.
 */

let top: usize = 0
const NO_PARENT: u32 = 0xffffffff

export function startWriting(root: usize): void {
  top = stack
  wait(root, NO_PARENT)
}

/** Writes the nodes in pre-order, or goes on with that; false when the budget is spent. */
export function writePlots<T>(): bool {
  while (top != stack) {
    if (budget <= 0) return false
    top -= 8
    const plot = <usize>load<u32>(top)
    const parent = load<u32>(top, 4)
    if (parent != NO_PARENT) linkRight(parent)
    const left = <usize>load<u32>(plot, 20)
    if (left == 0) {
      writeLeafOf<T>(plot)
      continue
    }
    const number = addSplit(load<u32>(plot, 72), load<f32>(plot, 76))
    const flags = load<u32>(plot, 92)
    store<u8>(splitFlags + <usize>number, <u8>flags)
    if ((flags & SUBSET) != 0) store<u32>(subsetPlaces + (<usize>number << 2), load<u32>(plot, 88))
    wait(left + PLOT, number)
    wait(left, NO_PARENT)
  }
  fetchValues()
  return true
}

const SUBSET: u32 = 2

function wait(plot: usize, parent: u32): void {
  store<u32>(top, <u32>plot)
  store<u32>(top, parent, 4)
  top += 8
}

function writeLeafOf<T>(plot: usize): void {
  const first = <usize>load<u32>(plot)
  const end = <usize>load<u32>(plot, 4)
  const n = <u32>((end - first) / sizeOf<T>())
  spend(n)
  const labels = load<u32>(plot, 24)
  if (classes > 2 && labels == MANY) {
    const kept = load<u32>(plot, 8) == 0 ? load<u32>(plot, 28) : 0
    if (kept != 0) takeKeptClasses(first, kept)
    else countClasses<T>(first, end)
    writeMixed<T>(n)
    clearTotals<T>()
  } else if (sizeOf<T>() == 8) {
    setClasses(labels & 0xffff, labels >> 16)
    writeLeaf(n)
    leafEntries(<u32>load<f64>(plot, 32), <u32>load<f64>(plot, 40))
  } else {
    const middle = <usize>load<u32>(plot, 8)
    if (classes > 0) setLabels(labels & 0xffff, labels >> 16)
    if (middle != 0) writeMergedLeaf<T>(first, middle, end)
    else if (onlyValue<T>(first, end)) writePureLeaf<T>(first, end)
    else writeMeanLeaf<T>(first, end)
  }
}
