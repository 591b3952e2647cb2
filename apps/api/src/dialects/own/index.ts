import { isUtf8 } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { ApiError } from '../../errors.ts'
import type { ServedModel } from '../../model/served.ts'
import { bodyLimit, MAX_BODY_BYTES } from './limit.ts'
import { RowReader, readForm } from './read.ts'
import { exampleRow, predictRequest, predictResponse } from './schema.ts'
import { type AnswerWriter, answerWriter } from './write.ts'

/** `POST /predict`: Copse's own dialect. */
export default async function ownDialect(app: FastifyInstance): Promise<void> {
  const predict = app.predictor('own')
  let compiled: Compiled | undefined

  function compiledFor(model: ServedModel): Compiled {
    if (compiled !== undefined && compiled.model === model) return compiled
    compiled = compile(model)
    return compiled
  }

  // The body stays bytes until the handler: a parser that fails would make Fastify close the connection.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  app.addHook('onRequest', (request, _reply, done) => {
    const { 'content-encoding': encoding, 'content-length': length } = request.headers
    if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
      done(new ApiError('API_ERR_CONTENT_ENCODING', 'The body must not have a Content-Encoding.'))
    } else if (Number(length) > bodyLimit(app.models.default.current)) {
      done(tooLarge(bodyLimit(app.models.default.current)))
    } else {
      done()
    }
  })

  app.post(
    '/predict',
    {
      bodyLimit: MAX_BODY_BYTES,
      config: {
        inference: true,
        docs: {
          operationId: 'predict',
          tag: 'Predictions',
          summary: 'Predict one row or a batch',
          description:
            'A row is an array of values in the order of the features, or an object of values by name. Nothing is coerced.',
          body: (model) =>
            predictRequest(model?.signature, model && exampleRow(model.signature, model.bundle.golden.rows[0]!)),
          answers: {
            200: {
              description: 'The prediction, or one for each row.',
              headers: { 'x-prediction-id': 'Id of the prediction; row i of a batch, from 0, is ID.i.' },
              schema: (model) => predictResponse(model?.signature),
            },
          },
          errors: [400, 408, 413, 415, 500, 503],
        },
      },
    },
    (request, reply) => {
      const { model, reader, writer } = compiledFor(app.models.find())
      const form = readForm(parse(request.body, bodyLimit(model)))
      let text: string
      if ('rows' in form) {
        const { rows } = form
        const input = model.input(rows.length)
        for (let i = 0; i < rows.length; i++) reader.read(rows[i], input, i * reader.width, `/rows/${i}`)
        text = writer.many(predict(model, rows.length))
      } else {
        reader.read(form.features, model.input(1), 0, '/features')
        text = writer.one(predict(model, 1))
      }
      reply.header('content-type', 'application/json; charset=utf-8').header('x-prediction-id', randomUUID()).send(text)
    },
  )
}

/** What is made once for each model. */
interface Compiled {
  readonly model: ServedModel
  readonly reader: RowReader
  readonly writer: AnswerWriter
}

function compile(model: ServedModel): Compiled {
  return { model, reader: new RowReader(model.signature), writer: answerWriter(model.signature) }
}

function parse(body: unknown, limit: number): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0)
    throw new ApiError('API_ERR_JSON', 'The body is empty; it must be JSON.', { path: '' })
  if (body.length > limit) throw tooLarge(limit)
  if (!isUtf8(body)) throw new ApiError('API_ERR_JSON', 'The body is not UTF-8.', { path: '' })
  try {
    return JSON.parse(body.toString())
  } catch {
    // The cause would carry a piece of the body.
    throw new ApiError('API_ERR_JSON', 'The body is not JSON; note that JSON has no NaN and no Infinity.', { path: '' })
  }
}

function tooLarge(limit: number): ApiError {
  return new ApiError('API_ERR_TOO_LARGE', `The body must be at most ${limit} bytes.`)
}
