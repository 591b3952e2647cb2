import type { Forest, Signature } from '@copse/model'
import { ApiError } from '../errors.ts'
import type { Bundle } from './bundle.ts'

/** Most values that a batch's tensor or its answers may hold: a short body can leave out most columns of a wide model. */
const MAX_VALUES = 1 << 22

/** Where a model came from. */
export interface Origin {
  /** The reference that was asked for, such as `models:/iris@champion`. */
  readonly reference: string
  /** Registered name; of a `file:` reference the directory's name. */
  readonly name: string
  /** Registered version; of a `file:` reference the first 12 digits of the model's sha256. */
  readonly version: string | undefined
  readonly aliases: readonly string[]
  readonly runId: string | undefined
  readonly tags: Readonly<Record<string, string>>
  /** Milliseconds since 1970 at which the version was registered; undefined for a `file:` reference. */
  readonly registeredAt: number | undefined
  /** True when the registry did not answer and this is the last version it gave. */
  readonly stale: boolean
}

/** Answers of a model: row-major outputs, and for classes the index of the one that wins. */
export interface Answers {
  readonly rows: number
  /** [rows * outputs] */
  readonly outputs: Float64Array
  /** [rows]; empty for regression. */
  readonly classIds: Uint16Array
}

/**
 * A model that serves. `input(rows)` and the answers of `run(rows)` are buffers that the next call reuses: fill, run
 * and read them without yielding in between.
 */
export class ServedModel {
  readonly origin: Origin
  readonly bundle: Bundle
  readonly name: string
  readonly version: string
  readonly createdAt: number
  readonly loadedAt: number
  /** Most rows that `input` takes. */
  readonly maxRows: number
  readonly #single: Buffers
  #batch: Buffers

  constructor(origin: Origin, bundle: Bundle, loadedAt = Date.now()) {
    this.origin = origin
    this.bundle = bundle
    this.name = origin.name
    this.version = origin.version ?? bundle.sha256.slice(0, 12)
    this.createdAt = origin.registeredAt ?? bundle.writtenAt
    this.loadedAt = loadedAt
    this.maxRows = mostRows(bundle.forest.signature)
    this.#single = buffers(bundle.forest, 1)
    this.#batch = this.#single
  }

  get forest(): Forest {
    return this.bundle.forest
  }

  get signature(): Signature {
    return this.bundle.forest.signature
  }

  /**
   * [rows * features] row-major, to be filled: a category is the index of its level, missing is NaN.
   * @throws ApiError API_ERR_TOO_MANY_ROWS
   */
  input(rows: number): Float32Array {
    if (rows > this.maxRows)
      throw new ApiError('API_ERR_TOO_MANY_ROWS', `A request to this model must be at most ${this.maxRows} rows.`)
    return this.#buffers(rows).input
  }

  /** Answers of the first `rows` rows that were put into `input(rows)`. */
  run(rows: number): Answers {
    const { input, answers } = this.#buffers(rows)
    this.bundle.forest.predictInto(input, answers.outputs)
    if (answers.classIds.length > 0) this.#decide(input, answers)
    return answers
  }

  /** The usual rule needs no second walk through the trees. */
  #decide(input: Float32Array, answers: Answers): void {
    if (this.forest.ties === 'first-class') firstMaxima(answers)
    else this.forest.predictClassesInto(input, answers.classIds)
  }

  /** Buffers of exactly `rows` rows; those of the last batch size are kept. */
  #buffers(rows: number) {
    if (rows === 1) return this.#single
    if (this.#batch.answers.rows !== rows) this.#batch = buffers(this.bundle.forest, rows)
    return this.#batch
  }
}

/** Most rows that a request to a model of this signature may have. */
export function mostRows({ features, target }: Signature): number {
  const outputs = target.type === 'class' ? target.classes.length : 1
  return Math.max(1, Math.floor(MAX_VALUES / Math.max(features.length, outputs)))
}

interface Buffers {
  readonly input: Float32Array
  readonly answers: Answers
}

function buffers(forest: Forest, rows: number): Buffers {
  const classes = forest.signature.target.type === 'class'
  return {
    input: new Float32Array(rows * forest.signature.features.length),
    answers: { rows, outputs: new Float64Array(rows * forest.outputs), classIds: new Uint16Array(classes ? rows : 0) },
  }
}

function firstMaxima({ rows, outputs, classIds }: Answers): void {
  const classes = outputs.length / rows
  for (let row = 0, start = 0; row < rows; row++, start += classes) {
    let best = 0
    for (let k = 1; k < classes; k++) if (outputs[start + k]! > outputs[start + best]!) best = k
    classIds[row] = best
  }
}
