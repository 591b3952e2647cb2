import { STATUS_CODES } from 'node:http'
import t, { type Test } from 'tap'
import { type TSchema, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { build, predict } from './app.ts'
import { irisFiles, mixedFiles } from './bundle.ts'

interface Operation {
  operationId: string
  tags: string[]
  summary: string
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

t.test('is an OpenAPI 3.1 document', async (t) => {
  for (const files of [irisFiles(), mixedFiles()]) {
    const { api } = await document(t, files)
    t.equal(api.openapi, '3.1.0')
    t.match(api.info, { title: 'Copse: iris', version: '1' })
    const tags = new Set(api.tags.map(({ name }) => name))
    const ids = new Set<string>()
    for (const [path, operations] of Object.entries(api.paths)) {
      t.match(path, /^\/[a-z./]+$/)
      for (const [method, operation] of Object.entries(operations)) {
        t.match(method, /^(get|post)$/)
        t.notOk(ids.has(operation.operationId), 'operation ids are unique')
        ids.add(operation.operationId)
        t.ok(operation.summary.length > 5)
        t.ok(operation.tags.every((tag) => tags.has(tag)))
        for (const [status, response] of Object.entries(operation.responses)) {
          t.ok(status in STATUS_CODES)
          t.equal(typeof response.description, 'string')
        }
      }
    }
    for (const name of Object.keys(api.components.schemas)) t.match(name, /^[A-Za-z0-9._-]+$/)
  }
})

t.test('every reference leads to a schema, and every schema compiles', async (t) => {
  const { api } = await document(t, mixedFiles())
  const { schemas } = api.components
  const references = Array.from(JSON.stringify(api).matchAll(/"\$ref":"([^"]+)"/g), ([, reference]) => reference!)
  t.ok(references.length > 10)
  for (const reference of references) t.ok(schemas[reference.replace('#/components/schemas/', '')], reference)
  for (const name of Object.keys(schemas)) t.ok(validator(api, { $ref: `#/components/schemas/${name}` }))
})

t.test('documents every route, and answers as documented', async (t) => {
  const { app, api } = await document(t)
  t.strictSame(
    Object.entries(api.paths)
      .map(([path, operations]) => `${Object.keys(operations)} ${path}`)
      .sort(),
    [
      'get /health',
      'get /livez',
      'get /metrics',
      'get /model/card',
      'get /model/info',
      'get /models',
      'get /readyz',
      'post /model/reload',
      'post /predict',
    ],
  )
  for (const [url, operations] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const answer =
        url === '/predict'
          ? await predict(app, { features: [5.1, 3.5, 1.4, 0.2] })
          : await app.inject({ method: method as 'get', url })
      const { content } = operation.responses[answer.statusCode]!
      const type = String(answer.headers['content-type']).split(';')[0]!
      t.ok(content[type], `${url} is ${type}`)
      if (type === 'application/json') t.ok(validator(api, content[type]!.schema).Check(answer.json()), url)
    }
  }
})

t.test('the examples of the request are predicted', async (t) => {
  for (const files of [irisFiles(), mixedFiles()]) {
    const { app, api } = await document(t, files)
    const examples = api.components.schemas.PredictRequest!.examples as unknown[]
    t.equal(examples.length, 3)
    for (const example of examples) t.equal((await predict(app, example)).statusCode, 200)
  }
})

t.test('features are named and explained', async (t) => {
  const { api } = await document(t)
  const { FeatureList, NamedFeatures } = api.components.schemas
  t.strictSame(NamedFeatures!.required, ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'])
  t.match(NamedFeatures!.properties, { sepal_length: { type: 'number', description: /training saw 4\.3 to 7\.9/ } })
  t.match(FeatureList!.prefixItems, [{ type: 'number', description: /^sepal_length, / }])
})

function validator(api: Document, schema: Schema) {
  const inlined = (part: unknown): unknown =>
    JSON.parse(
      JSON.stringify(part, (_, value) => {
        const name = typeof value?.$ref === 'string' ? value.$ref.replace('#/components/schemas/', '') : undefined
        return name === undefined ? value : inlined(api.components.schemas[name])
      }),
    )
  return Compile(Type.Unsafe(inlined(schema) as TSchema))
}
