import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { writeWhole } from './disk.ts'
import { TrackingError } from './errors.ts'

/** MLflow's description of a model, in YAML, of which JSON is a part. */
export const MLMODEL_FILE = 'MLmodel'

const MAX_BYTES = 1 << 24

/** What only the store of a model knows about it. */
export interface ModelPlace {
  modelId: string
  runId: string
  /** Where the files are: an artifact URI, or a path within the local store. */
  artifactPath: string
  /** Milliseconds since 1970. */
  time: number
}

/** The file with the model's place written in: JSON when it was JSON, else YAML with the lines at the end. */
export function completeMlmodel(text: string, place: ModelPlace): string {
  const values = {
    artifact_path: place.artifactPath,
    model_id: place.modelId,
    model_uuid: place.modelId,
    run_id: place.runId,
    utc_time_created: new Date(place.time).toISOString().replace('T', ' ').replace('Z', '000'),
  }
  if (text.trimStart().startsWith('{')) return completeJson(text, values)
  const kept = text.split(/(?<=\n)(?=\S)/).filter((entry) => !Object.hasOwn(values, /^\w+(?=:)/.exec(entry)?.[0] ?? ''))
  const lines = Object.entries(values).map(([key, value]) => `${key}: ${quote(value)}\n`)
  const before = kept.join('')
  return `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}${lines.join('')}`
}

/** Completes a file where it lies. Throws TRACKING_ERR_FILE when it cannot be read as a model's description. */
export async function completeFile(from: string, to: string, place: ModelPlace) {
  const { size } = await stat(from)
  if (size > MAX_BYTES) throw wrong(from, `holds ${size} bytes, expected at most ${MAX_BYTES}`)
  const text = await readFile(from, 'utf8')
  try {
    return await writeWhole(to, completeMlmodel(text, place))
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw wrong(from, 'begins as JSON and is none', cause)
  }
}

/** Hands `use` a completed copy of a file, which is gone afterwards. */
export async function withCompleted(
  file: string,
  directory: string,
  place: ModelPlace,
  use: (copy: string) => Promise<void>,
): Promise<void> {
  const temporary = await mkdtemp(join(directory, '.tmp-mlmodel-'))
  try {
    const copy = join(temporary, MLMODEL_FILE)
    await completeFile(file, copy, place)
    await use(copy)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

function completeJson(text: string, values: Record<string, string>): string {
  const given = JSON.parse(text) as Record<string, unknown>
  const completed = Object.entries({ ...given, ...values }).sort(([a], [b]) => (a < b ? -1 : 1))
  return `${escapeForYaml(JSON.stringify(Object.fromEntries(completed), null, 2))}\n`
}

function quote(text: string): string {
  return escapeForYaml(JSON.stringify(text))
}

/** JSON leaves characters bare that YAML refuses, or reads as line breaks. */
function escapeForYaml(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function wrong(file: string, what: string, cause?: unknown) {
  return new TrackingError('TRACKING_ERR_FILE', `${file} ${what}`, { cause })
}
