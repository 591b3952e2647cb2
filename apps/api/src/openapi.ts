import { STATUS_CODES } from 'node:http'
import { Type } from 'typebox'
import type { ServedModel } from './model/served.ts'
import { type AnswerDocs, type ParameterDocs, type RouteDocs, TAGS } from './route-docs.ts'
import { ErrorAnswer } from './schemas/error.ts'

export interface DocumentedRoute {
  readonly method: string
  readonly url: string
  readonly docs: RouteDocs
}

type Json = Record<string, unknown>

/** The OpenAPI 3.1 document of the routes for the model that is served. */
export function openApi(routes: readonly DocumentedRoute[], model: ServedModel | undefined): Json {
  const components: Json = {}
  const paths: Record<string, Json> = {}
  for (const { method, url, docs } of routes.toSorted((a, b) => TAGS.indexOf(a.docs.tag) - TAGS.indexOf(b.docs.tag))) {
    const path = url.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] ??= {}
    paths[path][method.toLowerCase()] = operation(docs, model, components)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: model === undefined ? 'Copse' : `Copse: ${model.name}`,
      version: model?.version ?? '0',
      summary: 'Predictions of a random forest over HTTP',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: TAGS.map((name) => ({ name })),
    paths,
    components: { schemas: components },
  }
}

function operation(docs: RouteDocs, model: ServedModel | undefined, components: Json): Json {
  const responses: Json = {}
  for (const [status, answer] of Object.entries(docs.answers)) responses[status] = response(answer, model, components)
  for (const status of docs.errors) {
    responses[status] ??= response(
      { description: `${STATUS_CODES[status]}.`, schema: () => docs.errorForm ?? ErrorAnswer },
      model,
      components,
    )
  }
  return {
    operationId: docs.operationId,
    tags: [docs.tag],
    summary: docs.summary,
    ...(docs.description !== undefined && { description: docs.description }),
    ...(docs.parameters && { parameters: docs.parameters.map((parameter) => described(parameter, model)) }),
    ...(docs.body && {
      requestBody: {
        required: docs.bodyRequired ?? true,
        content: Object.fromEntries(
          Object.entries({ 'application/json': docs.body, ...docs.otherBodies }).map(([type, schema]) => [
            type,
            { schema: hoist(schema(model), components) },
          ]),
        ),
      },
    }),
    responses,
  }
}

function described(
  { name, in: place, description, schema, example }: ParameterDocs,
  model: ServedModel | undefined,
): Json {
  const value = example?.(model)
  return {
    name,
    in: place,
    required: place === 'path',
    description,
    schema: schema ?? Type.String(place === 'path' ? { minLength: 1 } : {}),
    ...(value !== undefined && { example: value }),
  }
}

function response(answer: AnswerDocs, model: ServedModel | undefined, components: Json): Json {
  const { description, headers, type = 'application/json', otherTypes = [], schema = () => Type.String() } = answer
  return {
    description,
    ...(headers && {
      headers: Object.fromEntries(Object.entries(headers).map(([name, tells]) => [name, header(tells)])),
    }),
    ...(type !== null && {
      content: {
        [type]: { schema: hoist(schema(model), components) },
        ...Object.fromEntries(otherTypes.map((other) => [other, {}])),
      },
    }),
  }
}

function header(description: string): Json {
  return { description, schema: { type: 'string' } }
}

/** Keywords whose values are data, not schemas. */
const DATA = new Set(['examples', 'enum', 'const', 'default', 'required'])

/** A copy in which every schema with a title stands in `components` and is referred to. */
function hoist(schema: unknown, components: Json): unknown {
  if (Array.isArray(schema)) return schema.map((item) => hoist(item, components))
  if (typeof schema !== 'object' || schema === null) return schema
  const { title, ...rest } = schema as { title?: unknown } & Json
  const named = typeof title === 'string'
  const copy = Object.fromEntries(
    Object.entries(named ? rest : schema).map(([key, value]) => [
      key,
      DATA.has(key) && Array.isArray(value) ? value : hoist(value, components),
    ]),
  )
  if (!named) return copy
  components[title] = copy
  return { $ref: `#/components/schemas/${title}` }
}
