import type { SectionPlans, SectionValues } from './format-write.ts'
import type { NodeRun } from './grown-tree.ts'
import { NumberKernel } from './number-kernel.ts'
import { type Numbered, type NumberSplits, numberPlainly } from './number-thresholds.ts'
import { total } from './pack-shares.ts'
import type { Feature } from './table.ts'

/**
 * The thresholds as they are, or as indices into each feature's distinct ones where that takes fewer bytes. Pauses as it
 * goes from run to run.
 *
 * @param kernel numbers them faster than the plain way does, to the same bytes; null does without.
 */
export function* packThresholds(
  runs: readonly NodeRun[],
  features: readonly Feature[],
  kernel: typeof NumberKernel | null = NumberKernel,
): Generator<void, SectionPlans> {
  const length = total(runs, ({ threshold }) => threshold.length)
  if (length === 0) return {}
  const splits = runs.map((run) => numberSplits(run, features))
  const plain = { threshold: { type: 4, length, fill: (to: SectionValues) => fillPlain(runs, to) } } as const
  const numbers =
    (length >= KERNEL_SPLITS ? yield* number(kernel, splits, features.length, length) : undefined) ??
    (yield* numberPlainly(splits, features.length, length))
  if (numbers === 'many') return plain
  const { threshold, thresholdStart, fill } = numbers
  let most = 0
  for (let f = 0; f < features.length; f++) most = Math.max(most, thresholdStart[f + 1] - thresholdStart[f])
  const width = most <= 0x100 ? 1 : 2
  if (width * length + 4 * (threshold.length + features.length + 1) >= 4 * length) return plain
  return {
    threshold,
    thresholdIndex: { type: width, length, fill: (to: SectionValues) => fill(to as Uint8Array | Uint16Array) },
    thresholdStart,
  }
}

/** Below it a kernel does not pay. */
const KERNEL_SPLITS = 4096

function* number(
  kernel: typeof NumberKernel | null,
  splits: readonly NumberSplits[],
  features: number,
  length: number,
): Generator<void, Numbered | 'many' | undefined> {
  const instance = kernel?.create(splits, features, length)
  return instance && (yield* instance.number())
}

function numberSplits({ feature, threshold }: NodeRun, features: readonly Feature[]): NumberSplits {
  if (feature.length === threshold.length) return { feature, threshold }
  const isNumber = Uint8Array.from(features, ({ type }) => (type === 'number' ? 1 : 0))
  // One more, since a feature is written before it is known to be a number's.
  const numbers = feature.slice(0, threshold.length + 1)
  let split = 0
  for (let i = 0; i < feature.length; i++) {
    numbers[split] = feature[i]
    split += isNumber[feature[i]]
  }
  return { feature: numbers.subarray(0, split), threshold }
}

function fillPlain(runs: readonly NodeRun[], to: SectionValues): void {
  let at = 0
  for (const { threshold } of runs) {
    to.set(threshold, at)
    at += threshold.length
  }
}
