import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { type TSchema, Type } from 'typebox'
import { Compile } from 'typebox/compile'

interface Check {
  Check(value: unknown): boolean
}
type Content = Record<string, { schema?: unknown }>
interface Operation {
  readonly requestBody?: { readonly content: Content }
  readonly responses: Record<string, { readonly content?: Content }>
}

/** What /openapi.json says of one route, to be held against what is sent and answered. */
export interface Documented {
  /** Whether a JSON body is one that the document has. */
  accepts(body: unknown): boolean
  /** What is wrong with an answer; undefined when it is as the document says. */
  fault(answer: LightMyRequestResponse): string | undefined
}

export async function documented(app: FastifyInstance, method: 'get' | 'post', path: string): Promise<Documented> {
  const { paths, components } = (await app.inject('/openapi.json')).json()
  const { requestBody, responses } = paths[path][method] as Operation
  const compile = (schema: unknown): Check => Compile(inlined(schema, components.schemas))
  const request = requestBody?.content['application/json']?.schema
  const body = request === undefined ? undefined : compile(request)
  const answers = new Map<string, Map<string, Check | undefined>>()
  for (const [status, { content = {} }] of Object.entries(responses)) {
    const types = Object.entries(content).map(
      ([type, { schema }]) => [type, schema === undefined ? undefined : compile(schema)] as const,
    )
    answers.set(status, new Map(types))
  }

  return {
    accepts: (value) => body?.Check(value) ?? false,
    fault({ statusCode, headers, body: text }) {
      const types = answers.get(String(statusCode))
      if (types === undefined) return `${statusCode} is not documented: ${text}`
      const type = String(headers['content-type'] ?? '').split(';', 1)[0]!
      if (types.size === 0) return text === '' ? undefined : `${statusCode} has a body: ${text}`
      if (!types.has(type)) return `${statusCode} with ${type} is not documented: ${text}`
      const schema = types.get(type)
      if (type !== 'application/json' || schema === undefined) return undefined
      return schema.Check(JSON.parse(text)) ? undefined : `${statusCode} is not as documented: ${text}`
    },
  }
}

function inlined(schema: unknown, schemas: Record<string, unknown>): TSchema {
  const text = JSON.stringify(schema, (_, value) => {
    const name = typeof value?.$ref === 'string' ? value.$ref.replace('#/components/schemas/', '') : undefined
    return name === undefined ? value : inlined(schemas[name], schemas)
  })
  return Type.Unsafe(JSON.parse(text))
}
