import { ApiError } from '../../errors.ts'
import { isObject } from '../json.ts'
import { type Elements, readBinary } from './binary.ts'
import { type Datatype, isDatatype } from './datatype.ts'

/** A tensor of a request whose form is right; its elements are not looked at yet. */
export interface Tensor {
  /** In the model's words: of the model, not as it was sent. */
  readonly name: string
  readonly datatype: Datatype
  readonly shape: readonly number[]
  /** [product of shape] row-major; anything that JSON can hold when it came as JSON. */
  readonly elements: Elements | readonly unknown[]
  /** JSON pointer of element k. */
  readonly path: (k: number) => string
}

/** Binary data after the JSON of a body, handed out in order. */
export class BinaryTail {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  take(size: number): Buffer {
    const start = this.#at
    this.#at += size
    return this.#bytes.subarray(start, this.#at)
  }
}

/**
 * Reads `inputs[i]`. A name that `known` does not have is refused.
 * @throws ApiError with the path of the fault
 */
export function readTensor(
  given: unknown,
  i: number,
  known: (name: string) => boolean,
  maxElements: number,
  tail: BinaryTail | undefined,
): Tensor {
  const path = `/inputs/${i}`
  if (!isObject(given)) throw new ApiError('API_ERR_BODY', `Input ${i} must be an object.`, { path })
  const { name, datatype, data, parameters } = given
  if (typeof name !== 'string' || !known(name)) {
    throw new ApiError(
      'API_ERR_UNKNOWN_KEY',
      `Input ${i} must have as its name "features" or that of a feature of the model.`,
      { path: `${path}/name` },
    )
  }
  const of = `Input ${JSON.stringify(name)}`
  if (!isDatatype(datatype)) {
    throw new ApiError('API_ERR_VALUE', `${of} must have FP32, FP64, BYTES or a type of integers as its datatype.`, {
      path: `${path}/datatype`,
    })
  }
  const shape = readShape(given.shape, of, path)
  const count = shape.reduce((product, size) => product * size, 1)
  if (count > maxElements) {
    throw new ApiError('API_ERR_TOO_MANY_ROWS', `${of} must have at most ${maxElements} values.`, {
      path: `${path}/shape`,
    })
  }
  const size = binarySize(parameters, of, path)
  if ((size === undefined) === (data === undefined)) {
    throw new ApiError('API_ERR_BODY', `${of} must have either data or the parameter binary_data_size.`, { path })
  }
  if (size !== undefined) {
    const elements = readTail(tail, size, datatype, count, of, path)
    return { name, datatype, shape, elements, path: () => path }
  }
  return { name, datatype, shape, ...readData(data, shape, count, of, `${path}/data`) }
}

/** One or two sizes, none of them 0: rows, and values of each. */
function readShape(shape: unknown, of: string, path: string): readonly number[] {
  const sizes = Array.isArray(shape) && (shape.length === 1 || shape.length === 2) ? (shape as unknown[]) : []
  if (sizes.length === 0 || !sizes.every((size) => Number.isSafeInteger(size) && (size as number) > 0)) {
    throw new ApiError('API_ERR_LENGTH', `${of} must have one or two whole numbers from 1 as its shape.`, {
      path: `${path}/shape`,
    })
  }
  return sizes as number[]
}

function binarySize(parameters: unknown, of: string, path: string): number | undefined {
  if (parameters === undefined || parameters === null) return undefined
  const at = { path: `${path}/parameters` }
  if (!isObject(parameters)) throw new ApiError('API_ERR_BODY', `${of} must have an object as its parameters.`, at)
  if (parameters.shared_memory_region !== undefined)
    throw new ApiError('API_ERR_VALUE', `${of} cannot be in shared memory, which this service does not read.`, at)
  const size = parameters.binary_data_size
  if (size === undefined) return undefined
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw new ApiError('API_ERR_VALUE', `${of} must have a number of bytes as its binary_data_size.`, at)
  return size
}

function readTail(
  tail: BinaryTail | undefined,
  size: number,
  datatype: Datatype,
  count: number,
  of: string,
  path: string,
): Elements {
  if (tail === undefined) {
    throw new ApiError(
      'API_ERR_BODY',
      `${of} is binary, so the request must have the header Inference-Header-Content-Length.`,
      { path },
    )
  }
  if (size > tail.left)
    throw new ApiError('API_ERR_LENGTH', `${of} has a larger binary_data_size than the body has bytes left.`, { path })
  try {
    return readBinary(tail.take(size), datatype, count, of)
  } catch (error) {
    throw error instanceof ApiError ? new ApiError(error.code, error.message, { path }) : error
  }
}

/** Flat, or nested as the shape is; nothing between. */
function readData(data: unknown, shape: readonly number[], count: number, of: string, path: string) {
  if (!Array.isArray(data)) throw new ApiError('API_ERR_BODY', `${of} must have an array as its data.`, { path })
  const [rows = 0, columns = 1] = shape
  if (shape.length === 1 || !Array.isArray(data[0])) {
    if (data.length !== count) {
      throw new ApiError('API_ERR_LENGTH', `${of} must have ${count} values by its shape; it has ${data.length}.`, {
        path,
      })
    }
    return { elements: data as readonly unknown[], path: (k: number) => `${path}/${k}` }
  }
  if (data.length !== rows) {
    throw new ApiError('API_ERR_LENGTH', `${of} must have ${rows} rows by its shape; it has ${data.length}.`, { path })
  }
  const elements = new Array<unknown>(count)
  let k = 0
  for (const [r, row] of data.entries()) {
    if (!Array.isArray(row) || row.length !== columns) {
      throw new ApiError('API_ERR_LENGTH', `${of}, row ${r}: must have ${columns} values by its shape.`, {
        path: `${path}/${r}`,
      })
    }
    for (const value of row) elements[k++] = value
  }
  return { elements, path: (k: number) => `${path}/${Math.floor(k / columns)}/${k % columns}` }
}
