import { looksDistinct, mostDistinct, type Numbered, type NumberSplits, SAMPLE, startsOf } from './number-thresholds.ts'
import { instantiateKernel, type Kernel, type KernelInstance } from './predict-kernel.ts'

/** Where the kernel's arrays start, and splits that are numbered in one call. */
const START = 1024
const STAGE = 16384
/** Splits whose places are written between two pauses. */
const SPLITS_AT_ONCE = 1 << 20

/** Numbers thresholds by a kernel as `numberPlainly` does. */
export class NumberKernel {
  readonly #memory: WebAssembly.Memory<ArrayBuffer>
  readonly #kernel: Kernel
  readonly #splits: readonly NumberSplits[]
  readonly #features: number
  readonly #count: number

  private constructor(
    { memory, kernel }: KernelInstance,
    splits: readonly NumberSplits[],
    features: number,
    count: number,
  ) {
    this.#memory = memory
    this.#kernel = kernel
    this.#splits = splits
    this.#features = features
    this.#count = count
  }

  /** Undefined where the platform lacks what it needs. */
  static create(splits: readonly NumberSplits[], features: number, count: number): NumberKernel | undefined {
    const isWide = splits[0].feature.BYTES_PER_ELEMENT === 2
    const bytes = START + 4 * features + (isWide ? 4 : 3) * count + 4 * STAGE + (1 << 16)
    const instance = bytes < 2 ** 32 ? instantiateKernel(bytes) : undefined
    if (instance === undefined) return undefined
    instance.kernel.startNumbers(START, features, isWide ? 1 : 0, count, mostDistinct(count))
    return new NumberKernel(instance, splits, features, count)
  }

  /** Undefined when memory does not suffice. Pauses after each run, and as it writes the places. */
  *number(): Generator<void, Numbered | 'many' | undefined> {
    const kernel = this.#kernel
    const featureAt = kernel.numberFeature.value
    let done = 0
    for (const { feature, threshold } of this.#splits) {
      for (let from = 0, to = 0; from < threshold.length; from = to) {
        to = Math.min(threshold.length, from + (done < SAMPLE ? SAMPLE - done : STAGE))
        const { buffer } = this.#memory
        const Features = feature.BYTES_PER_ELEMENT === 2 ? Uint16Array : Uint8Array
        new Features(buffer, featureAt, this.#count).set(feature.subarray(from, to), done)
        new Float32Array(buffer, kernel.numberStage.value, STAGE).set(threshold.subarray(from, to))
        const answer = kernel.numberStaged(to - from)
        if (answer !== 1) return answer === 0 ? 'many' : undefined
        done += to - from
        if (done === SAMPLE && done < this.#count && looksDistinct(kernel.distinct.value, this.#count)) return 'many'
      }
      yield
    }
    if (kernel.rankNumbers() === 0) return undefined
    const found = new Uint32Array(this.#memory.buffer, kernel.found.value, this.#features)
    const bytes = found.every((count) => count <= 0x100) ? 1 : 2
    for (let from = 0; from < this.#count; from += SPLITS_AT_ONCE) {
      yield
      kernel.rankSplits(from, Math.min(this.#count, from + SPLITS_AT_ONCE), bytes)
    }
    const { buffer } = this.#memory
    const Places = bytes === 1 ? Uint8Array : Uint16Array
    return {
      threshold: new Float32Array(buffer, kernel.ranked.value, kernel.distinct.value),
      thresholdStart: startsOf(found),
      fill: (to) => to.set(new Places(buffer, kernel.numberIndex.value, this.#count)),
    }
  }
}
