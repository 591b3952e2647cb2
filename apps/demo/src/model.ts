import type { Signature } from '@copse/dataset'
import type { Client } from './client.ts'
import { isObject, type JsonObject, member, numberAt, textAt } from './json.ts'
import { refusalOf } from './refusal.ts'
import { plural, type Report, shorten } from './report.ts'
import { readSignature } from './signature.ts'

/** What `/model/info` says of the served model. */
export interface Model {
  readonly name: string
  readonly version: string
  readonly sha256: string
  readonly signature: Signature
  readonly info: JsonObject
}

/** Asks what is served; undefined, and a problem, when the service does not say. */
export async function askModel(client: Client, report: Report): Promise<Model | undefined> {
  const { status, json } = await client.get('model/info')
  const [name, version, sha256] = [textAt(json, 'name'), textAt(json, 'version'), textAt(json, 'sha256')]
  const signature = readSignature(member(json, 'signature'))
  if (status === 200 && isObject(json) && name && version !== undefined && sha256 && signature) {
    return { name, version, sha256, signature, info: json }
  }
  const refusal = refusalOf(json)
  const why = refusal
    ? `answered ${status} ${refusal.code}: ${refusal.message}`
    : `answered ${status} without name, version, sha256 and signature of a model.`
  report.problem(`GET /model/info ${why}`)
  if (status === 401 || status === 403) report.say('Give a key of the service with --api-key.')
  return undefined
}

/** Tells the served model's origin, task, parameters and training in a few lines. */
export function showModel({ name, version, sha256, signature, info }: Model, report: Report): void {
  const { features, target } = signature
  const task =
    target.type === 'class'
      ? `${target.name}: one of ${shorten(target.classes.join(', '), 160)}`
      : `${target.name}: a number`
  const names = features.map((feature) => feature.name).join(', ')
  const pairs: [string, string | undefined][] = [
    ['model', `${name}, version ${version}`],
    ['answers', task],
    ['from', `${plural(features.length, 'feature')}: ${shorten(names, 160)}`],
    ['parameters', parametersOf(info)],
    ['training', trainingOf(info)],
    ['sha256', sha256],
    ['run', textAt(info, 'run_id') ?? textAt(info, 'runId')],
    ['loaded', textAt(info, 'loaded_at') ?? textAt(info, 'loadedAt')],
  ]
  report.heading('The model (GET /model/info)')
  report.pairs(pairs.filter((pair): pair is [string, string] => pair[1] !== undefined))
}

/** The parameters that are set; null means no limit. */
function parametersOf(info: JsonObject): string | undefined {
  const { parameters } = info
  if (!isObject(parameters)) return undefined
  const set = Object.entries(parameters).filter(([, value]) => value !== null)
  return set.map(([key, value]) => `${key} ${shownValue(value)}`).join(', ')
}

function shownValue(value: unknown): string {
  if (typeof value === 'number') return String(Number.isInteger(value) ? value : Number(value.toPrecision(4)))
  return isObject(value) ? JSON.stringify(value) : String(value)
}

function trainingOf(info: JsonObject): string | undefined {
  const rows = numberAt(info, 'training', 'rows')
  const score = numberAt(info, 'training', 'score')
  const trees = numberAt(info, 'trees')
  const parts = [
    rows === undefined ? undefined : plural(rows, 'row'),
    trees === undefined ? undefined : plural(trees, 'tree'),
    score === undefined ? undefined : `out-of-bag score ${Number(score.toPrecision(4))}`,
    ...metricsOf(info),
  ]
  return parts.filter((part) => part !== undefined).join(', ') || undefined
}

function metricsOf({ metrics }: JsonObject): string[] {
  if (!isObject(metrics)) return []
  const numbers = Object.entries(metrics).filter((entry): entry is [string, number] => typeof entry[1] === 'number')
  return numbers.map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`)
}
