/** An object of JSON, as opposed to an array or null. */
export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The own member of an object; undefined of anything else. */
export function member(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

/** The text at the end of a path of keys; undefined when there is none. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = path.reduce(member, value)
  return typeof found === 'string' ? found : undefined
}

/** The number at the end of a path of keys; undefined when there is none. */
export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = path.reduce(member, value)
  return typeof found === 'number' ? found : undefined
}
