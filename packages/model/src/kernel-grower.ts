import { GINI, SQUARED_ERROR } from './criterion.ts'
import { MISSING } from './encode.ts'
import { Grower } from './grow.ts'
import type { GrownTree } from './grown-tree.ts'
import { CELLS } from './kernel-encoder.ts'
import { instantiateKernel, kernelModule } from './kernel-module.ts'
import { type Leaves, narrowShares } from './narrow-run.ts'
import { MAX_WEIGHT, type Plan } from './plan.ts'
import { Random } from './random.ts'
import { MISSING_LEFT, SUBSET } from './trees.ts'

/** What the kernels of a forest's threads share: one memory with the plan in it, and a place for each thread. */
export interface KernelShare {
  readonly memory: WebAssembly.Memory
  readonly module: WebAssembly.Module
  /** Addresses of the plan, and of the first thread's workspace, each so many bytes long. */
  readonly plan: number
  readonly workspace: number
  readonly workspaceBytes: number
  /** By column: addresses of the smallest and the largest value of each code. */
  readonly low: readonly number[]
  readonly high: readonly number[]
}

/** Exports of kernels/train.ts. */
interface Kernel {
  configure(plan: number, workspace: number): number
  growClasses(state: bigint, step: bigint, rowsAtOnce: number): boolean | number
  growValues(state: bigint, step: bigint, rowsAtOnce: number): boolean | number
  resume(rowsAtOnce: number): void
  packTree(countsAreWeights: number): void
  readonly [global: string]: unknown
}

const PAGE = 65536

/** Rows of nodes that a kernel looks at between two pauses: about 5 ms. A larger node is followed by a pause. */
export const ROWS_AT_ONCE = 100_000

/** Bytes of the plan that are copied between two pauses, and rows whose leaves are looked for. */
const BYTES_AT_ONCE = 1 << 22
const REST_AT_ONCE = 1 << 14

/** Most bytes of a WebAssembly memory. */
const MOST_BYTES = 65536 * PAGE

/** Whether the kernels can grow the trees of a plan; what they cannot is grown by the plain engine to the same trees. */
export function fitsKernel(plan: Plan): boolean {
  const { weights, columns } = plan
  return (
    (plan.criterion === GINI || plan.criterion === SQUARED_ERROR) &&
    plan.maxLeafNodes === 0 &&
    (plan.classes === 0 ? plan.fixed !== undefined || plan.range !== undefined : plan.classes >= 2) &&
    columns.every(({ levels }) => !(plan.randomCuts && levels > 0)) &&
    plan.rows * (weights === undefined || plan.weighed ? 1 : MAX_WEIGHT) < 2 ** 26 &&
    plan.rows * plan.stride * (plan.randomCuts ? 4 : 2) < 2 ** 32
  )
}

/** Puts a plan into a memory for `threads` kernels; undefined where the platform lacks what they need. */
export function* shareKernel(plan: Plan, threads: number): Generator<void, KernelShare | undefined> {
  try {
    const module = kernelModule()
    yield
    const writer = new PlanWriter(plan)
    const layout = layOut(plan, writer)
    const memory = yield* writer.write()
    const workspace = layout.end
    const workspaceBytes = instantiateKernel<Kernel>(memory, module).configure(layout.plan, 0)
    const bytes = workspace + threads * workspaceBytes
    if (bytes > MOST_BYTES) return undefined
    memory.grow(Math.max(0, Math.ceil(bytes / PAGE) - memory.buffer.byteLength / PAGE))
    return { memory, module, ...layout, workspace, workspaceBytes }
  } catch {
    return undefined
  }
}

/** The plan with its largest arrays in the kernels' memory, so that they are there once. */
export function planIn({ memory, low, high }: KernelShare, plan: Plan): Plan {
  const valuesAt = (at: number, { length }: Float32Array) => new Float32Array(memory.buffer, at, length)
  return {
    ...plan,
    codes: plan.values ? plan.codes : new Uint16Array(memory.buffer, CELLS, plan.codes.length),
    values: plan.values && new Float32Array(memory.buffer, CELLS, plan.values.length),
    columns: plan.columns.map((column, f) => ({
      ...column,
      low: valuesAt(low[f], column.low),
      high: valuesAt(high[f], column.high),
    })),
  }
}

/** Puts arrays behind the cells of the table, which may be in their memory already. */
class PlanWriter {
  readonly #arrays: { at: number; bytes: Uint8Array }[] = []
  readonly #given: WebAssembly.Memory | undefined
  readonly #cellsEnd: number
  #end: number

  constructor({ memory, codes, values }: Plan) {
    const cells = values ?? codes
    this.#given = memory
    this.#cellsEnd = align(CELLS + cells.byteLength)
    this.#end = this.#cellsEnd
    if (memory === undefined) this.#arrays.push({ at: CELLS, bytes: bytesOf(cells) })
  }

  put(array: ArrayBufferView | undefined): number {
    if (array === undefined) return 0
    const at = this.#end
    this.#arrays.push({ at, bytes: bytesOf(array) })
    this.#end = align(at + array.byteLength)
    return at
  }

  get end(): number {
    return align(this.#end)
  }

  *write(): Generator<void, WebAssembly.Memory> {
    const pages = Math.ceil(this.#end / PAGE)
    const memory = this.#given ?? new WebAssembly.Memory({ initial: pages, maximum: 65536, shared: true })
    if (this.#given) {
      // What the cells were made with; a workspace starts with zeros.
      const old = memory.buffer.byteLength
      memory.grow(Math.max(0, pages - old / PAGE))
      const to = new Uint8Array(memory.buffer)
      for (let at = this.#cellsEnd; at < old; at += BYTES_AT_ONCE) {
        to.fill(0, at, Math.min(old, at + BYTES_AT_ONCE))
        yield
      }
    }
    const to = new Uint8Array(memory.buffer)
    for (const { at, bytes } of this.#arrays) {
      for (let start = 0; start < bytes.length; start += BYTES_AT_ONCE) {
        to.set(bytes.subarray(start, start + BYTES_AT_ONCE), at + start)
        if (bytes.length >= BYTES_AT_ONCE) yield
      }
    }
    return memory
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** See `configure` in kernels/state.ts. */
function layOut(
  plan: Plan,
  writer: PlanWriter,
): Omit<KernelShare, 'memory' | 'module' | 'workspace' | 'workspaceBytes'> & { end: number } {
  const { classWeights, columns, fixed, present, range, weighed, weights } = plan
  const low = columns.map((column) => writer.put(column.low))
  const high = columns.map((column, f) => (column.exact ? low[f] : writer.put(column.high)))
  const values = plan.values ? CELLS : 0
  const fields = new ArrayBuffer(144)
  const limit = (value: number) => Math.min(value, 0x7fff_ffff)
  new Uint32Array(fields).set([
    plan.rows,
    columns.length,
    plan.stride * 2,
    plan.values ? 0 : CELLS,
    plan.classes > 0 ? writer.put(plan.target) : 0,
    plan.classes,
    weights && !weighed ? writer.put(Uint8Array.from(weights)) : 0,
    writer.put(present),
    present?.length ?? plan.rows,
    plan.draws,
    plan.maxFeatures,
    limit(plan.minSamplesSplit),
    limit(plan.minSamplesLeaf),
    limit(plan.maxDepth),
    plan.maxBins,
    writer.put(Uint32Array.from(columns, (column) => (plan.randomCuts ? VARIES : column.levels || column.low.length))),
    writer.put(Uint32Array.from(low)),
    writer.put(Uint32Array.from(high)),
    plan.classes > 0 ? 0 : writer.put(plan.target),
    writer.put(fixed?.values),
  ])
  const { lowest, step } = fixed ?? range ?? { lowest: 0, step: 1 }
  new Float64Array(fields).set([plan.minImpurityDecrease, fixed?.scale ?? 1, lowest, step], 10)
  new Uint32Array(fields)[28] = values
  new Uint32Array(fields)[29] = columns.some(({ missing }) => missing)
    ? writer.put(Uint8Array.from(columns, ({ missing }) => Number(missing)))
    : 0
  new Uint32Array(fields)[30] = classWeights ? writer.put(Uint32Array.from(classWeights.whole)) : 0
  new Uint32Array(fields)[31] = columns.some(({ levels }) => levels > 0)
    ? writer.put(Uint32Array.from(columns, ({ levels }) => levels))
    : 0
  new Uint32Array(fields)[32] = weighed ? writer.put(weights) : 0
  new Float64Array(fields)[17] = range?.centre ?? 0
  const at = writer.put(new Uint8Array(fields))
  return { plan: at, low, high, end: writer.end }
}

/** The next multiple of 64, also beyond 2^31. */
function align(bytes: number): number {
  return Math.ceil(bytes / 64) * 64
}

/** Codes of a column that is not known to be constant. */
const VARIES = 2

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
    const subsets = [this.#fetchSubsets()]
    yield
    while (fits && this.#number('paused') === 1) {
      kernel.resume(this.#rowsAtOnce)
      subsets.push(this.#fetchSubsets())
      yield
    }
    if (!fits) {
      this.#plain ??= new Grower(this.#plan)
      return yield* this.#plain.grow(index)
    }
    return yield* this.#read(concatenate(subsets))
  }

  *#read(subsets: Uint32Array): Generator<void, GrownTree> {
    const { classes, columns, outOfBag } = this.#plan
    const splits = this.#number('splitCount')
    const leaves = this.#number('leafCount')
    const treeWeight = (this.#kernel.wholeWeight as WebAssembly.Global).value
    const rest = outOfBag ? yield* this.#applyToRest(splits, leaves, subsets) : NO_REST
    // With fractional weights, or weights of classes, the shares of a leaf are none of its counts.
    const shares =
      classes > 0 && (this.#plan.weighed || this.#plan.classWeights) ? yield* this.#weighedShares(leaves) : undefined
    this.#kernel.packTree(shares ? 0 : 1)
    const entries = classes > 0 ? this.#number('entryCount') : 0
    const mixed = entries > leaves
    const Class: View<Uint8Array | Uint16Array> = classes > 256 ? Uint16Array : Uint8Array
    const Feature: View<Uint8Array | Uint16Array> = columns.length > 256 ? Uint16Array : Uint8Array
    const Count = COUNTS[this.#number('countBytes') as keyof typeof COUNTS]
    return {
      leaves,
      shape: this.#copy(Uint8Array, 'shape', Math.ceil((splits + leaves) / 8)),
      feature: this.#copy(Feature, 'splitFeature', splits),
      threshold: this.#copy(Float32Array, 'splitThreshold', this.#number('thresholdCount')),
      missingLeft: this.#copy(Uint8Array, 'splitFlags', this.#number('someLeft') === 1 ? Math.ceil(splits / 8) : 0),
      subsets,
      leafEntries: this.#copy(Class, 'leafStart', mixed ? leaves : 0),
      leafClass: this.#copy(Class, 'entryClass', entries),
      leafCount: this.#copy(Count, 'entryWeight', mixed ? this.#number('countCount') : 0),
      leafShare:
        this.#number('valuesAreSingle') === 1
          ? this.#copy(Float32Array, 'leafValue', leaves)
          : this.#copy(Float64Array, 'leafValue', classes > 0 ? 0 : leaves),
      leafRows: this.#copy(Uint8Array, 'leafRows', leaves),
      leafRowsMany: this.#copy(Uint32Array, 'sortKeys', this.#number('manyCount')),
      ...shares,
      importances: this.#copy(Float64Array, 'importances', columns.length).map((decrease) => decrease / treeWeight),
      ...rest,
    }
  }

  /** The words written since the kernel went on last; it pauses before they get too many. */
  #fetchSubsets(): Uint32Array {
    return this.#copy(Uint32Array, 'subsets', this.#number('subsetWords'))
  }

  /** By split: its first word; subsets stand in the order of splits, as many words each as the levels of its feature need. */
  #placeSubsets(feature: Uint16Array, flags: Uint8Array): Uint32Array {
    const { columns } = this.#plan
    const start = new Uint32Array(columns.some(({ levels }) => levels > 0) ? flags.length : 0)
    for (let split = 0, word = 0; split < start.length; split++) {
      start[split] = word
      if ((flags[split] & SUBSET) !== 0) word += Math.ceil(columns[feature[split]].levels / 32)
    }
    return start
  }

  *#weighedShares(leaves: number): Generator<void, Leaves> {
    const given = this.#plan.classWeights?.given
    const entries = this.#number('entryCount')
    const leafStart = this.#view(Uint32Array, 'leafStart', leaves + 1)
    const leafClass = this.#view(Uint16Array, 'entryClass', entries)
    const leafShare = given
      ? Float64Array.from(
          this.#view(Uint32Array, 'entryWeight', entries),
          (count, entry) => count * given[leafClass[entry]],
        )
      : this.#view(Float64Array, 'entryMass', entries).slice()
    for (let leaf = 0; leaf + 1 < leafStart.length; leaf++) {
      const end = leafStart[leaf + 1]
      let sum = 0
      for (let entry = leafStart[leaf]; entry < end; entry++) sum += leafShare[entry]
      for (let entry = leafStart[leaf]; entry < end; entry++) leafShare[entry] /= sum
    }
    return yield* narrowShares({ leafStart, leafClass, leafShare }, this.#plan.classes)
  }

  /** A threshold never lies among the values of one code, so a code's smallest value goes the way of all of them. */
  *#applyToRest(splits: number, leaves: number, subsets: Uint32Array): Generator<void, Rest> {
    const { codes, values, stride, columns, rows } = this.#plan
    const drawn = this.#view(Uint8Array, 'drawn', rows)
    const shape = this.#view(Uint8Array, 'shape', Math.ceil((splits + leaves) / 8))
    const feature = this.#view(Uint16Array, 'splitFeature', splits)
    const threshold = this.#view(Float32Array, 'splitThreshold', splits)
    const flags = this.#view(Uint8Array, 'splitFlags', splits)
    const splitsOnLeft = this.#view(Uint32Array, 'splitsOnLeft', splits)
    const low = columns.map((column) => column.low)
    const subsetStart = this.#placeSubsets(feature, flags)
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
        let isLeft: boolean
        if (values) {
          const value = values[at + f]
          isLeft = Number.isNaN(value) ? (flags[split] & MISSING_LEFT) !== 0 : value <= threshold[split]
        } else if (code === MISSING && columns[f].missing) isLeft = (flags[split] & MISSING_LEFT) !== 0
        else if (columns[f].levels === 0) isLeft = low[f][code] <= threshold[split]
        else isLeft = ((subsets[subsetStart[split] + (code >> 5)] >>> (code & 31)) & 1) === 1
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

  #copy<T extends Copyable>(type: View<T>, name: string, length: number): T {
    return this.#view(type, name, length).slice() as T
  }
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

function concatenate(parts: readonly Uint32Array[]): Uint32Array<ArrayBuffer> {
  const all = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
