import type { TSchema } from 'typebox'
import type { ServedModel } from './model/served.ts'

/** In the order that a reader needs them. */
export const TAGS = [
  'Predictions',
  'Open Inference Protocol',
  'MLflow scoring',
  'Model',
  'Monitoring',
  'Health',
  'Operations',
] as const
type Tag = (typeof TAGS)[number]

/** Of a route that asks for a scope. */
export const SCOPED = [401, 403] as const
/** Of an inference route: what its scope, the bounds on it and its body come to. */
export const INFERENCE = [400, ...SCOPED, 408, 413, 415, 429, 500, 503, 504] as const

/** What OpenAPI says of a route; a schema may depend on the served model. */
export interface RouteDocs {
  readonly operationId: string
  readonly tag: Tag
  readonly summary: string
  readonly description?: string
  /** Of the path, the query and the headers. */
  readonly parameters?: readonly ParameterDocs[]
  /** JSON body. */
  readonly body?: (model: ServedModel | undefined) => TSchema
  /** Default true. */
  readonly bodyRequired?: boolean
  /** Bodies of other types. */
  readonly otherBodies?: Readonly<Record<string, (model: ServedModel | undefined) => TSchema>>
  /** By status. */
  readonly answers: Readonly<Record<number, AnswerDocs>>
  /** Statuses that are answered in the shape of `errorForm`. */
  readonly errors: readonly number[]
  /** Default `ErrorAnswer`. */
  readonly errorForm?: TSchema
}

export interface ParameterDocs {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly description: string
  /** Default any text. */
  readonly schema?: TSchema
  readonly example?: (model: ServedModel | undefined) => string | number | undefined
}

export interface AnswerDocs {
  readonly description: string
  /** Default application/json; null is an answer without a body. */
  readonly type?: string | null
  /** Types that are answered when a request asks for them: any content. */
  readonly otherTypes?: readonly string[]
  /** Header -> what it tells. */
  readonly headers?: Readonly<Record<string, string>>
  /** Default any text. */
  readonly schema?: (model: ServedModel | undefined) => TSchema
}

declare module 'fastify' {
  export interface FastifyContextConfig {
    /** A route without docs is not in /openapi.json. */
    docs?: RouteDocs
  }
}
