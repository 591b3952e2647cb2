import { Refusal } from './errors.ts'

/** A column that the model takes. */
export type Feature = NumberFeature | CategoryFeature

export interface NumberFeature {
  readonly name: string
  readonly type: 'number'
  readonly missing: boolean
  /** null where training saw no value. */
  readonly min: number | null
  readonly max: number | null
}

export interface CategoryFeature {
  readonly name: string
  readonly type: 'category'
  readonly missing: boolean
  readonly levels: readonly string[]
}

export type Target =
  | { readonly name: string; readonly type: 'class'; readonly classes: readonly string[] }
  | { readonly name: string; readonly type: 'number' }

export interface Signature {
  readonly features: readonly Feature[]
  readonly target: Target
}

/** One of `GET /models`. */
export interface KnownModel {
  readonly name: string
  readonly version: string | null
  readonly reference: string
  readonly state: string
  readonly reason: string
}

/** `GET /model/info`. */
export interface ModelInfo {
  readonly name: string
  readonly version: string
  readonly aliases: readonly string[]
  readonly reference: string
  readonly stale: boolean
  readonly sha256: string
  readonly run_id: string | null
  readonly created_at: string
  readonly loaded_at: string
  readonly signature: Signature
  readonly parameters: Readonly<Record<string, unknown>>
  readonly trees: number
  readonly nodes: number
  readonly training: {
    readonly rows: number
    readonly score?: number
    readonly oobErrorByTrees?: readonly (number | null)[]
    readonly importances: readonly number[]
    readonly warnings: readonly string[]
  }
  readonly tags: Readonly<Record<string, string>>
  readonly last_reload: { readonly result: string; readonly at: string; readonly message?: string }
}

/** `GET /model/evaluation`. */
export interface Evaluation {
  readonly held_out: { readonly rows: number; readonly metrics: Readonly<Record<string, number>> }
  readonly cross_validation: {
    readonly folds: number
    readonly rows: number
    readonly metrics: Readonly<Record<string, number>>
    readonly std: Readonly<Record<string, number>>
  }
  readonly confusion: readonly (readonly number[])[] | null
}

export type Cell = number | string | null

/** One of `GET /model/examples`. */
export interface Example {
  readonly features: readonly Cell[]
  readonly answer: string | number
  readonly confidence: number | null
}

/** What the model says of one row. */
export type Answer =
  | {
      readonly type: 'class'
      readonly best: number
      readonly confidence: number
      readonly probabilities: readonly number[]
    }
  | { readonly type: 'number'; readonly value: number }

type Json = Readonly<Record<string, unknown>>

/** @throws Refusal when it is not what a service of this version answers */
export function readInfo(json: unknown): ModelInfo {
  const info = object(json)
  const signature = object(info.signature)
  const target = object(signature.target)
  const features = list(signature.features).map(object)
  const sound =
    typeof info.name === 'string' &&
    (target.type === 'number' || list(target.classes).every((name) => typeof name === 'string')) &&
    features.length > 0 &&
    features.every(({ name, type, levels }) => typeof name === 'string' && (type === 'number' || Array.isArray(levels)))
  if (!sound) throw garbled()
  list(object(info.training).importances)
  return json as ModelInfo
}

/** @throws Refusal */
export function readModels(json: unknown): readonly KnownModel[] {
  const models = list(object(json).models)
  if (models.length === 0 || !models.every((one) => typeof object(one).name === 'string')) throw garbled()
  return models as KnownModel[]
}

/** @throws Refusal */
export function readExamples(json: unknown): readonly Example[] {
  const examples = list(object(json).examples).map(object)
  for (const { features } of examples) list(features)
  return examples as unknown as Example[]
}

/** @throws Refusal */
export function readEvaluation(json: unknown): Evaluation {
  const { held_out, cross_validation } = object(json)
  object(object(held_out).metrics)
  object(object(cross_validation).metrics)
  return json as Evaluation
}

/** One answer of `POST /model/try`. @throws Refusal */
export function readAnswer(json: unknown, target: Target): Answer {
  const { prediction, probabilities } = object(json)
  const { value, class_id, confidence } = object(prediction)
  if (target.type === 'number') {
    if (typeof value !== 'number') throw garbled()
    return { type: 'number', value }
  }
  const shares = object(probabilities)
  if (typeof class_id !== 'number' || typeof confidence !== 'number') throw garbled()
  return {
    type: 'class',
    best: class_id,
    confidence,
    probabilities: target.classes.map((name) => (Object.hasOwn(shares, name) ? Number(shares[name]) : Number.NaN)),
  }
}

/** All answers of a batch. @throws Refusal */
export function readAnswers(json: unknown, target: Target): readonly Answer[] {
  return list(object(json).predictions).map((one) => readAnswer(one, target))
}

/** The object, or a refusal: what is shown later relies on it. @throws Refusal */
export function object(value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw garbled()
  return value as Json
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw garbled()
  return value
}

function garbled(): Refusal {
  return new Refusal(200, '', 'The service answered something that this page does not understand.')
}
