import { ModelError, type ModelErrorCode } from './errors.ts'

/** Where an untrusted value stands, and the code of the error when it is not what it should be. */
export interface Place {
  readonly code: ModelErrorCode
  /** For people: 'The signature', 'The signature.features[3]'. */
  readonly path: string
}

export type JsonObject = { readonly [key: string]: unknown }

export function refuse(at: Place, expected: string, found: unknown): ModelError {
  return new ModelError(at.code, `${at.path} is ${describe(found)}, expected ${expected}.`)
}

export function within(at: Place, key: string | number): Place {
  return new PlaceWithin(at, key)
}

/** The path is put together only when it is read, for a refusal. */
class PlaceWithin implements Place {
  readonly code: ModelErrorCode
  readonly #outer: Place
  readonly #key: string | number

  constructor(outer: Place, key: string | number) {
    this.code = outer.code
    this.#outer = outer
    this.#key = key
  }

  get path(): string {
    return typeof this.#key === 'number' ? `${this.#outer.path}[${this.#key}]` : `${this.#outer.path}.${this.#key}`
  }
}

export function checkObject(value: unknown, at: Place): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  throw refuse(at, 'an object', value)
}

export function checkArray(value: unknown, at: Place, least: number, most: number): readonly unknown[] {
  if (!Array.isArray(value)) throw refuse(at, 'an array', value)
  if (value.length >= least && value.length <= most) return value
  const expected = least === most ? `${least}` : `${least} to ${most}`
  throw new ModelError(at.code, `${at.path} has ${value.length} entries, expected ${expected}.`)
}

export function checkText(value: unknown, at: Place): string {
  if (typeof value === 'string') return value
  throw refuse(at, 'text', value)
}

export function checkBoolean(value: unknown, at: Place): boolean {
  if (typeof value === 'boolean') return value
  throw refuse(at, 'true or false', value)
}

export function checkFinite(value: unknown, at: Place): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw refuse(at, 'a finite number', value)
}

/** An integer in [least, most], both inclusive. */
export function checkInteger(value: unknown, at: Place, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  throw refuse(at, `an integer from ${least} to ${most}`, value)
}

export function checkOneOf<T extends string>(value: unknown, at: Place, choices: readonly T[]): T {
  const choice = choices.find((known) => known === value)
  if (choice !== undefined) return choice
  throw refuse(at, choices.map((known) => `'${known}'`).join(' or '), value)
}

/** Reads own properties only: what a prototype carries is absent. */
export function property(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

function describe(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value === 'string')
    return value.length <= 40 ? JSON.stringify(value) : `a text of ${value.length} characters`
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value === undefined) return 'missing'
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`.replace('a object', 'an object')
}
