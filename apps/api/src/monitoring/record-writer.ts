import { isSampled, type LoggedFeatures, recordFormat } from '@copse/monitoring'
import type { Seen } from './block.ts'
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
  readonly #format: ReturnType<typeof recordFormat>

  constructor({ signature, name, version, sha256 }: ModelFacts, { features, sample }: LogSelection) {
    this.#sample = sample
    this.#format = recordFormat({
      signature,
      model: name,
      version,
      sha256,
      features: known(signature.features, features),
    })
  }

  /** The line of row `row`, or '' when the prediction is not in the sample. */
  line(id: string, entry: RecordedRequest, seen: Pick<Seen, 'input' | 'outputs' | 'classIds'>, row: number): string {
    if (!isSampled(id, this.#sample)) return ''
    const { input, outputs, classIds } = seen
    return this.#format({ id, ...entry }, input, { rows: row + 1, outputs, classIds }, row)
  }
}

export interface RecordedRequest {
  readonly time: number
  readonly latencyUs: number
  readonly trace?: string | undefined
}

/** One list of names serves several models: each logs those that it has. */
function known(features: ModelFacts['signature']['features'], wanted: LoggedFeatures): LoggedFeatures {
  if (typeof wanted === 'string') return wanted
  return features.map(({ name }) => name).filter((name) => wanted.includes(name))
}
