import type { Feature, Signature } from '@copse/model'
import fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { type TSchema, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { ErrorAnswer } from '../../../src/schemas/error.ts'
import { build, predict } from '../../app.ts'
import { type Files, IRIS, irisFiles, MIXED, mixedFiles } from '../../bundle.ts'

/** Of each of the four properties. */
const RUNS = 4000
const models: [string, Signature, () => Files][] = [
  ['a class of numbers', IRIS, irisFiles],
  ['a number of gaps and categories', MIXED, mixedFiles],
]

for (const [name, signature, files] of models) {
  t.test(`${name}: every body that fits the signature is answered as /openapi.json says`, async (t) => {
    const { app } = await build(t, files())
    const { request, response } = await documented(app)
    await fc.assert(
      fc.asyncProperty(validBody(signature), async (body) => {
        const answer = await predict(app, body)
        if (answer.statusCode !== 200) throw new Error(answer.body)
        if (!request.Check(body)) throw new Error('the documented request does not have it')
        if (!response.Check(answer.json())) throw new Error(`not as documented: ${answer.body}`)
      }),
      { numRuns: RUNS },
    )
  })

  t.test(`${name}: every other body gets a 4xx with a documented error`, async (t) => {
    const { app } = await build(t, files())
    const { request } = await documented(app)
    await fc.assert(
      fc.asyncProperty(fc.oneof(junk(), spoilt(signature)), async (text) => {
        await answeredOrRefused(app, request, text)
      }),
      { numRuns: RUNS },
    )
  })
}

const isError = Compile(ErrorAnswer)

/** 200 only for what the documented request has; 4xx in the documented shape for anything else. */
async function answeredOrRefused(app: FastifyInstance, request: { Check(value: unknown): boolean }, text: string) {
  const { statusCode, body } = await predict(app, text)
  if (statusCode === 200) {
    if (!request.Check(JSON.parse(text))) throw new Error(`answered what is not documented: ${text}`)
    return
  }
  const error = JSON.parse(body)
  const known = statusCode >= 400 && statusCode < 500 && isError.Check(error) && error.statusCode === statusCode
  if (!known) throw new Error(`${statusCode} ${body}`)
}

/** Validators of the body and the answer that /openapi.json documents for POST /predict. */
async function documented(app: FastifyInstance) {
  const { paths, components } = (await app.inject('/openapi.json')).json()
  const post = paths['/predict'].post
  const schemas = components.schemas
  return {
    request: Compile(inlined(post.requestBody.content['application/json'].schema, schemas)),
    response: Compile(inlined(post.responses[200].content['application/json'].schema, schemas)),
  }
}

function inlined(schema: unknown, schemas: Record<string, unknown>): TSchema {
  const text = JSON.stringify(schema, (_, value) => {
    const name = typeof value?.$ref === 'string' ? value.$ref.replace('#/components/schemas/', '') : undefined
    return name === undefined ? value : inlined(schemas[name], schemas)
  })
  return Type.Unsafe(JSON.parse(text))
}

function value(feature: Feature): fc.Arbitrary<number | string | null> {
  const number = fc.oneof(
    fc.float({ noNaN: true, noDefaultInfinity: true }),
    fc.double({ min: -1e38, max: 1e38, noNaN: true }),
    fc.integer(),
  )
  const text = fc.oneof(
    fc.constantFrom('', ...(feature.type === 'category' ? feature.levels : [])),
    fc.string({ unit: 'binary' }),
  )
  const present: fc.Arbitrary<number | string> = feature.type === 'category' ? text : number
  return feature.missing ? fc.option(present, { freq: 4 }) : present
}

function validBody({ features }: Signature): fc.Arbitrary<unknown> {
  const positional = fc.tuple(...features.map(value))
  const named = fc.record(Object.fromEntries(features.map((feature) => [feature.name, value(feature)])), {
    requiredKeys: features.filter((feature) => !feature.missing).map((feature) => feature.name),
    noNullPrototype: true,
  })
  const row = fc.oneof(positional, named)
  return fc.oneof(fc.record({ features: row }), fc.record({ rows: fc.array(row, { minLength: 1, maxLength: 5 }) }))
}

/** JSON, and text that is not. */
function junk(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.json({ maxDepth: 5 }),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('{', '[]', '""', '{"features":', '\ufeff{}'),
  )
}

/** A valid body in which one value is replaced by anything, or its text is changed in one place. */
function spoilt(signature: Signature): fc.Arbitrary<string> {
  const foreign = fc.oneof(
    fc.constantFrom(null, true, '', '5.1', '1e999', 1e39, -1e300, [], {}, [[]], { length: 4 }),
    fc.jsonValue(),
    fc.constantFrom('\u0000', '__proto__'),
  )
  const replaced = fc.tuple(validBody(signature), fc.nat(), foreign).map(([body, at, anything]) => {
    let i = 0
    const total = count(body)
    return JSON.stringify(body, (_, inner) => (i++ === at % total ? anything : inner))
  })
  const cut = fc
    .tuple(
      validBody(signature),
      fc.nat(),
      fc.constantFrom('', ',', '"', '}', 'NaN', '1e999', 'null,', '"__proto__":1,', ' '),
    )
    .map(([body, at, piece]) => {
      const text = JSON.stringify(body)
      const place = at % text.length
      return text.slice(0, place) + piece + text.slice(place + (at % 2))
    })
  return fc.oneof(replaced, cut)
}

function count(value: unknown): number {
  let values = 0
  JSON.stringify(value, (_, inner) => {
    values++
    return inner
  })
  return values
}
