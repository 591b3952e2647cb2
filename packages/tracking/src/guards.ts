import { TrackingError } from './errors.ts'
import type { MetricPoint, ParamValue } from './types.ts'

/** A param or tag, as MLflow's API has it. */
export interface Entry {
  key: string
  value: string
}

/** A metric point as sent: JSON has no NaN or Infinity, so those travel as text. */
export interface Metric {
  key: string
  value: number | 'NaN' | 'Infinity' | '-Infinity'
  timestamp: number
  step: number
}

/** Characters (code points) that MLflow stores; what is longer it cuts off or refuses, depending on its version. */
export const LIMITS = {
  key: 250,
  param: 6000,
  tag: 8000,
  experiment: 500,
  runName: 250,
  modelName: 256,
  alias: 255,
  versionTag: 100_000,
  description: 5000,
  datasetName: 500,
  datasetDigest: 36,
  datasetSource: 65_535,
  datasetSchema: 1_048_575,
  datasetProfile: 16_777_215,
  datasetContext: 500,
} as const

// MLflow answers 200 to a number, step or time of the wrong type and stores something else, so each is refused here.

export function checkMetric(point: MetricPoint, now: number): Metric {
  const key = checkKey('metric', point.key)
  const { value, step = 0, timestamp = now } = point
  if (typeof value !== 'number') throw bad(`The metric ${key} must be a number, not ${describe(value)}`)
  if (!Number.isSafeInteger(step)) throw bad(`The step of metric ${key} must be a whole number, not ${describe(step)}`)
  if (!Number.isSafeInteger(timestamp) || timestamp < 0) {
    throw bad(`The timestamp of metric ${key} must be whole milliseconds from 0, not ${describe(timestamp)}`)
  }
  return { key, value: Number.isFinite(value) ? value : (String(value) as 'NaN'), timestamp, step }
}

export function checkParams(params: Readonly<Record<string, ParamValue>>): Entry[] {
  return entriesOf('params', params).map(([key, value]) => {
    checkKey('param', key)
    if (value !== null && !['string', 'number', 'boolean'].includes(typeof value)) {
      throw bad(`The param ${key} must be text, a number, a boolean or null, not ${describe(value)}`)
    }
    return { key, value: checkText(`The param ${key}`, String(value), LIMITS.param) }
  })
}

export function checkTags(tags: Readonly<Record<string, string>>, limit: number = LIMITS.tag): Entry[] {
  return entriesOf('tags', tags).map(([key, value]) => {
    checkKey('tag', key)
    return { key, value: checkText(`The tag ${key}`, value, limit) }
  })
}

/** Most names there are; what is not of this form is looked at more closely. */
const PLAIN_KEY = /^[A-Za-z0-9_][A-Za-z0-9_\- :]*$/

/** MLflow's grammar for the names of metrics, params and tags: letters, digits, `_ - . : /` and blanks, as a plain relative path. */
export function checkKey(what: string, key: string): string {
  if (typeof key === 'string' && key.length <= LIMITS.key && PLAIN_KEY.test(key)) return key
  checkText(`The name of a ${what}`, key, LIMITS.key)
  const plain = key.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  if (!/^[/\p{L}\p{N}_.\- :]+$/u.test(key) || !plain || key.startsWith('..')) {
    throw bad(
      `The ${what} name ${quote(key)} may hold letters, digits and _ - . : / and blanks, as a plain relative path`,
    )
  }
  return key
}

export function checkExperimentName(name: string): string {
  return checkLine('The experiment name', name, LIMITS.experiment)
}

export function checkRunName(name: string): string {
  return checkLine('The run name', name, LIMITS.runName)
}

/** Name of a model of a run (a "logged model"). */
export function checkLoggedModelName(name: string): string {
  checkLine('The model name', name, LIMITS.modelName)
  if (/[/:.%"']/.test(name)) throw bad(`The model name ${quote(name)} must hold none of / : . % " '`)
  return name
}

export function checkRegisteredModelName(name: string): string {
  checkLine('The registered model name', name, LIMITS.modelName)
  if (/[/:]/.test(name)) throw bad(`The registered model name ${quote(name)} must hold neither / nor :`)
  if (/'/.test(name) && /"/.test(name)) throw bad(`The registered model name ${quote(name)} must not hold both ' and "`)
  return name
}

export function checkAlias(alias: string): string {
  checkLine('The alias', alias, LIMITS.alias)
  if (!/^[\p{L}\p{N}_-]+$/u.test(alias)) throw bad(`The alias ${quote(alias)} may hold letters, digits, _ and -`)
  if (/^(latest|v\d+)$/i.test(alias)) throw bad(`The alias ${quote(alias)} is reserved by MLflow`)
  return alias
}

export function checkVersion(version: string): string {
  if (typeof version === 'string' && /^[1-9]\d{0,14}$/.test(version)) return version
  throw bad(`A model version is a whole number from 1 as text, not ${describe(version)}`)
}

/** Text that a server and its database can hold: at most `limit` code points, no NUL, no half of a surrogate pair. */
export function checkText(what: string, value: string, limit: number): string {
  if (typeof value !== 'string') throw bad(`${what} must be text, not ${describe(value)}`)
  if (value.length > limit && [...value].length > limit) {
    throw bad(`${what} is ${[...value].length} characters long, over MLflow's limit of ${limit}`)
  }
  if (value.includes('\0') || /\p{Cs}/u.test(value)) throw bad(`${what} holds a NUL or half a character`)
  return value
}

/** An option: a whole number from `min` to `max`, both included; the default is the longest time of a timer. */
export function checkNumber(name: string, value: number, min: number, max = 2 ** 31 - 1): number {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value
  throw new TrackingError('TRACKING_ERR_OPTION', `${name} must be a whole number from ${min} to ${max}, not ${value}`)
}

export function bad(message: string): TrackingError {
  return new TrackingError('TRACKING_ERR_VALUE', message)
}

function checkLine(what: string, value: string, limit: number) {
  checkText(what, value, limit)
  if (value.trim() === '') throw bad(`${what} is empty`)

  if (/\p{Cc}/u.test(value)) throw bad(`${what} holds a control character`)
  return value
}

function entriesOf<T>(what: string, record: Readonly<Record<string, T>>): [string, T][] {
  if (typeof record === 'object' && record !== null && !Array.isArray(record)) return Object.entries(record)
  throw bad(`The ${what} must be an object of names and values, not ${describe(record)}`)
}

function describe(value: unknown) {
  if (value === null) return 'null'
  return typeof value === 'number'
    ? String(value)
    : Array.isArray(value)
      ? 'an array'
      : `a value of type ${typeof value}`
}

function quote(text: string) {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
