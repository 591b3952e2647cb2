import { MonitoringError } from '../errors.ts'
import type { ReferenceSignature, SignatureFeature } from '../signature.ts'
import type { AnsweredRows } from '../window/counter.ts'
import { MOST_NUMBER, mostText, putBytes, putDouble, putFloat, putText } from './json-bytes.ts'
import type { LoggedFeatures } from './record.ts'

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

/** Lines, each with its end, and their number. */
export interface Lines {
  /** Valid until the next line is made. */
  readonly bytes: Uint8Array
  readonly count: number
}

/** Makes log lines of one model version and gathers them. All that does not change is made to bytes once. */
export class RecordLines {
  readonly #features: Part<Float32Array>
  readonly #answer: Part<AnsweredRows>
  /** Bytes of a line but for its id and trace. */
  readonly #most: number
  readonly #afterTime: Uint8Array
  #bytes = new Uint8Array(1 << 12)
  #length = 0
  #count = 0
  /** The second of the last line, and its bytes. */
  #second = -1
  #date = new Uint8Array(0)

  /** @throws MonitoringError MONITORING_ERR_OPTION when a named feature is not the model's */
  constructor({ signature, model, version, sha256, features = 'none' }: RecordOptions) {
    const { target } = signature
    this.#features = putFeatures(signature.features, features)
    this.#answer = target.type === 'class' ? putClass(target.classes) : putValue
    this.#afterTime = utf8(`Z",${JSON.stringify({ model, version, sha256 }).slice(1, -1)}`)
    this.#most = FRAME + this.#afterTime.length + this.#features.most + this.#answer.most
  }

  /** Adds the line of row `row` of `values` and `answers`, arrays in the form of `Counter.add`. */
  add({ id, time, trace, latencyUs }: RecordEntry, values: Float32Array, answers: AnsweredRows, row = 0): void {
    const bytes = this.#room(this.#most + mostText(id) + (trace === undefined ? 0 : mostText(trace)))
    let at = putBytes(bytes, this.#length, ID)
    at = putText(bytes, at, id)
    at = putBytes(bytes, at, TIME)
    at = this.#putTime(bytes, at, time)
    at = putBytes(bytes, at, this.#afterTime)
    if (trace !== undefined) {
      at = putBytes(bytes, at, TRACE)
      at = putText(bytes, at, trace)
    }
    at = putBytes(bytes, at, FEATURES)
    at = this.#features.put(bytes, at, values, row)
    at = putBytes(bytes, at, OUTPUT)
    at = this.#answer.put(bytes, at, answers, row)
    at = putBytes(bytes, at, LATENCY)
    at = putDouble(bytes, at, Math.round(latencyUs))
    this.#length = putBytes(bytes, at, END)
    this.#count++
  }

  /** What was added since the last `take`. */
  take(): Lines {
    const taken = { bytes: this.#bytes.subarray(0, this.#length), count: this.#count }
    this.#length = 0
    this.#count = 0
    return taken
  }

  /** The bytes, with `more` of them free at the end. */
  #room(more: number): Uint8Array {
    const least = this.#length + more
    if (least > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(least, 2 * this.#bytes.length))
      larger.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = larger
    }
    return this.#bytes
  }

  #putTime(bytes: Uint8Array, at: number, time: number): number {
    const second = Math.floor(time / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#date = utf8(new Date(second * 1000).toISOString().slice(0, -4))
    }
    const end = putBytes(bytes, at, this.#date)
    const milliseconds = Math.floor(time) - second * 1000
    bytes[end] = ZERO + ((milliseconds / 100) | 0)
    bytes[end + 1] = ZERO + (((milliseconds / 10) | 0) % 10)
    bytes[end + 2] = ZERO + (milliseconds % 10)
    return end + 3
  }
}

const utf8 = (text: string) => new TextEncoder().encode(text)
const ZERO = 0x30
const COMMA = 0x2c
const BRACKET = 0x5d
const ID = utf8('{"id":')
const TIME = utf8(',"time":"')
const TRACE = utf8(',"trace":')
const FEATURES = utf8(',"features":{')
const OUTPUT = utf8('},"output":{')
const LATENCY = utf8('},"latency_us":')
const END = utf8('}\n')
const VALUE = utf8('"value":')
const NULL = utf8('null')
const UNSEEN = utf8('-1')
/** Bytes of these, of the time (a year beyond 9999 takes six digits and a sign) and of the latency. */
const FRAME = 128 + MOST_NUMBER

/** A part of a line that differs from row to row: `put` returns where it ends, `most` bytes further on at most. */
interface Part<Source> {
  readonly put: (bytes: Uint8Array, at: number, source: Source, row: number) => number
  readonly most: number
}

function putFeatures(features: readonly SignatureFeature[], logged: LoggedFeatures): Part<Float32Array> {
  const names = new Set(
    typeof logged === 'string' ? (logged === 'all' ? features.map(({ name }) => name) : []) : logged,
  )
  const known = new Set(features.map(({ name }) => name))
  const stray = [...names].find((name) => !known.has(name))
  if (stray !== undefined) {
    throw new MonitoringError('MONITORING_ERR_OPTION', `The model has no feature ${JSON.stringify(stray)} to log.`)
  }
  const chosen = features.flatMap((feature, column) => (names.has(feature.name) ? [{ feature, column }] : []))
  const columns = chosen.map(({ column }) => column)
  const keys = chosen.map(({ feature }, place) => utf8(`${place === 0 ? '' : ','}${JSON.stringify(feature.name)}:`))
  const levels = chosen.map(({ feature }) =>
    feature.type === 'category' ? feature.levels.map((level) => utf8(JSON.stringify(level))) : undefined,
  )
  const most = chosen.reduce((sum, _, place) => {
    return sum + keys[place].length + Math.max(MOST_NUMBER, longest(levels[place]))
  }, 0)
  function put(bytes: Uint8Array, from: number, values: Float32Array, row: number): number {
    const start = row * features.length
    let at = from
    for (let place = 0; place < columns.length; place++) {
      const value = values[start + columns[place]]
      const texts = levels[place]
      at = putBytes(bytes, at, keys[place])
      if (Number.isNaN(value)) at = putBytes(bytes, at, NULL)
      else if (texts === undefined) at = putFloat(bytes, at, value)
      else at = putBytes(bytes, at, texts[value] ?? UNSEEN)
    }
    return at
  }
  return { put, most }
}

function putClass(classes: readonly string[]): Part<AnsweredRows> {
  const heads = classes.map((name) => utf8(`"class":${JSON.stringify(name)},"probabilities":[`))
  function put(bytes: Uint8Array, from: number, { outputs, classIds }: AnsweredRows, row: number): number {
    const start = row * classes.length
    let at = putBytes(bytes, from, heads[classIds[row]])
    for (let k = 0; k < classes.length; k++) {
      if (k > 0) bytes[at++] = COMMA
      at = putDouble(bytes, at, outputs[start + k])
    }
    bytes[at] = BRACKET
    return at + 1
  }
  return { put, most: longest(heads) + classes.length * (MOST_NUMBER + 1) }
}

const putValue: Part<AnsweredRows> = {
  put: (bytes, at, { outputs }, row) => putDouble(bytes, putBytes(bytes, at, VALUE), outputs[row]),
  most: VALUE.length + MOST_NUMBER,
}

function longest(texts: readonly Uint8Array[] = []): number {
  return texts.reduce((most, { length }) => Math.max(most, length), 0)
}
