import { writeEntry } from './nodes'
import { classFactor } from './state'
import { setLabels } from './two-entropy'
import { setFactors } from './two-score'

/** The two classes of the node at hand. */
export let label0: u32 = 0
export let label1: u32 = 1

export function setClasses(of0: u32, of1: u32): void {
  label0 = of0
  label1 = of1
  setFactors(classFactor(of0), classFactor(of1))
  setLabels(of0, of1)
}

/** The entries of the leaf begun last, by ascending class. */
export function leafEntries(c0: u32, c1: u32): void {
  if (label0 < label1) {
    if (c0 != 0) writeEntry(label0, c0)
    if (c1 != 0) writeEntry(label1, c1)
  } else {
    if (c1 != 0) writeEntry(label1, c1)
    if (c0 != 0) writeEntry(label0, c0)
  }
}
