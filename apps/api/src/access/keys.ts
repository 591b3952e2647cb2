import { hash, timingSafeEqual } from 'node:crypto'
import { ApiError } from '../errors.ts'

const SCOPES = ['predict', 'feedback', 'admin'] as const
/** What a caller may do: predictions and model metadata; labels for them; everything. */
export type Scope = (typeof SCOPES)[number]

export interface Key {
  readonly name: string
  readonly scopes: ReadonlySet<Scope>
  /** sha256 of the key. */
  readonly digest: Buffer
}

/** The keys of a keys file. */
export class Keys {
  readonly #keys: readonly Key[]

  constructor(keys: readonly Key[]) {
    this.#keys = keys
  }

  /** The key that was presented; every one is compared, each in constant time, so that the time tells nothing. */
  find(presented: string): Key | undefined {
    const digest = hash('sha256', presented, 'buffer')
    let found: Key | undefined
    for (const key of this.#keys) if (timingSafeEqual(key.digest, digest)) found = key
    return found
  }
}

const MAX_KEYS = 10_000

/**
 * Reads lines of `NAME SCOPE[,SCOPE] sha256:HEX`; empty lines and those that begin with # are skipped. `admin` includes
 * the other scopes.
 * @throws ApiError API_ERR_SETTING naming the line, never what is in it
 */
export function parseKeys(text: string): Keys {
  const keys: Key[] = []
  const names = new Set<string>()
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue
    const [, name, list, hex] = /^\s*([\w.@-]{1,64})\s+([a-z,]+)\s+sha256:([0-9a-fA-F]{64})\s*$/.exec(line) ?? []
    if (name === undefined) throw broken(i, 'NAME SCOPE[,SCOPE] sha256:HEX')
    const scopes = list!.split(',')
    if (!scopes.every((scope) => SCOPES.includes(scope as Scope))) throw broken(i, `scopes of ${SCOPES.join(', ')}`)
    if (names.has(name)) throw broken(i, 'a name that stands nowhere else')
    if (keys.length === MAX_KEYS) throw broken(i, `at most ${MAX_KEYS} keys`)
    names.add(name)
    const all = scopes.includes('admin') ? SCOPES : (scopes as Scope[])
    keys.push({ name, scopes: new Set(all), digest: Buffer.from(hex!, 'hex') })
  }
  if (keys.length === 0) throw new ApiError('API_ERR_SETTING', 'The keys file must hold at least one key.')
  return new Keys(keys)
}

function broken(index: number, expected: string): ApiError {
  return new ApiError('API_ERR_SETTING', `Line ${index + 1} of the keys file must have ${expected}.`)
}
