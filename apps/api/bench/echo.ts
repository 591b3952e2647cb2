import { fastify } from 'fastify'
import { Type } from 'typebox'

/** The measure: Fastify with a body and a response schema, no logger, no plugins, and no work. */
const app = fastify()
const share = Type.Number()
app.post(
  '/predict',
  {
    schema: {
      body: Type.Object({ features: Type.Array(Type.Number(), { minItems: 4, maxItems: 4 }) }),
      response: {
        200: Type.Object({
          prediction: Type.Object({ class_id: Type.Integer(), class_name: Type.String(), confidence: share }),
          probabilities: Type.Object({ setosa: share, versicolor: share, virginica: share }),
        }),
      },
    },
  },
  () => ({
    prediction: { class_id: 0, class_name: 'setosa', confidence: 1 },
    probabilities: { setosa: 1, versicolor: 0, virginica: 0 },
  }),
)
const url = await app.listen({ host: '127.0.0.1', port: 0 })
process.send?.({ ready: true, url })
process.once('disconnect', () => process.exit(0))
