import type { Signature } from '@copse/model'
import { ApiError } from '../../errors.ts'
import { isObject } from '../json.ts'
import { MAX_ROWS } from '../limit.ts'
import { FeatureValues, located } from '../values.ts'
import { rangeOf } from './datatype.ts'
import { BinaryTail, readTensor, type Tensor } from './tensor.ts'

/** Name of the one tensor that holds all features. */
export const FEATURES = 'features'

export type OutputName = 'label' | 'probabilities' | 'value'

export interface WantedOutput {
  readonly name: OutputName
  readonly binary: boolean
}

/** What a request asks for besides its rows. */
export interface InferRequest {
  readonly rows: number
  readonly id: string | undefined
  readonly outputs: readonly WantedOutput[]
}

/** Reads inference requests for one model into its tensor. */
export class InferReader {
  /** In the order in which they are answered when none is asked for. */
  readonly outputNames: readonly OutputName[]
  /** Whether the model takes the one numeric tensor as what it is, with no category in it. */
  readonly numeric: boolean
  readonly #values: FeatureValues
  readonly #all: readonly WantedOutput[]
  readonly #known = (name: string): boolean => name === FEATURES || this.#values.index.has(name)

  constructor(signature: Signature) {
    this.#values = new FeatureValues(signature)
    this.numeric = signature.features.every(({ type }) => type === 'number')
    this.outputNames = signature.target.type === 'class' ? ['label', 'probabilities'] : ['value']
    this.#all = this.outputNames.map((name) => ({ name, binary: false }))
  }

  /**
   * Reads a parsed body, with the binary data that follows it, into what `input(rows)` gives: [rows * features].
   * @throws ApiError with the path of the fault
   */
  read(body: unknown, binary: Buffer | undefined, input: (rows: number) => Float32Array): InferRequest {
    if (!isObject(body)) throw new ApiError('API_ERR_BODY', 'The body must be an object with inputs.', { path: '' })
    const { id, inputs, outputs } = body
    if (id !== undefined && id !== null && typeof id !== 'string')
      throw new ApiError('API_ERR_VALUE', 'id must be a text.', { path: '/id' })
    const wanted = this.#readOutputs(outputs, binaryOutput(body.parameters))
    if (!Array.isArray(inputs) || inputs.length === 0)
      throw new ApiError('API_ERR_BODY', 'inputs must be an array of at least one tensor.', { path: '/inputs' })
    const tail = binary && new BinaryTail(binary)
    const { width } = this.#values
    const tensors: Tensor[] = []
    for (let i = 0; i < inputs.length; i++) {
      const tensor = readTensor(inputs[i], i, this.#known, MAX_ROWS * width, tail)
      if (tensors.some(({ name }) => name === tensor.name)) {
        throw new ApiError('API_ERR_BODY', `Input ${JSON.stringify(tensor.name)} must not be there twice.`, {
          path: `/inputs/${i}/name`,
        })
      }
      tensors.push(tensor)
    }
    if (tail !== undefined && tail.left > 0)
      throw new ApiError('API_ERR_LENGTH', 'The body has more bytes than its JSON and its binary tensors.')
    return { rows: this.#fill(tensors, input), id: id ?? undefined, outputs: wanted }
  }

  /**
   * Reads a body that is one FP32 tensor and nothing else; all outputs come back in binary form.
   * @throws ApiError
   */
  readRaw(body: Buffer, input: (rows: number) => Float32Array): InferRequest {
    const { width } = this.#values
    const rows = body.length / (4 * width)
    if (!this.numeric || !Number.isInteger(rows) || rows === 0) {
      throw new ApiError(
        'API_ERR_LENGTH',
        this.numeric
          ? `A body without JSON must be rows of ${width} FP32 values, so a multiple of ${4 * width} bytes.`
          : 'A model with categories takes no body without JSON.',
      )
    }
    const described = {
      name: FEATURES,
      datatype: 'FP32',
      shape: [rows, width],
      parameters: { binary_data_size: body.length },
    }
    return this.read({ inputs: [described], parameters: { binary_data_output: true } }, body, input)
  }

  #readOutputs(outputs: unknown, binary: boolean): readonly WantedOutput[] {
    if (outputs === undefined || outputs === null || (Array.isArray(outputs) && outputs.length === 0))
      return binary ? this.#all.map(({ name }) => ({ name, binary })) : this.#all
    if (!Array.isArray(outputs)) throw new ApiError('API_ERR_BODY', 'outputs must be an array.', { path: '/outputs' })
    const wanted: WantedOutput[] = []
    for (const [i, output] of outputs.entries()) {
      const path = `/outputs/${i}`
      const name = isObject(output) ? this.outputNames.find((known) => known === output.name) : undefined
      if (name === undefined || wanted.some((other) => other.name === name)) {
        const names = this.outputNames.map((known) => JSON.stringify(known)).join(' or ')
        throw new ApiError('API_ERR_UNKNOWN_KEY', `Output ${i} must have as its name ${names}, each of them once.`, {
          path: `${path}/name`,
        })
      }
      wanted.push({ name, binary: outputForm(output.parameters, binary, name, path) })
    }
    return wanted
  }

  /** Answers the number of rows. */
  #fill(tensors: readonly Tensor[], input: (rows: number) => Float32Array): number {
    const first = tensors[0]!
    if (tensors.length === 1 && this.#isWhole(first)) return this.#fillWhole(first, input)
    return this.#fillColumns(tensors, input)
  }

  /** A feature may itself be named "features"; then the shape tells. */
  #isWhole({ name, shape, datatype }: Tensor): boolean {
    if (name !== FEATURES) return false
    const { width, index } = this.#values
    return !index.has(FEATURES) || (shape.length === 2 && shape[1] === width && datatype !== 'BYTES')
  }

  #fillWhole(tensor: Tensor, input: (rows: number) => Float32Array): number {
    const { width } = this.#values
    const { shape, datatype } = tensor
    const [rows = 0, columns] = shape
    if (columns !== width) {
      throw new ApiError('API_ERR_LENGTH', `Input "features" must have the shape [rows, ${width}].`, {
        path: `${tensorPath(tensor)}/shape`,
      })
    }
    if (datatype === 'BYTES') {
      throw new ApiError('API_ERR_VALUE', 'Input "features" must have a datatype of numbers.', {
        path: `${tensorPath(tensor)}/datatype`,
      })
    }
    this.#place(tensor, input(rows), 0, 1, true)
    return rows
  }

  #fillColumns(tensors: readonly Tensor[], input: (rows: number) => Float32Array): number {
    const { width, index } = this.#values
    const [rows = 0] = tensors[0]!.shape
    for (const tensor of tensors) {
      if (!index.has(tensor.name)) {
        throw new ApiError('API_ERR_BODY', 'Input "features" must be the only input.', { path: tensorPath(tensor) })
      }
      if (tensor.shape[0] !== rows || (tensor.shape[1] ?? 1) !== 1) {
        throw new ApiError(
          'API_ERR_LENGTH',
          `Input ${JSON.stringify(tensor.name)} must have the shape [rows] or [rows, 1], with as many rows as the first input.`,
          { path: `${tensorPath(tensor)}/shape` },
        )
      }
    }
    if (rows > MAX_ROWS)
      throw new ApiError('API_ERR_TOO_MANY_ROWS', `A request must be at most ${MAX_ROWS} rows.`, { path: '/inputs' })
    this.#expectAll(tensors)
    const into = input(rows)
    if (tensors.length < width) into.fill(Number.NaN)
    for (const tensor of tensors) this.#place(tensor, into, index.get(tensor.name)!, width, false)
    return rows
  }

  #expectAll(tensors: readonly Tensor[]): void {
    if (tensors.length === this.#values.width) return
    const names = new Set(tensors.map(({ name }) => name))
    const absent = this.#values.firstAbsent((name) => names.has(name))
    if (absent === undefined) return
    throw new ApiError('API_ERR_MISSING', `Input ${this.#values.quoted(absent)} must be there.`, { path: '/inputs' })
  }

  /** Puts element k at `start + k * stride`; of the whole tensor, feature by feature, else of feature `start`. */
  #place(tensor: Tensor, input: Float32Array, start: number, stride: number, whole: boolean): void {
    const values = this.#values
    const { width } = values
    const { elements, datatype } = tensor
    const range = rangeOf(datatype)
    const count = elements.length
    const textual = !whole && values.features[start]!.type === 'category'
    if (!whole && textual !== (datatype === 'BYTES')) {
      throw new ApiError(
        'API_ERR_VALUE',
        `Input ${values.quoted(start)} must have ${textual ? 'the datatype BYTES' : 'a datatype of numbers'}.`,
        { path: `${tensorPath(tensor)}/datatype` },
      )
    }
    let k = 0
    let f = start
    try {
      for (; k < count; k++) {
        let value = elements[k]
        if (typeof value === 'bigint') value = Number(value)
        if (range !== undefined) expectInteger(value, range)
        input[start + k * stride] = textual ? values.named(f, value) : values.indexed(f, value)
        if (whole && ++f === width) f = 0
      }
    } catch (error) {
      throw located(error, tensor.path(k), `Input ${JSON.stringify(tensor.name)}, value ${k}: `)
    }
  }
}

/** What is wrong with `shape` or `datatype` is told at the tensor. */
function tensorPath({ path }: Tensor): string {
  return path(0).split('/', 3).join('/')
}

function expectInteger(value: unknown, [min, max]: readonly [number, number]): void {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return
  throw new ApiError('API_ERR_VALUE', 'it must be a whole number within the range of its datatype.')
}

function binaryOutput(parameters: unknown): boolean {
  if (parameters === undefined || parameters === null) return false
  const path = '/parameters'
  if (!isObject(parameters)) throw new ApiError('API_ERR_BODY', 'parameters must be an object.', { path })
  const { binary_data_output: binary = false } = parameters
  if (typeof binary === 'boolean') return binary
  throw new ApiError('API_ERR_VALUE', 'binary_data_output must be true or false.', { path })
}

function outputForm(parameters: unknown, all: boolean, name: string, at: string): boolean {
  if (parameters === undefined || parameters === null) return all
  const path = `${at}/parameters`
  if (!isObject(parameters))
    throw new ApiError('API_ERR_BODY', `Output "${name}" must have an object as its parameters.`, { path })
  for (const unsupported of ['classification', 'shared_memory_region']) {
    if (parameters[unsupported] !== undefined)
      throw new ApiError('API_ERR_VALUE', `Output "${name}" cannot have the parameter ${unsupported} here.`, { path })
  }
  const { binary_data: binary = all } = parameters
  if (typeof binary === 'boolean') return binary
  throw new ApiError('API_ERR_VALUE', `Output "${name}" must have true or false as its binary_data.`, { path })
}
