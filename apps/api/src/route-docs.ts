import type { TSchema } from 'typebox'
import type { ServedModel } from './model/served.ts'

/** In the order that a reader needs them. */
export const TAGS = ['Predictions', 'Model', 'Health', 'Operations'] as const
type Tag = (typeof TAGS)[number]

/** What OpenAPI says of a route; a schema may depend on the served model. */
export interface RouteDocs {
  readonly operationId: string
  readonly tag: Tag
  readonly summary: string
  readonly description?: string
  /** JSON body, required. */
  readonly body?: (model: ServedModel | undefined) => TSchema
  /** By status. */
  readonly answers: Readonly<Record<number, AnswerDocs>>
  /** Statuses that are answered in the shape of `ErrorAnswer`. */
  readonly errors: readonly number[]
}

export interface AnswerDocs {
  readonly description: string
  /** Default application/json. */
  readonly type?: string
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
