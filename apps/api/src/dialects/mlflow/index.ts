import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { ApiError } from '../../errors.ts'
import { INFERENCE } from '../../route-docs.ts'
import { VERSION } from '../../version.ts'
import { checkPlain } from '../guard.ts'
import { bodyText, notJson } from '../json.ts'
import { bodyLimit } from '../limit.ts'
import { perModel } from '../per-model.ts'
import { JSON_TYPE, sendPrediction } from '../send.ts'
import { parseCsv } from './csv.ts'
import { nanToNull } from './nan.ts'
import { InvocationReader } from './read.ts'
import { csv, invocation, MlflowError, predictions } from './schema.ts'
import { errorText, predictionsWriter } from './write.ts'

const TAG = 'MLflow scoring'
const TEXT = 'text/plain; charset=utf-8'

/** `POST /invocations`, `GET /ping` and `GET /version`, as MLflow's scoring server answers them. */
export default async function mlflowDialect(app: FastifyInstance): Promise<void> {
  const predict = app.predictor('mlflow')
  const compiledFor = perModel(({ signature }) => ({
    reader: new InvocationReader(signature),
    write: predictionsWriter(signature),
  }))

  app.errorForm(app, errorText)
  statusRoutes(app)

  app.inferenceRoute('/invocations', {
    check: checkPlain,
    bodyLimit: () => bodyLimit(app.models.default.current),
    answer(request, reply, body) {
      const model = app.models.find()
      const type = mediaType(request.headers['content-type'])
      if (!('format' in type)) {
        refuseType(reply, type.fault)
        return
      }
      const { reader, write } = compiledFor(model)
      const input = (rows: number) => model.input(rows)
      const limit = bodyLimit(model)
      const rows =
        type.format === 'csv'
          ? reader.readTable(parseCsv(bodyText(body, limit, 'CSV')), input)
          : reader.read(parsePythonJson(bodyText(body, limit, 'JSON')), input)
      const id = randomUUID()
      const text = write(predict(model, rows, id, request))
      sendPrediction(reply, JSON_TYPE, id, text)
    },
    docs: {
      operationId: 'invocations',
      tag: TAG,
      summary: 'Predict rows given as a data frame, as a tensor or as CSV',
      body: invocation,
      otherBodies: { 'text/csv': csv },
      answers: {
        200: {
          description: 'The outputs by name, one element for each row.',
          headers: { 'x-prediction-id': 'Id of the prediction; row i of a batch, from 0, is ID.i.' },
          schema: predictions,
        },
        415: {
          description: 'Another type or charset, or a compressed body.',
          type: 'text/plain',
          otherTypes: ['application/json'],
        },
      },
      errors: INFERENCE,
      errorForm: MlflowError,
    },
  })
}

function statusRoutes(app: FastifyInstance): void {
  app.get(
    '/ping',
    {
      config: {
        docs: {
          operationId: 'ping',
          tag: TAG,
          summary: 'Whether predictions may be asked for',
          answers: { 200: { description: 'They may: an empty line.', type: 'text/plain' } },
          errors: [503],
          errorForm: MlflowError,
        },
      },
    },
    (_request, reply) => {
      if (app.lifecycle.draining) throw new ApiError('API_ERR_NOT_READY', 'The service is about to end.')
      app.models.find()
      return reply.header('content-type', TEXT).send('\n')
    },
  )

  app.get(
    '/version',
    {
      config: {
        docs: {
          operationId: 'version',
          tag: TAG,
          summary: 'Version of this service',
          answers: { 200: { description: 'The version.', type: 'text/plain' } },
          errors: [],
        },
      },
    },
    (_request, reply) => reply.header('content-type', TEXT).send(VERSION),
  )
}

/** As MLflow's server reads it: JSON or CSV, in UTF-8, with no other parameter. */
function mediaType(header: string | undefined): { readonly format: 'json' | 'csv' } | { readonly fault: string } {
  const [type = '', ...parameters] = (header ?? '').split(';').map((part) => part.trim().toLowerCase())
  if (type !== 'application/json' && type !== 'text/csv')
    return { fault: 'The Content-Type must be application/json or text/csv.' }
  for (const parameter of parameters) {
    const [name, value = ''] = parameter.split('=')
    if (name !== 'charset') return { fault: 'The Content-Type may have no parameter but charset.' }
    if (value.replaceAll('"', '') !== 'utf-8') return { fault: 'The charset must be utf-8.' }
  }
  return { format: type === 'text/csv' ? 'csv' : 'json' }
}

/** The one error that is text in this dialect. */
function refuseType(reply: FastifyReply, fault: string): void {
  reply.code(415).header('content-type', TEXT).send(fault)
}

/** JSON, in which Python may have written NaN. */
function parsePythonJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const mended = nanToNull(text)
    if (mended === text) throw notJson()
    try {
      return JSON.parse(mended)
    } catch {
      throw notJson()
    }
  }
}
