import { STATUS_CODES } from 'node:http'
import { Validator } from '@seriousme/openapi-schema-validator'
import t, { type Test } from 'tap'
import { build } from './app.ts'
import { irisFiles, mixedFiles } from './bundle.ts'
import { documented } from './documented.ts'

interface Operation {
  operationId: string
  tags: string[]
  summary: string
  parameters?: { name: string; in: string; example?: string }[]
  requestBody?: { required: boolean; content: Content }
  responses: Record<string, { description: string; content: Content }>
}
type Content = Record<string, { schema: Schema }>
type Schema = Record<string, unknown>
interface Document {
  openapi: string
  info: { title: string; version: string }
  tags: { name: string }[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

async function document(t: Test, files = irisFiles()) {
  const { app } = await build(t, files)
  return { app, api: (await app.inject('/openapi.json')).json() as Document }
}

t.test('is a valid OpenAPI 3.1 document', async (t) => {
  for (const files of [irisFiles(), mixedFiles()]) {
    const { api } = await document(t, files)
    t.equal(api.openapi, '3.1.0')
    const { valid, errors } = await new Validator().validate(structuredClone({ ...api }))
    t.ok(valid, JSON.stringify(errors)?.slice(0, 1000))
    t.match(api.info, { title: 'Copse: iris', version: '1' })
    const tags = new Set(api.tags.map(({ name }) => name))
    const ids = new Set<string>()
    for (const [path, operations] of Object.entries(api.paths)) {
      t.match(path, /^\/[a-z0-9./{}]+$/)
      for (const [method, operation] of Object.entries(operations)) {
        t.match(method, /^(get|post)$/)
        t.notOk(ids.has(operation.operationId), 'operation ids are unique')
        ids.add(operation.operationId)
        t.ok(operation.summary.length > 5)
        t.ok(operation.tags.every((tag) => tags.has(tag)))
        const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path')
        t.strictSame(
          inPath.map(({ name }) => `{${name}}`),
          path.match(/\{\w+\}/g) ?? [],
        )
        for (const [status, response] of Object.entries(operation.responses)) {
          t.ok(status in STATUS_CODES)
          t.equal(typeof response.description, 'string')
        }
      }
    }
    for (const name of Object.keys(api.components.schemas)) t.match(name, /^[A-Za-z0-9._-]+$/)
  }
})

t.test('every reference leads to a schema', async (t) => {
  const { api } = await document(t, mixedFiles())
  const { schemas } = api.components
  const references = Array.from(JSON.stringify(api).matchAll(/"\$ref":"([^"]+)"/g), ([, reference]) => reference!)
  t.ok(references.length > 10)
  for (const reference of references) t.ok(schemas[reference.replace('#/components/schemas/', '')], reference)
})

/** What a bundle need not have. */
const FILES: Readonly<Record<string, string>> = {
  '/model/card': 'model-card.md',
  '/model/evaluation': 'evaluation.json',
}

t.test('documents every route', async (t) => {
  const { app, api } = await document(t)
  const documented = Object.entries(api.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  )
  const answered = new Set<string>()
  let parents: string[] = []
  for (const line of app.printRoutes({ commonPrefix: false }).split('\n')) {
    const [, indent = '', part = '', methods = ''] = /^([│ ]*)[├└]── (\S*) \((.+)\)/.exec(line) ?? []
    if (methods === '') continue
    parents = [...parents.slice(0, indent.length / 4), part]
    for (const method of methods.split(', ')) answered.add(`${method} ${parents.join('')}`)
  }
  const undocumented = [...answered].filter((route) => !/^HEAD|docs|openapi|\/v2\/$/.test(route))
  t.strictSame(undocumented.sort(), documented.sort())
  t.ok(documented.length > 25)
})

t.test('every route answers its example as documented', async (t) => {
  for (const files of [irisFiles(), mixedFiles()]) {
    const { app, api } = await document(t, files)
    for (const [path, operations] of Object.entries(api.paths)) {
      if (path.endsWith('/unload')) continue
      for (const [method, operation] of Object.entries(operations)) {
        const url = path.replaceAll(
          /\{(\w+)\}/g,
          (_, name) => operation.parameters!.find((parameter) => parameter.name === name)!.example!,
        )
        const { fault } = await documented(app, method as 'get', path)
        const bodies = Object.entries(operation.requestBody?.content ?? {}).flatMap(([type, { schema }]) => {
          const { examples = [] } = resolved(api, schema) as { examples?: unknown[] }
          return examples.map((example) => ({
            headers: { 'content-type': type },
            payload: type === 'text/csv' ? (example as string) : JSON.stringify(example),
          }))
        })
        for (const body of bodies.length > 0 ? bodies : [{}]) {
          const answer = await app.inject({ method: method as 'get', url, ...body })
          t.equal(fault(answer), undefined)
          const file = FILES[path]
          t.equal(answer.statusCode, file !== undefined && files[file] === undefined ? 404 : 200, url)
        }
      }
    }
  }
})

t.test('features are named and explained', async (t) => {
  const { api } = await document(t)
  const { FeatureList, NamedFeatures } = api.components.schemas
  t.strictSame(NamedFeatures!.required, ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'])
  t.match(NamedFeatures!.properties, { sepal_length: { type: 'number', description: /training saw 4\.3 to 7\.9/ } })
  t.match(FeatureList!.prefixItems, [{ type: 'number', description: /^sepal_length, / }])
})

function resolved(api: Document, schema: Schema): Schema {
  const { $ref: reference } = schema
  return typeof reference === 'string' ? api.components.schemas[reference.split('/').at(-1)!]! : schema
}
