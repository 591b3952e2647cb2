import fp from 'fastify-plugin'
import type { Answers, ServedModel } from '../../model/served.ts'
import { PredictionMetrics, type Tally } from './prediction-metrics.ts'

/** Predicts the first `rows` rows of `model.input(rows)` and counts them; the answers are valid until the next call. */
export type Predict = (model: ServedModel, rows: number) => Answers

declare module 'fastify' {
  export interface FastifyInstance {
    /** The way of a dialect to its answers, the same for all dialects. */
    predictor: (dialect: string) => Predict
  }
}

export default fp(
  async (app) => {
    const metrics = new PredictionMetrics(app.metrics.client, () => app.models.served())

    app.decorate('predictor', (dialect: string): Predict => {
      metrics.addDialect(dialect)
      let tally: Tally | undefined
      return (model, rows) => {
        if (tally === undefined || tally.model !== model) tally = metrics.tally(dialect, model)
        const started = performance.now()
        const answers = model.run(rows)
        tally.add(answers, (performance.now() - started) / 1000)
        return answers
      }
    })
  },
  { name: 'predictor', dependencies: ['fastify-metrics', 'models'] },
)
