import type { Trees } from './trees.ts'

/** The class that a leaf votes for: the first maximum of its shares. */
export function votedClass({ leafStart, leafClass, leafShare }: Trees, leaf: number): number {
  let best = leafStart[leaf]
  for (let entry = best + 1; entry < leafStart[leaf + 1]; entry++) if (leafShare[entry] > leafShare[best]) best = entry
  return leafClass[best]
}
