import { isSampled, type Lines, type LoggedFeatures, type RecordEntry, RecordLines } from '@copse/monitoring'
import type { Block } from './block.ts'
import type { ModelFacts } from './facts.ts'

/** What of predictions is logged. */
export interface LogSelection {
  readonly features: LoggedFeatures
  /** Share of the predictions. */
  readonly sample: number
}

/** Makes lines for the prediction log of one model version. */
export class RecordWriter {
  readonly #sample: number
  readonly #records: RecordLines

  constructor({ signature, name, version, sha256 }: ModelFacts, { features, sample }: LogSelection) {
    this.#sample = sample
    this.#records = new RecordLines({
      signature,
      model: name,
      version,
      sha256,
      features: known(signature.features, features),
    })
  }

  /** Adds the line of row `row`, if the prediction is in the sample. */
  add(entry: RecordEntry, seen: Pick<Block, 'input' | 'rows' | 'outputs' | 'classIds'>, row: number): void {
    if (isSampled(entry.id, this.#sample)) this.#records.add(entry, seen.input, seen, row)
  }

  /** How many of a request's rows are in the sample. */
  countSampled(id: string, rows: number): number {
    if (this.#sample === 1) return rows
    if (rows === 1) return isSampled(id, this.#sample) ? 1 : 0
    let count = 0
    for (let row = 0; row < rows; row++) if (isSampled(idOfRow(id, row), this.#sample)) count++
    return count
  }

  /** What was added since the last `take`. */
  take(): Lines {
    return this.#records.take()
  }
}

/** The id of a row of a request that has several. */
export function idOfRow(id: string, row: number): string {
  return `${id}.${row}`
}

/** One list of names serves several models: each logs those that it has. */
function known(features: ModelFacts['signature']['features'], wanted: LoggedFeatures): LoggedFeatures {
  if (typeof wanted === 'string') return wanted
  return features.map(({ name }) => name).filter((name) => wanted.includes(name))
}
