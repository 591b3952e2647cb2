import { MonitoringError } from './errors.ts'

/** A value of untrusted JSON and where it stands; each method gives it as what was asked for or throws. */
export class Field {
  readonly value: unknown
  readonly path: string
  /** What the JSON is, as in "The reference". */
  readonly #whole: string

  constructor(value: unknown, path: string, whole = 'The reference') {
    this.value = value
    this.path = path
    this.#whole = whole
  }

  /**
   * The version of an object of this format, 1 to `newest`.
   *
   * @throws MonitoringError MONITORING_ERR_FORMAT or MONITORING_ERR_VERSION
   */
  format(name: string, newest: number): number {
    const format = isObject(this.value) && Object.hasOwn(this.value, 'format') ? this.member('format').value : undefined
    if (format !== name) throw new MonitoringError('MONITORING_ERR_FORMAT', `The JSON has no format "${name}".`)
    const version = this.member('version').count(1, Number.MAX_SAFE_INTEGER)
    if (version <= newest) return version
    throw new MonitoringError(
      'MONITORING_ERR_VERSION',
      `${this.#whole} is of version ${version}, and this program reads up to version ${newest}.`,
    )
  }

  /** The members of an object that has exactly these keys. */
  object<K extends string>(keys: readonly K[]): Record<K, Field> {
    if (!isObject(this.value)) throw this.fail('an object')
    const stray = Object.keys(this.value).find((key) => !keys.includes(key as K))
    if (stray !== undefined) throw this.fail(`an object with the keys ${keys.join(', ')} and no other`)
    return Object.fromEntries(keys.map((key) => [key, this.member(key)])) as Record<K, Field>
  }

  /** The member of an object, whatever other keys it has. */
  member(key: string): Field {
    if (!isObject(this.value)) throw this.fail('an object')
    if (!Object.hasOwn(this.value, key)) throw this.fail(`an object with the key ${key}`)
    return new Field((this.value as Record<string, unknown>)[key], this.path ? `${this.path}.${key}` : key, this.#whole)
  }

  /** Every item of an array whose length is within `least` and `most`. */
  items<T>(least: number, most: number, read: (item: Field) => T): T[] {
    const { value } = this
    if (!Array.isArray(value) || value.length < least || value.length > most) {
      throw this.fail(`an array of ${least === most ? least : `${least} to ${most}`} items`)
    }
    return Array.from(value, (item: unknown, index) => read(new Field(item, `${this.path}[${index}]`, this.#whole)))
  }

  text(): string {
    if (typeof this.value !== 'string') throw this.fail('a text')
    return this.value
  }

  oneOf<T extends string>(choices: readonly T[]): T {
    const choice = choices.find((candidate) => candidate === this.value)
    if (choice === undefined) throw this.fail(choices.join(' or '))
    return choice
  }

  sha256(): string {
    if (typeof this.value !== 'string' || !/^[0-9a-f]{64}$/.test(this.value)) {
      throw this.fail('64 lower-case hex digits')
    }
    return this.value
  }

  /** A whole number within `least` and `most`, both inclusive. */
  count(least: number, most: number): number {
    if (!Number.isSafeInteger(this.value) || Number(this.value) < least || Number(this.value) > most) {
      throw this.fail(`a whole number of ${least} to ${most}`)
    }
    return Number(this.value) + 0
  }

  /** A finite number within `least` and `most`, both inclusive. */
  number(least: number = -Number.MAX_VALUE, most: number = Number.MAX_VALUE): number {
    if (typeof this.value !== 'number' || !(this.value >= least && this.value <= most)) {
      throw this.fail(least === -Number.MAX_VALUE ? 'a finite number' : `a number of ${least} to ${most}`)
    }
    return this.value + 0
  }

  orNull<T>(read: (field: Field) => T): T | null {
    return this.value === null ? null : read(this)
  }

  /** The error of this field; `expected` follows "must be". Never shows the value. */
  fail(expected: string): MonitoringError {
    const where = this.path ? `${this.#whole}'s ${this.path}` : this.#whole
    return new MonitoringError('MONITORING_ERR_STRUCTURE', `${where} must be ${expected}.`)
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
