import type { FastifyInstance } from 'fastify'
import { checkJson, checkPlain } from '../dialects/guard.ts'
import { parseJson } from '../dialects/json.ts'
import { bodyLimit } from '../dialects/limit.ts'
import { readForm } from '../dialects/own/read.ts'
import { exampleRow, predictRequest, predictResponse } from '../dialects/own/schema.ts'
import { answerWriter } from '../dialects/own/write.ts'
import { perModel } from '../dialects/per-model.ts'
import { RowReader } from '../dialects/rows.ts'
import { INFERENCE } from '../route-docs.ts'
import { NAME, VERSION } from './model.ts'

/** `POST /model/try`: answers as `POST /predict` does, of any model, and counts and records nothing of it. */
export default async function tryRoute(app: FastifyInstance): Promise<void> {
  const compiledFor = perModel(({ signature }) => ({
    reader: new RowReader(signature),
    writer: answerWriter(signature),
  }))

  app.inferenceRoute('/model/try', {
    check: (request) => checkPlain(request) ?? checkJson(request),
    bodyLimit: () => bodyLimit(app.models.default.current),
    answer(request, reply, body) {
      const { model: name, version } = request.query as Record<string, string | undefined>
      const model = app.models.find(name, version)
      const { reader, writer } = compiledFor(model)
      const form = readForm(parseJson(body, bodyLimit(model)))
      reply.header('content-type', 'application/json; charset=utf-8')
      if ('features' in form) {
        reader.read(form.features, model.input(1), 0, '/features')
        reply.send(writer.one(model.run(1)))
        return
      }
      const { rows } = form
      const input = model.input(rows.length)
      for (const [i, row] of rows.entries()) reader.read(row, input, i * reader.width, `/rows/${i}`)
      reply.send(writer.many(model.run(rows.length)))
    },
    docs: {
      operationId: 'modelTry',
      tag: 'Model',
      summary: 'Predict without a trace',
      description:
        'The answer of POST /predict to somebody who tries the model: it is no traffic, so no prediction is counted, logged, or compared with training.',
      parameters: [NAME, VERSION],
      body: (model) =>
        predictRequest(model?.signature, model && exampleRow(model.signature, model.bundle.golden.rows[0]!)),
      answers: {
        200: {
          description: 'The prediction, or one for each row.',
          schema: (model) => predictResponse(model?.signature),
        },
      },
      errors: [...INFERENCE, 404],
    },
  })
}
