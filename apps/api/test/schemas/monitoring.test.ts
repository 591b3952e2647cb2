import t from 'tap'
import type { TObject, TSchema } from 'typebox'
import { Check } from 'typebox/value'
import { DriftAnswer, LiveAnswer, PerformanceAnswer } from '../../src/schemas/monitoring.ts'
import { build, predict } from '../app.ts'
import { irisFiles, mixedFiles } from '../bundle.ts'

const ANSWERS = { drift: DriftAnswer, performance: PerformanceAnswer, live: LiveAnswer }

/** Every object in a schema, with its path. */
function* objects(schema: TSchema, path = ''): Generator<readonly [path: string, schema: TObject]> {
  const { properties, items, anyOf } = schema as TSchema & {
    properties?: Record<string, TSchema>
    items?: TSchema
    anyOf?: TSchema[]
  }
  if (properties) {
    yield [path, schema as TObject]
    for (const [name, one] of Object.entries(properties)) yield* objects(one, `${path}/${name}`)
  }
  if (items) yield* objects(items, `${path}/*`)
  for (const one of anyOf ?? []) yield* objects(one, path)
}

t.test('every answer of the routes is what its schema says, of classes and of numbers', async (t) => {
  for (const [files, row] of [
    [irisFiles(), [5.1, 3.5, 1.4, 0.2]],
    [mixedFiles(), [null, 'Poor', 'yes']],
  ] as const) {
    const { app } = await build(t, files)
    await predict(app, { features: row })
    app.drainPredictions()
    app.monitoring.monitor!.check()
    for (const [name, schema] of Object.entries(ANSWERS)) {
      const { body } = await app.inject(`/monitoring/${name}`)
      t.ok(Check(schema, JSON.parse(body)), name)
    }
  }
})

t.test('nothing is optional, nothing else is in it, and what may be absent is null', async (t) => {
  for (const [name, schema] of Object.entries(ANSWERS)) {
    for (const [path, object] of objects(schema, name)) {
      t.match(object, { additionalProperties: false }, path)
      t.strictSame(object.required, Object.keys(object.properties), path)
      for (const key of Object.keys(object.properties)) t.match(key, /^[a-z][a-z0-9_]*$/, `${path}/${key}`)
    }
  }
})
