import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { ServedModel } from '../../model/served.ts'
import { INFERENCE } from '../../route-docs.ts'
import { lengthGuard, plainGuard } from '../guard.ts'
import { parseJson } from '../json.ts'
import { bodyLimit, MAX_BODY_BYTES } from '../limit.ts'
import { perModel } from '../per-model.ts'
import { RowReader } from '../rows.ts'
import { readForm } from './read.ts'
import { exampleRow, predictRequest, predictResponse } from './schema.ts'
import { type AnswerWriter, answerWriter } from './write.ts'

/** `POST /predict`: Copse's own dialect. */
export default async function ownDialect(app: FastifyInstance): Promise<void> {
  const predict = app.predictor('own')
  const compiledFor = perModel(compile)

  // The body stays bytes until the handler: a parser that fails would make Fastify close the connection.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  app.addHook('onRequest', plainGuard)
  app.addHook(
    'onRequest',
    lengthGuard(() => app.models.default.current),
  )

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
          errors: INFERENCE,
        },
      },
    },
    (request, reply) => {
      const model = app.models.find()
      const { reader, writer } = compiledFor(model)
      const form = readForm(parseJson(request.body, bodyLimit(model)))
      const id = randomUUID()
      let text: string
      if ('rows' in form) {
        const { rows } = form
        const input = model.input(rows.length)
        for (let i = 0; i < rows.length; i++) reader.read(rows[i], input, i * reader.width, `/rows/${i}`)
        text = writer.many(predict(model, rows.length, id, request))
      } else {
        reader.read(form.features, model.input(1), 0, '/features')
        text = writer.one(predict(model, 1, id, request))
      }
      reply.header('content-type', 'application/json; charset=utf-8').header('x-prediction-id', id).send(text)
    },
  )
}

function compile({ signature }: ServedModel): { reader: RowReader; writer: AnswerWriter } {
  return { reader: new RowReader(signature), writer: answerWriter(signature) }
}
