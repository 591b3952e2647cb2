import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { ServedModel } from '../../model/served.ts'
import { INFERENCE } from '../../route-docs.ts'
import { checkJson, checkPlain } from '../guard.ts'
import { parseJson } from '../json.ts'
import { bodyLimit } from '../limit.ts'
import { perModel } from '../per-model.ts'
import { RowReader } from '../rows.ts'
import { JSON_TYPE, sendPrediction } from '../send.ts'
import { readForm } from './read.ts'
import { scanRow } from './scan.ts'
import { exampleRow, predictRequest, predictResponse } from './schema.ts'
import { type AnswerWriter, answerWriter } from './write.ts'

/** `POST /predict`: Copse's own dialect. */
export default async function ownDialect(app: FastifyInstance): Promise<void> {
  const predict = app.predictor('own')
  const compiledFor = perModel(compile)

  app.inferenceRoute('/predict', {
    check: (request) => checkPlain(request) ?? checkJson(request),
    bodyLimit: () => bodyLimit(app.models.default.current),
    answer(request, reply, body) {
      const model = app.models.find()
      const { reader, writer, plain } = compiledFor(model)
      const id = randomUUID()
      if (plain && scanRow(body, model.input(1))) {
        sendPrediction(reply, JSON_TYPE, id, writer.one(predict(model, 1, id, request)))
        return
      }
      const form = readForm(parseJson(body, bodyLimit(model)))
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
      sendPrediction(reply, JSON_TYPE, id, text)
    },
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
  })
}

interface Compiled {
  readonly reader: RowReader
  readonly writer: AnswerWriter
  /** Whether a row may be numbers and nothing else. */
  readonly plain: boolean
}

function compile({ signature }: ServedModel): Compiled {
  return {
    reader: new RowReader(signature),
    writer: answerWriter(signature),
    plain: signature.features.every(({ type }) => type === 'number'),
  }
}
