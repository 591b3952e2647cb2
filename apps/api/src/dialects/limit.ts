import type { ServedModel } from '../model/served.ts'

/** Most rows of a batch. */
export const MAX_ROWS = 10_000

const MIN_BODY_BYTES = 1 << 20
/** No model's bodies may be larger. */
export const MAX_BODY_BYTES = 16 << 20

/** Longest text of a float64 (24 characters), quotes, colon, comma and some white space. */
const VALUE_BYTES = 32

const limits = new WeakMap<ServedModel, number>()

/** Most bytes of a body: room for MAX_ROWS named rows of the model, within 1 MiB and 16 MiB. */
export function bodyLimit(model: ServedModel | undefined): number {
  if (model === undefined) return MIN_BODY_BYTES
  let limit = limits.get(model)
  if (limit === undefined) {
    limit = Math.min(Math.max(MAX_ROWS * rowBytes(model), MIN_BODY_BYTES), MAX_BODY_BYTES)
    limits.set(model, limit)
  }
  return limit
}

function rowBytes({ signature }: ServedModel): number {
  let bytes = 2
  for (const feature of signature.features) {
    bytes += Buffer.byteLength(feature.name) + VALUE_BYTES
    if (feature.type === 'category') bytes += Math.max(...feature.levels.map((level) => Buffer.byteLength(level)), 0)
  }
  return bytes
}
