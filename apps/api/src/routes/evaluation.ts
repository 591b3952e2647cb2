import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { exampleRow } from '../dialects/own/schema.ts'
import { ApiError } from '../errors.ts'
import type { ServedModel } from '../model/served.ts'
import { SCOPED } from '../route-docs.ts'
import { NAME, VERSION } from './model.ts'

/** Examples that are answered. */
const MOST_EXAMPLES = 6

const Evaluation = Type.Unsafe<unknown>({ type: 'object', additionalProperties: true, title: 'Evaluation' })

const Examples = Type.Object(
  {
    examples: Type.Array(
      Type.Object(
        {
          features: Type.Array(Type.Union([Type.Number(), Type.String(), Type.Null()])),
          answer: Type.Union([Type.String(), Type.Number()], { description: 'The class by its name, or the value.' }),
          confidence: Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()], {
            description: 'Of a class.',
          }),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false, title: 'Examples' },
)

/** `GET /model/evaluation` and `GET /model/examples`: what the bundle tells beside the model itself. */
const evaluationRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/model/evaluation',
    {
      onRequest: app.scope('predict'),
      config: {
        docs: {
          operationId: 'modelEvaluation',
          tag: 'Model',
          summary: 'Scores and confusion matrix of the held-out rows',
          parameters: [NAME, VERSION],
          answers: { 200: { description: 'evaluation.json of the bundle.', schema: () => Evaluation } },
          errors: [...SCOPED, 404, 500, 503],
        },
      },
    },
    (request, reply) => {
      const { model: name, version } = request.query as Record<string, string | undefined>
      const { evaluation } = app.models.find(name, version).bundle
      if (evaluation === undefined) {
        throw new ApiError('API_ERR_NOT_FOUND', 'The bundle of the served model has no evaluation.')
      }
      return reply.header('content-type', 'application/json; charset=utf-8').send(evaluation)
    },
  )

  app.get(
    '/model/examples',
    {
      onRequest: app.scope('predict'),
      schema: { response: { 200: Examples } },
      config: {
        docs: {
          operationId: 'modelExamples',
          tag: 'Model',
          summary: 'Rows to try the model with',
          description: `At most ${MOST_EXAMPLES} of the bundle's golden rows, with different answers.`,
          parameters: [NAME, VERSION],
          answers: { 200: { description: 'Rows in the order of the features.', schema: () => Examples } },
          errors: [...SCOPED, 404, 500, 503],
        },
      },
    },
    (request) => {
      const { model: name, version } = request.query as Record<string, string | undefined>
      return { examples: examplesOf(app.models.find(name, version)) }
    },
  )
}

export default evaluationRoutes

/** Golden rows that a client could send: one of each class before a second of any, and of a class the sure and the unsure. */
function examplesOf({ signature, bundle }: ServedModel) {
  const { target, features } = signature
  const all = bundle.golden.rows
    .map((row, i) => ({ features: [...exampleRow(signature, row).positional], outputs: bundle.golden.outputs[i]! }))
    .filter((row) => row.features.every((value, f) => value !== null || features[f]!.missing))
  if (target.type === 'number') {
    const sorted = all.toSorted((a, b) => a.outputs[0]! - b.outputs[0]!)
    return spread(sorted).map((row) => ({ features: row.features, answer: row.outputs[0]!, confidence: null }))
  }
  return target.classes
    .flatMap((answer, k) => {
      const own = all.filter(({ outputs }) => outputs.indexOf(Math.max(...outputs)) === k)
      const sorted = own.toSorted((a, b) => b.outputs[k]! - a.outputs[k]!)
      return spread(sorted).map((row, round) => ({ ...row, answer, round, confidence: row.outputs[k]! }))
    })
    .sort((a, b) => a.round - b.round)
    .slice(0, MOST_EXAMPLES)
    .map(({ features, answer, confidence }) => ({ features, answer, confidence }))
}

/** At most so many of a list, evenly from its first to its last. */
function spread<T>(sorted: readonly T[]): T[] {
  const count = Math.min(MOST_EXAMPLES, sorted.length)
  if (count < 2) return sorted.slice(0, count)
  return Array.from({ length: count }, (_, i) => sorted[Math.round((i * (sorted.length - 1)) / (count - 1))]!)
}
