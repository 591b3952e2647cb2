import { ENTROPY } from './criterion.ts'
import { CELLS } from './kernel-encoder.ts'
import { scaledXlog2x } from './logarithm.ts'
import type { Plan } from './plan.ts'
import { MAX_WEIGHT } from './row-weights.ts'

/** A plan in the kernels' memory. */
export interface WrittenPlan {
  readonly memory: WebAssembly.Memory
  /** Address of its fields; see `configure` in kernels/state.ts. */
  readonly plan: number
  /** By column: addresses of the smallest and the largest value of each code. */
  readonly low: readonly number[]
  readonly high: readonly number[]
  /** Where it ends, exclusive; what follows is zeros. */
  readonly end: number
}

const PAGE = 65536

/** Bytes of the plan that are copied between two pauses. */
const BYTES_AT_ONCE = 1 << 22

/** Writes a plan into the memory that holds its cells already, or into a new one. */
export function* writePlan(plan: Plan): Generator<void, WrittenPlan> {
  const writer = new PlanWriter(plan)
  const places = layOut(plan, writer)
  return { memory: yield* writer.write(), ...places, end: writer.end }
}

/** See `configure` in kernels/state.ts. */
function layOut(plan: Plan, writer: PlanWriter): Pick<WrittenPlan, 'plan' | 'low' | 'high'> {
  const { classWeights, columns, fixed, present, range, weighed, weights } = plan
  const low = columns.map((column) => writer.put(column.low))
  const high = columns.map((column, f) => (column.exact ? low[f] : writer.put(column.high)))
  const values = plan.values ? CELLS : 0
  const fields = new ArrayBuffer(176)
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
  new Uint32Array(fields)[42] = plan.maxLeafNodes
  if (plan.criterion === ENTROPY) {
    const terms = termsOf(plan)
    const places = terms.map((of) => writer.put(of))
    new Uint32Array(fields).set([places[0], terms[0].length], 36)
    new Float64Array(fields)[19] = plan.entropyScale
    if (classWeights) {
      const counts = Uint32Array.from(terms, ({ length }) => length)
      new Uint32Array(fields).set([writer.put(Uint32Array.from(places)), writer.put(counts)], 40)
    }
  }
  const at = writer.put(new Uint8Array(fields))
  return { plan: at, low, high }
}

/**
 * The terms of entropy of all weights up to that of a tree, or to MOST_TERMS. With class weights a list a class, of weights before they
 * are multiplied, and up to twice what the class has: what is beyond is computed where it is needed.
 */
function termsOf({ rows, target, weights, classWeights, entropyScale }: Plan): readonly Float64Array[] {
  const list = (most: number, factor: number) =>
    Float64Array.from({ length: Math.min(most + 1, MOST_TERMS) }, (_, weight) =>
      scaledXlog2x(weight * factor, entropyScale),
    )
  if (classWeights === undefined) return [list(rows * (weights ? MAX_WEIGHT : 1), 1)]
  const totals = new Float64Array(classWeights.whole.length)
  for (let row = 0; row < rows; row++) totals[target[row]] += weights?.[row] ?? 1
  return Array.from(totals, (total, label) => list(2 * total + 64, classWeights.whole[label]))
}

/** Nodes that weigh less have tables of the terms of their cuts; see kernels/entropy.ts. */
const MOST_TERMS = 32768

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

/** The next multiple of 64, also beyond 2^31. */
function align(bytes: number): number {
  return Math.ceil(bytes / 64) * 64
}

/** Codes of a column that is not known to be constant. */
const VARIES = 2
