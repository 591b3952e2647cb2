import { MISSING } from './encode.ts'
import { Grower } from './grow.ts'
import type { GrownTree } from './grown-tree.ts'
import { instantiateKernel } from './kernel-module.ts'
import type { KernelShare } from './kernel-share.ts'
import { type Leaves, narrowShares } from './narrow-run.ts'
import type { Plan } from './plan.ts'
import { Random } from './random.ts'
import { goesLeft, pickSubsets, placeSubsets } from './short-subsets.ts'
import { MISSING_LEFT } from './trees.ts'

/** Exports of kernels/train.ts. */
interface Kernel {
  configure(plan: number, workspace: number): number
  growClasses(state: bigint, step: bigint, rowsAtOnce: number): boolean | number
  growValues(state: bigint, step: bigint, rowsAtOnce: number): boolean | number
  resume(rowsAtOnce: number): void
  packTree(countsAreWeights: number): void
  readonly [global: string]: unknown
}

/** Rows of nodes that a kernel looks at between two pauses: about 5 ms. A larger node is followed by a pause. */
export const ROWS_AT_ONCE = 100_000

/** Rows whose leaves are looked for between two pauses. */
const REST_AT_ONCE = 1 << 14

/** Grows trees as Grower does, by a kernel. */
export class KernelGrower {
  readonly #plan: Plan
  readonly #memory: WebAssembly.Memory
  readonly #kernel: Kernel
  readonly #rowsAtOnce: number
  #plain: Grower | undefined

  constructor(plan: Plan, share: KernelShare, thread: number, rowsAtOnce = ROWS_AT_ONCE) {
    this.#rowsAtOnce = rowsAtOnce
    this.#plan = plan
    this.#memory = share.memory
    this.#kernel = instantiateKernel<Kernel>(share.memory, share.module)
    this.#kernel.configure(share.plan, share.workspace + thread * share.workspaceBytes)
  }

  *grow(index: number): Generator<void, GrownTree> {
    const { state, step } = Random.ofTree(this.#plan.seed, index).words()
    const kernel = this.#kernel
    // Without rows to look at it draws the samples and pauses.
    const fits = this.#plan.classes > 0 ? kernel.growClasses(state, step, 0) : kernel.growValues(state, step, 0)
    const subsets: Uint8Array[] = []
    yield
    while (fits && this.#number('paused') === 1) {
      kernel.resume(this.#rowsAtOnce)
      if (this.#number('paused') === 0 || this.#number('subsetBytes') >= this.#number('subsetRoom')) {
        subsets.push(this.#fetchSubsets())
      }
      yield
    }
    if (!fits) {
      this.#plain ??= new Grower(this.#plan)
      return yield* this.#plain.grow(index)
    }
    return yield* this.#read(this.#inOrder(subsets.length === 1 ? subsets[0] : concatenate(subsets)))
  }

  *#read(subsets: Uint8Array): Generator<void, GrownTree> {
    const { classes, columns, outOfBag } = this.#plan
    const splits = this.#number('splitCount')
    const leaves = this.#number('leafCount')
    const treeWeight = (this.#kernel.wholeWeight as WebAssembly.Global).value
    const rest = outOfBag ? yield* this.#applyToRest(splits, leaves, subsets) : NO_REST
    const entries = classes > 0 ? this.#number('entryCount') : 0
    const mixed = entries > leaves
    // With fractional weights, or weights of classes, the shares of a leaf are none of its counts; a share of a pure leaf is 1.
    const shares =
      mixed && (this.#plan.weighed || this.#plan.classWeights) ? yield* this.#weighedShares(leaves) : undefined
    this.#kernel.packTree(shares ? 0 : 1)
    const Class: View<Uint8Array | Uint16Array> = classes > 256 ? Uint16Array : Uint8Array
    const Feature: View<Uint8Array | Uint16Array> = columns.length > 256 ? Uint16Array : Uint8Array
    const Count = COUNTS[this.#number('countBytes') as keyof typeof COUNTS]
    const Value = this.#number('valuesAreSingle') === 1 ? Float32Array : Float64Array
    const tree = together({
      shape: this.#view(Uint8Array, 'shape', Math.ceil((splits + leaves) / 8)),
      feature: this.#view(Feature, 'splitFeature', splits),
      threshold: this.#view(Float32Array, 'splitThreshold', this.#number('thresholdCount')),
      missingLeft: this.#view(Uint8Array, 'splitFlags', this.#number('someLeft') === 1 ? Math.ceil(splits / 8) : 0),
      leafEntries: this.#view(Class, 'leafStart', mixed ? leaves : 0),
      leafClass: this.#view(Class, 'entryClass', entries),
      leafCount: this.#view(Count, 'entryWeight', mixed ? this.#number('countCount') : 0),
      leafShare: this.#view<Float32Array | Float64Array>(Value, 'leafValue', classes > 0 ? 0 : leaves),
      leafRows: this.#view(Uint8Array, 'leafRows', leaves),
      leafRowsMany: this.#view(Uint32Array, 'sortKeys', this.#number('manyCount')),
      importances: this.#view(Float64Array, 'importances', columns.length),
    })
    for (let f = 0; f < columns.length; f++) tree.importances[f] /= treeWeight
    return { leaves, subsets, ...tree, ...shares, ...rest }
  }

  /** The bytes written since they were fetched last; the kernel pauses when it has no more room for them. */
  #fetchSubsets(): Uint8Array {
    return this.#view(Uint8Array, 'subsets', this.#number('subsetBytes')).slice()
  }

  /** Best first, subsets are written as nodes are met, and of nodes that become leaves too. */
  #inOrder(subsets: Uint8Array): Uint8Array {
    const { columns, maxLeafNodes } = this.#plan
    if (maxLeafNodes === 0 || subsets.length === 0) return subsets
    const splits = this.#number('splitCount')
    return pickSubsets(
      subsets,
      this.#view(Uint32Array, 'subsetPlaces', splits),
      this.#view(Uint16Array, 'splitFeature', splits),
      Uint32Array.from(columns, ({ levels }) => levels),
    )
  }

  *#weighedShares(leaves: number): Generator<void, Leaves> {
    const given = this.#plan.classWeights?.given
    const entries = this.#number('entryCount')
    const leafStart = this.#view(Uint32Array, 'leafStart', leaves + 1)
    const leafClass = this.#view(Uint16Array, 'entryClass', entries)
    const counts = this.#view(Uint32Array, 'entryWeight', given ? entries : 0)
    const leafShare = given ? new Float64Array(entries) : this.#view(Float64Array, 'entryMass', entries).slice()
    for (let leaf = 0, first = 0; leaf < leaves; leaf++) {
      const end = leafStart[leaf + 1] // exclusive
      if (end - first === 1) {
        leafShare[first++] = 1
        continue
      }
      let sum = 0
      for (let entry = first; entry < end; entry++) {
        if (given) leafShare[entry] = counts[entry] * given[leafClass[entry]]
        sum += leafShare[entry]
      }
      for (; first < end; first++) leafShare[first] /= sum
    }
    return yield* narrowShares({ leafStart, leafClass, leafShare }, this.#plan.classes)
  }

  /** A threshold never lies among the values of one code, so a code's smallest value goes the way of all of them. */
  *#applyToRest(splits: number, leaves: number, subsets: Uint8Array): Generator<void, Rest> {
    const { codes, values, stride, columns, rows } = this.#plan
    const drawn = this.#view(Uint8Array, 'drawn', rows)
    const shape = this.#view(Uint8Array, 'shape', Math.ceil((splits + leaves) / 8))
    const feature = this.#view(Uint16Array, 'splitFeature', splits)
    const threshold = this.#view(Float32Array, 'splitThreshold', splits)
    const flags = this.#view(Uint8Array, 'splitFlags', splits)
    const splitsOnLeft = this.#view(Uint32Array, 'splitsOnLeft', splits)
    const low = columns.map((column) => column.low)
    const subsetStart = placeSubsets(
      subsets,
      feature,
      Uint32Array.from(columns, ({ levels }) => levels),
    )
    let count = 0
    for (let row = 0; row < rows; row++) if (drawn[row] === 0) count++
    const outRows = new Uint32Array(count)
    const outLeaf = new Uint32Array(count)
    for (let row = 0, i = 0; i < count; row++) {
      if (drawn[row] !== 0) continue
      const at = row * stride
      let split = 0
      let leaf = 0
      // invariant: so many splits and leaves stand before the node at hand
      while (((shape[(split + leaf) >>> 3] >>> ((split + leaf) & 7)) & 1) === 1) {
        const f = feature[split]
        const code = codes[at + f]
        const missingLeft = (flags[split] & MISSING_LEFT) !== 0
        let isLeft: boolean
        const { levels, missing } = columns[f]
        if (levels > 0) {
          isLeft =
            code === MISSING && missing ? missingLeft : goesLeft(subsets, subsetStart[split], code, levels, missingLeft)
        } else if (values) {
          const value = values[at + f]
          isLeft = Number.isNaN(value) ? missingLeft : value <= threshold[split]
        } else isLeft = code === MISSING && missing ? missingLeft : low[f][code] <= threshold[split]
        if (!isLeft) {
          leaf += splitsOnLeft[split] + 1
          split += splitsOnLeft[split]
        }
        split++
      }
      outRows[i] = row
      outLeaf[i++] = leaf
      if (i % REST_AT_ONCE === 0) yield
    }
    return { outRows, outLeaf }
  }

  #number(name: string): number {
    return (this.#kernel[name] as WebAssembly.Global).value >>> 0
  }

  #view<T extends ArrayBufferView>(type: View<T>, name: string, length: number): T {
    return new type(this.#memory.buffer, this.#number(name), length)
  }
}

/** Copies arrays into one buffer: allocating, collecting and moving one takes microseconds. */
function together<T extends Record<string, Copyable>>(arrays: T): T {
  let bytes = 0
  for (const name in arrays) bytes += align(arrays[name].byteLength)
  const buffer = new ArrayBuffer(bytes)
  const copies: Record<string, Copyable> = {}
  let at = 0
  for (const name in arrays) {
    const array = arrays[name]
    const copy = new (array.constructor as View<Copyable>)(buffer, at, array.length)
    copy.set(array)
    copies[name] = copy
    at += align(array.byteLength)
  }
  return copies as T
}

/** The next multiple of the largest element. */
function align(bytes: number): number {
  return (bytes + 7) & ~7
}

type Rest = Pick<GrownTree, 'outRows' | 'outLeaf'>
const NO_REST: Rest = { outRows: new Uint32Array(0), outLeaf: new Uint32Array(0) }

type View<T> = new (buffer: ArrayBufferLike, address: number, length: number) => T
type Copyable = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array
const COUNTS: Readonly<Record<1 | 2 | 4, View<Uint8Array | Uint16Array | Uint32Array>>> = {
  1: Uint8Array,
  2: Uint16Array,
  4: Uint32Array,
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
