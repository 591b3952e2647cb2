import { ModelError } from './errors.ts'

/**
 * What the description of a forest may hold at most. The widest table has 65,535 features, each an object with five keys
 * and a list of levels. Without these bounds 32 MB of `{},` become 750 MB of objects in six seconds.
 */
export const JSON_LIMITS = { bytes: 1 << 25, depth: 32, containers: 1 << 18, keys: 1 << 20, values: 1 << 22 } as const

/** Bounds what JSON.parse will have to build, before it does; text that is no JSON is left to it. */
export function checkJsonSize(json: Uint8Array): void {
  expectAtMost('bytes', json.length)
  let depth = 0
  let deepest = 0
  let containers = 0
  let keys = 0
  let values = 0
  let inText = false
  for (let i = 0; i < json.length; i++) {
    const byte = json[i]
    if (byte === QUOTE) inText = !inText
    else if (inText) i += byte === BACKSLASH ? 1 : 0
    else if (byte === COMMA) values++
    else if (byte === COLON) keys++
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      containers++
      depth++
      if (depth > deepest) deepest = depth
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth--
  }
  expectAtMost('depth', deepest)
  expectAtMost('containers', containers)
  expectAtMost('keys', keys)
  expectAtMost('values', values)
}

function expectAtMost(what: keyof typeof JSON_LIMITS, found: number): void {
  if (found <= JSON_LIMITS[what]) return
  throw new ModelError(
    'MODEL_ERR_FILE_STRUCTURE',
    `The forest's description has ${found} ${NOUNS[what]}, expected at most ${JSON_LIMITS[what]}.`,
  )
}

const NOUNS: Record<keyof typeof JSON_LIMITS, string> = {
  bytes: 'bytes',
  depth: 'levels of nesting',
  containers: 'objects and arrays',
  keys: 'keys',
  values: 'values',
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a]
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d]
