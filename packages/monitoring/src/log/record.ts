import { MonitoringError } from '../errors.ts'
import type { ReferenceSignature, SignatureFeature } from '../signature.ts'
import type { AnsweredRows } from '../window/counter.ts'

/** A line of the prediction log, parsed. */
export interface PredictionRecord {
  readonly id: string
  /** ISO 8601, UTC. */
  readonly time: string
  readonly model: string
  readonly version: string
  /** sha256 of forest.copse. */
  readonly sha256: string
  /** Trace id of the request. */
  readonly trace?: string
  /**
   * By name: a number, the text of a level, -1 for a level the model does not know, null for missing. A redacted feature
   * is not there.
   */
  readonly features: Readonly<Record<string, number | string | null>>
  /** The class that was answered and the probabilities in the order of the model's classes, or the value. */
  readonly output: { readonly class: string; readonly probabilities: readonly number[] } | { readonly value: number }
  readonly latency_us: number
}

/** A label that came later, in the same log. */
export interface FeedbackRecord {
  readonly feedback: string
  readonly time: string
  readonly label: string | number
  /** What became of it when it came: see `FeedbackResult`. */
  readonly result: string
}

/** Which features are logged: `none`, the default, `all`, or those named. */
export type LoggedFeatures = 'none' | 'all' | readonly string[]

export interface RecordOptions {
  readonly signature: ReferenceSignature
  readonly model: string
  readonly version: string
  readonly sha256: string
  readonly features?: LoggedFeatures | undefined
}

export interface RecordEntry {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly time: number
  readonly trace?: string | undefined
  readonly latencyUs: number
}

/**
 * Makes log lines of one model version, each with its line end. All that does not change is made to text once.
 *
 * @throws MonitoringError MONITORING_ERR_OPTION when a named feature is not the model's
 */
export function recordFormat(options: RecordOptions) {
  const { signature, model, version, sha256 } = options
  const width = signature.features.length
  const write = featureWriter(signature.features, options.features ?? 'none')
  const output = signature.target.type === 'class' ? classWriter(signature.target.classes) : writeValue
  const outputs = signature.target.type === 'class' ? signature.target.classes.length : 1
  const tail = `,"model":${text(model)},"version":${text(version)},"sha256":${text(sha256)}`
  let second = -1
  let head = ''

  /** `row` of `values` and `answers`, arrays in the form of `Counter.add`. */
  return (entry: RecordEntry, values: Float32Array, answers: AnsweredRows, row = 0): string => {
    const { id, time, trace, latencyUs } = entry
    const of = Math.floor(time / 1000)
    if (of !== second) {
      second = of
      head = new Date(of * 1000).toISOString().slice(0, -4)
    }
    const milliseconds = Math.floor(time) - of * 1000
    const padded = milliseconds < 10 ? `00${milliseconds}` : milliseconds < 100 ? `0${milliseconds}` : milliseconds
    let line = `{"id":${text(id)},"time":"${head}${padded}Z"${tail}`
    if (trace !== undefined) line += `,"trace":${text(trace)}`
    line += `,"features":{${write(values, row * width)}},"output":{${output(answers, row * outputs, row)}}`
    return `${line},"latency_us":${Math.round(latencyUs)}}\n`
  }
}

/** A line of a label, with its line end. */
export function feedbackLine(id: string, label: string | number, result: string, time: number): string {
  const record: FeedbackRecord = { feedback: id, time: new Date(time).toISOString(), label, result }
  return `${JSON.stringify(record)}\n`
}

function featureWriter(features: readonly SignatureFeature[], logged: LoggedFeatures) {
  const names = new Set(
    typeof logged === 'string' ? (logged === 'all' ? features.map(({ name }) => name) : []) : logged,
  )
  const known = new Set(features.map(({ name }) => name))
  const stray = [...names].find((name) => !known.has(name))
  if (stray !== undefined) {
    throw new MonitoringError('MONITORING_ERR_OPTION', `The model has no feature ${JSON.stringify(stray)} to log.`)
  }
  const writers = features.flatMap((feature, index) => (names.has(feature.name) ? [{ feature, index }] : []))
  const keys = writers.map(({ feature }, place) => `${place === 0 ? '' : ','}${text(feature.name)}:`)
  const levels = writers.map(({ feature }) => (feature.type === 'category' ? feature.levels.map(text) : undefined))
  const columns = writers.map(({ index }) => index)
  return (values: Float32Array, start: number): string => {
    let line = ''
    for (let place = 0; place < columns.length; place++) {
      const value = values[start + columns[place]]
      const of = levels[place]
      line += keys[place]
      if (Number.isNaN(value)) line += 'null'
      else line += of ? (of[value] ?? '-1') : shortest(value)
    }
    return line
  }
}

function classWriter(classes: readonly string[]) {
  const heads = classes.map((name) => `"class":${text(name)},"probabilities":[`)
  return ({ outputs, classIds }: AnsweredRows, start: number, row: number): string => {
    let line = heads[classIds[row]] + outputs[start]
    for (let k = 1; k < heads.length; k++) line += `,${outputs[start + k]}`
    return `${line}]`
  }
}

function writeValue({ outputs }: AnsweredRows, start: number): string {
  return `"value":${outputs[start]}`
}

/** A number of few decimals that is the same float32, where there is one: 5.1 and not 5.099999904632568. */
function shortest(value: number): number {
  const rounded = Math.round(value * 1e6) / 1e6
  return Math.fround(rounded) === value ? rounded : value
}

/** Most ids need no escape, and the slow way only where one does. */
function text(value: string): string {
  return /^[\w .:-]*$/.test(value) ? `"${value}"` : JSON.stringify(value)
}
