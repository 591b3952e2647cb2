import type { Entry, Metric } from './guards.ts'

export interface Batch {
  metrics: Metric[]
  params: Entry[]
  tags: Entry[]
}

/** What MLflow takes in one log-batch request. */
export const BATCH_LIMITS = { metrics: 1000, params: 100, tags: 100, items: 1000, bytes: 1_000_000 } as const

/** No character of a key or value takes more bytes of JSON (`\u0000`), and no item more besides (a metric's names and numbers). */
const [CHARACTER_BYTES, ITEM_BYTES] = [6, 128]

/** Splits a batch into requests within the limits, params and tags first, all in their order. */
export function splitBatch(batch: Batch): Batch[] {
  const { metrics, params, tags } = batch
  if (surelyFits(batch)) return [{ metrics, params, tags }]
  const split: Batch[] = []
  let current: Batch = { metrics: [], params: [], tags: [] }
  let items = 0
  let bytes = 0
  for (const kind of ['params', 'tags', 'metrics'] as const) {
    for (const item of batch[kind]) {
      const size = Buffer.byteLength(JSON.stringify(item)) + 1
      const full = current[kind].length === BATCH_LIMITS[kind] || items === BATCH_LIMITS.items
      if (items > 0 && (full || bytes + size > BATCH_LIMITS.bytes)) {
        split.push(current)
        current = { metrics: [], params: [], tags: [] }
        items = 0
        bytes = 0
      }
      current[kind].push(item as Entry & Metric)
      items += 1
      bytes += size
    }
  }
  return items > 0 ? [...split, current] : split
}

/** Whether a batch is one request, told without writing it as JSON; most are. */
function surelyFits({ metrics, params, tags }: Batch): boolean {
  const items = metrics.length + params.length + tags.length
  if (items === 0 || items > BATCH_LIMITS.items) return false
  if (params.length > BATCH_LIMITS.params || tags.length > BATCH_LIMITS.tags) return false
  let characters = 0
  for (const { key } of metrics) characters += key.length
  for (const { key, value } of params) characters += key.length + value.length
  for (const { key, value } of tags) characters += key.length + value.length
  return characters * CHARACTER_BYTES + items * ITEM_BYTES <= BATCH_LIMITS.bytes
}
