import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Answers, ServedModel } from '../../model/served.ts'
import { PredictionMetrics, type Tally } from './prediction-metrics.ts'

/**
 * Predicts the first `rows` rows of `model.input(rows)` and counts them; the answers are valid until the next call. `id` is
 * what the client is told as the id of the prediction, `request` what asked for it.
 */
export type Predict = (model: ServedModel, rows: number, id: string, request: FastifyRequest) => Answers

/** One answered request, as the model saw it. `input` and `answers` are valid only during the call: copy what is kept. */
export interface Prediction {
  readonly id: string
  readonly request: FastifyRequest
  readonly dialect: string
  readonly model: ServedModel
  /** [rows * features] row-major: a category is the index of its level, missing is NaN. */
  readonly input: Float32Array
  readonly answers: Answers
}

/** Is called between the prediction and its answer: it must return at once and must not throw. */
export type PredictionObserver = (prediction: Prediction) => void

declare module 'fastify' {
  export interface FastifyInstance {
    /** The way of a dialect to its answers, the same for all dialects. */
    predictor: (dialect: string) => Predict
    /** Shows every prediction of every dialect from now on, to a log or a window of drift. */
    observePredictions: (observer: PredictionObserver) => void
  }
}

export default fp(
  async (app) => {
    const metrics = new PredictionMetrics(app.metrics.client, () => app.models.served())

    const observers: PredictionObserver[] = []

    app.decorate('observePredictions', (observer: PredictionObserver) => void observers.push(observer))
    app.decorate('predictor', (dialect: string): Predict => {
      metrics.addDialect(dialect)
      let tally: Tally | undefined
      return (model, rows, id, request) => {
        if (tally === undefined || tally.model !== model) tally = metrics.tally(dialect, model)
        const started = performance.now()
        const answers = model.run(rows)
        tally.add(answers, (performance.now() - started) / 1000)
        for (const observe of observers) observe({ id, request, dialect, model, input: model.input(rows), answers })
        return answers
      }
    })
  },
  { name: 'predictor', dependencies: ['fastify-metrics', 'models'] },
)
