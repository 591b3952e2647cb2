import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { tooLarge } from '../../body.ts'
import { ApiError } from '../../errors.ts'
import type { ServedModel } from '../../model/served.ts'
import { INFERENCE } from '../../route-docs.ts'
import { parseJson } from '../json.ts'
import { bodyLimit } from '../limit.ts'
import { perModel } from '../per-model.ts'
import { JSON_TYPE, sendPrediction } from '../send.ts'
import { encodingOf, inflateBody } from './inflate.ts'
import { InferReader, type InferRequest } from './read.ts'
import { HEADER_LENGTH, inferRequest, inferResponse, OipError, pathParameters } from './schema.ts'
import type { ModelStatistics } from './statistics.ts'
import { TARGETS, type Target } from './target.ts'
import { InferWriter } from './write.ts'

/** `POST /v2/models/{model}[/versions/{version}]/infer`. */
export function inferRoutes(app: FastifyInstance, statistics: (model: ServedModel) => ModelStatistics): void {
  const predict = app.predictor('oip')
  const compiledFor = perModel(compile)

  function answer(request: FastifyRequest, reply: FastifyReply, model: ServedModel, body: Buffer): void {
    const stats = statistics(model)
    const { startedAt: arrived } = request
    const started = performance.now()
    try {
      const { reader, writer } = compiledFor(model)
      const wanted = readBody(reader, model, body, request.headers['inference-header-content-length'])
      const read = performance.now()
      const id = randomUUID()
      const answers = predict(model, wanted.rows, id, request)
      const predicted = performance.now()
      const written = writer.write(answers, wanted, id)
      stats.succeeded(wanted.rows, { arrived, started, read, predicted, written: performance.now() })
      if (typeof written === 'string') {
        sendPrediction(reply, JSON_TYPE, id, written)
      } else {
        reply.header('inference-header-content-length', written.json.length)
        sendPrediction(reply, 'application/octet-stream', id, Buffer.concat([written.json, ...written.tensors]))
      }
    } catch (error) {
      stats.failed(arrived, performance.now())
      throw error
    }
  }

  function modelOf({ params }: FastifyRequest): ServedModel {
    const { model, version } = params as Target
    return app.models.find(model, version)
  }

  for (const target of TARGETS) {
    app.inferenceRoute(`${target}/infer`, {
      bodyLimit: (request) => bodyLimit(modelOf(request)),
      answer(request, reply, body) {
        const model = modelOf(request)
        const encoding = encodingOf(request.headers['content-encoding'])
        if (encoding === undefined) {
          answer(request, reply, model, body)
          return undefined
        }
        return inflateBody(body, encoding, bodyLimit(model)).then((body) => answer(request, reply, model, body))
      },
      docs: {
        operationId: target.includes('version') ? 'oipInferVersion' : 'oipInfer',
        tag: 'Open Inference Protocol',
        summary: 'Predict rows given as tensors',
        parameters: [...pathParameters(target), HEADER_LENGTH],
        body: inferRequest,
        otherBodies: { 'application/octet-stream': () => Type.String({ format: 'binary' }) },
        answers: {
          200: {
            description: 'The outputs that were asked for, or all. Binary tensors follow the JSON.',
            headers: {
              'x-prediction-id': 'Id of the prediction; row i of a batch, from 0, is ID.i.',
              'inference-header-content-length': 'Bytes of the JSON, when binary tensors follow it.',
            },
            otherTypes: ['application/octet-stream'],
            schema: inferResponse,
          },
        },
        errors: [...INFERENCE, 404],
        errorForm: OipError,
      },
    })
  }
}

function compile({ name, version, signature }: ServedModel) {
  return { reader: new InferReader(signature), writer: new InferWriter(name, version, signature) }
}

/** JSON, JSON and binary tensors after it, or one tensor and nothing else, as the header tells. */
function readBody(
  reader: InferReader,
  model: ServedModel,
  body: Buffer,
  header: string | string[] | undefined,
): InferRequest {
  const limit = bodyLimit(model)
  const input = (rows: number) => model.input(rows)
  if (header === undefined) return reader.read(parseJson(body, limit), undefined, input)
  if (body.length > limit) throw tooLarge(limit)
  const length = typeof header === 'string' && /^\d{1,10}$/.test(header) ? Number(header) : Number.NaN
  if (!(length <= body.length)) {
    throw new ApiError(
      'API_ERR_REQUEST',
      'Inference-Header-Content-Length must be a number of bytes that the body has.',
    )
  }
  if (length === 0) return reader.readRaw(body, input)
  return reader.read(parseJson(body.subarray(0, length), limit), body.subarray(length), input)
}
