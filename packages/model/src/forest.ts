import { copyBlock, type NumberRows, rowCount } from './block.ts'
import type { Aggregation, Description, Ties } from './check-description.ts'
import { decideBlock } from './decide.ts'
import { ModelError } from './errors.ts'
import { type ForestFile, readForest, rereadForest, writeForest, writeGrown } from './format-forest.ts'
import type { NodeRun } from './grown-tree.ts'
import { KernelWalk } from './kernel-walk.ts'
import type { ResolvedParameters } from './parameters.ts'
import { PlainWalk } from './plain-walk.ts'
import { planWalk, type Walk } from './predict.ts'
import { encodeRows, planRows, type RowPlan, type Rows } from './rows.ts'
import type { OutOfBag, TrainingSummary } from './summary.ts'
import type { Signature } from './table.ts'
import type { Trees } from './trees.ts'
import { unpackTrees } from './unpack-trees.ts'
import type { Walker } from './walker.ts'

/** What a forest is made of. */
export interface ForestParts {
  readonly signature: Signature
  readonly parameters: ResolvedParameters
  readonly summary: TrainingSummary
  readonly aggregation: Aggregation
  /** Default 'first-class'. */
  readonly ties?: Ties | undefined
  readonly trees: Trees
}

/**
 * Builds a forest of trees just grown, each a run of nodes. They are not checked again: what an engine grows passes every
 * check of a file. Runs until done when iterated; pauses after each pass over the trees.
 */
export function* forestOfGrown(
  { ties = 'first-class', ...rest }: Omit<ForestParts, 'trees'>,
  grown: readonly NodeRun[],
): Generator<void, Forest> {
  return createForest(rereadForest(yield* writeGrown({ ...rest, ties }, grown)))
}

let createForest: (file: ForestFile) => Forest

/** A random forest over one buffer, which is the model, the message to a worker and the file. */
export class Forest {
  /** The bytes of forest.copse. Not to be written to. */
  readonly data: Uint8Array
  readonly signature: Signature
  readonly parameters: ResolvedParameters
  readonly summary: TrainingSummary
  readonly aggregation: Aggregation
  readonly ties: Ties
  readonly treeCount: number
  readonly nodeCount: number
  /** Numbers in the answer to a row: K classes, or 1 for a number target. */
  readonly outputs: number
  /** Only on a forest just trained with `oobScore`; never in the file. */
  outOfBag?: OutOfBag
  /** Whether the file says how many training rows reached each leaf; the share of rare leaves needs it. */
  readonly hasLeafRows: boolean
  readonly #file: ForestFile
  #trees: Trees | undefined
  #chosenWalker: Walker | undefined
  #plannedWalk: Walk | undefined
  #plannedRows: RowPlan | undefined

  static {
    createForest = (file) => new Forest(file, true)
  }

  /**
   * Reads a forest from any buffer, or any view at any offset; the bytes are copied only when they do not start on an
   * 8-byte boundary, and must not change afterwards. Everything is checked first.
   *
   * @throws ModelError with a MODEL_ERR_FILE_ code: truncated, foreign, newer, damaged or wrong in its structure.
   */
  static from(bytes: ArrayBufferLike | ArrayBufferView): Forest {
    return new Forest(readForest(bytes))
  }

  /**
   * Builds a forest, and its bytes, from parts. The bytes depend on nothing but what the parts say.
   *
   * @throws ModelError MODEL_ERR_FILE_STRUCTURE when the parts do not make a forest.
   */
  static fromTrees(parts: ForestParts): Forest {
    const { trees, ties = 'first-class', ...rest } = parts
    const description: Description = { ...rest, ties }
    return new Forest(rereadForest(writeForest(description, trees)), true)
  }

  private constructor(file: ForestFile, isChecked = false) {
    const { data, counts, description, sections } = file
    const { signature } = description
    this.#file = file
    this.data = data
    this.signature = signature
    this.parameters = description.parameters
    this.summary = description.summary
    this.aggregation = description.aggregation
    this.ties = description.ties
    this.treeCount = counts.trees
    this.nodeCount = counts.nodes
    this.outputs = signature.target.type === 'class' ? signature.target.classes.length : 1
    this.hasLeafRows = sections.leafRows !== undefined
    if (isChecked) return
    // Both check nodes and leaves; the one in WebAssembly pays for more than a few of them.
    if (counts.nodes >= KERNEL_NODES) this.#chosenWalker = this.#readKernel()
    if (this.#chosenWalker === undefined) this.#trees = unpackTrees(sections, signature)
  }

  /** The trees as flat arrays, unpacked from the file when they are first asked for. */
  get trees(): Trees {
    this.#trees ??= unpackTrees(this.#file.sections, this.signature)
    return this.#trees
  }

  /**
   * The label, or the value, of each row. A label is that of the class with the highest share; see `ties`.
   *
   * @throws ModelError MODEL_ERR_ROW naming row and feature, never the value.
   */
  predict(rows: Rows): string[] | number[] {
    const values = this.#encode(rows)
    const { target } = this.signature
    if (target.type === 'class') {
      const classes = new Uint16Array(values.length / this.signature.features.length)
      this.predictClassesInto(values, classes)
      return Array.from(classes, (k) => target.classes[k])
    }
    const out = new Float64Array(values.length / this.signature.features.length)
    this.predictInto(values, out)
    return Array.from(out)
  }

  /**
   * For each row the share of each class, in the order of the signature's classes; a row sums to 1 within rounding.
   *
   * @throws ModelError MODEL_ERR_ROW naming row and feature, never the value; also for a forest of numbers.
   */
  predictProba(rows: Rows): Float64Array[] {
    if (this.signature.target.type !== 'class') throw rowError('A forest of numbers has no class shares; call predict.')
    const values = this.#encode(rows)
    const count = values.length / this.signature.features.length
    const out = new Float64Array(count * this.outputs)
    this.predictInto(values, out)
    return Array.from({ length: count }, (_, row) => out.slice(row * this.outputs, (row + 1) * this.outputs))
  }

  /**
   * Writes class shares [rows * K], or values [rows], row-major. `rows` is row-major [rows * features], or one
   * Float32Array a feature; either way numbers: a category is the index of its level, a missing value is NaN. The values
   * are trusted: they are cast to float32 and walked, and a missing value takes the missing side wherever it stands.
   * Nothing is allocated per row.
   *
   * The sums run over the trees in their order in float64 and are then divided by the number of trees, so an answer
   * does not depend on the rows beside it.
   *
   * @throws ModelError MODEL_ERR_ROW when the lengths do not fit.
   */
  predictInto(rows: NumberRows, out: Float64Array): void {
    const count = rowCount(rows, this.signature.features.length)
    expectPlaces('output', out.length, count * this.outputs, count)
    const { outputs } = this
    if (count === 1) {
      const walker = this.#walker
      copyBlock(rows, 0, 1, this.signature.features.length, walker.rows(1))
      const answers = walker.answer(1)
      for (let k = 0; k < outputs; k++) out[k] = answers[k]
      return
    }
    this.#eachBlock(rows, count, (walker, first, size) => {
      out.set(walker.answer(size).subarray(0, size * outputs), first * outputs)
    })
  }

  /**
   * Writes the class index of each row, as `predict` decides it, for rows in the forms of `predictInto`.
   *
   * @throws ModelError MODEL_ERR_ROW when the lengths do not fit, or the forest answers numbers.
   */
  predictClassesInto(rows: NumberRows, classes: Uint16Array): void {
    if (this.signature.target.type !== 'class') throw rowError('A forest of numbers has no classes; call predict.')
    const count = rowCount(rows, this.signature.features.length)
    expectPlaces('output', classes.length, count, count)
    const ordered = this.ties === 'first-reached' ? this.#walk : undefined
    this.#eachBlock(rows, count, (walker, first, size) => decideBlock(walker, ordered, size, classes, first))
  }

  /**
   * Writes what `predictInto` writes and, in the same pass, how sure the forest is of each row: for watching a model at
   * work. Costs about a third more. `rows` are in the forms of `predictInto`.
   *
   * @throws ModelError MODEL_ERR_ROW when the lengths do not fit.
   */
  predictSignalsInto(rows: NumberRows, signals: RowSignals, rareBelow = DEFAULT_RARE): void {
    const { outputs } = this
    const count = rowCount(rows, this.signature.features.length)
    const { answers, disagreement, rareShare } = signals
    expectPlaces('answers', answers.length, count * outputs, count)
    expectPlaces('disagreement', disagreement.length, count, count)
    if (rareShare) expectPlaces('rareShare', rareShare.length, count, count)
    this.#eachBlock(rows, count, (walker, first, size) => {
      const found = walker.signal(size, rareBelow)
      answers.set(found.answers.subarray(0, size * outputs), first * outputs)
      disagreement.set(found.disagreement.subarray(0, size), first)
      if (found.rareShare) rareShare?.set(found.rareShare.subarray(0, size), first)
      else rareShare?.fill(Number.NaN, first, first + size)
    })
  }

  /**
   * Writes the leaf that each row reaches in each tree, row-major [rows * trees]: leaves are numbered from 0 over the
   * whole forest, as in `trees`. `rows` are in the forms of `predictInto`.
   *
   * @throws ModelError MODEL_ERR_ROW when the lengths do not fit.
   */
  applyInto(rows: NumberRows, leafIds: Uint32Array): void {
    const count = rowCount(rows, this.signature.features.length)
    expectPlaces('output', leafIds.length, count * this.treeCount, count)
    this.#eachBlock(rows, count, (walker, first, size) => walker.apply(size, leafIds, first * this.treeCount))
  }

  #eachBlock(rows: NumberRows, count: number, each: (walker: Walker, first: number, size: number) => void): void {
    const walker = this.#walker
    for (let first = 0; first < count; first += walker.blockRows) {
      const size = Math.min(walker.blockRows, count - first)
      copyBlock(rows, first, size, this.signature.features.length, walker.rows(size))
      each(walker, first, size)
    }
  }

  get #walker(): Walker {
    this.#chosenWalker ??= this.#readKernel() ?? new PlainWalk(this.#walk)
    return this.#chosenWalker
  }

  #readKernel(): Walker | undefined {
    const kernel = KernelWalk.read(this.#file)
    return kernel === 'refused' ? undefined : kernel
  }

  get #walk(): Walk {
    this.#plannedWalk ??= planWalk(this.trees, this.signature, this.aggregation)
    return this.#plannedWalk
  }

  #encode(rows: Rows): Float32Array {
    this.#plannedRows ??= planRows(this.signature)
    return encodeRows(rows, this.#plannedRows)
  }
}

/** Where `predictSignalsInto` writes. */
export interface RowSignals {
  /** [rows * outputs] class shares or values, as `predictInto` writes them. */
  readonly answers: Float64Array
  /**
   * [rows] classes: share of the trees, in [0, 1), that vote for another class than the answer's first maximum. Numbers:
   * standard deviation of the trees' values.
   */
  readonly disagreement: Float64Array
  /** [rows] share of the row's leaves, in [0, 1], that fewer than `rareBelow` training rows reached; NaN without counts. */
  readonly rareShare?: Float64Array | undefined
}

const DEFAULT_RARE = 5

/** Below it a kernel does not pay for itself before the first answer. */
const KERNEL_NODES = 4096

function expectPlaces(name: string, found: number, expected: number, rows: number): void {
  if (found === expected) return
  throw rowError(`The ${name} has ${found} places, expected ${expected} for ${rows} rows.`)
}

function rowError(message: string): ModelError {
  return new ModelError('MODEL_ERR_ROW', message)
}
