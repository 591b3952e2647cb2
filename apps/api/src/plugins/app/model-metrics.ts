import fp from 'fastify-plugin'
import type { ReloadResult } from '../../model/slot.ts'

/** Of the tags that training puts on a version, `copse.NAME`. */
const SCORES = ['accuracy', 'log_loss', 'rmse', 'r2'] as const
const RESULTS: readonly ReloadResult[] = ['swapped', 'unchanged', 'failed']

/** What is served and how loading went, as metrics. */
export default fp(
  async (app) => {
    const { client } = app.metrics
    const { models } = app

    new client.Gauge({
      name: 'copse_model_info',
      help: 'A served model; always 1',
      labelNames: ['model', 'version', 'sha256'],
      aggregator: 'max',
      collect() {
        this.reset()
        for (const { name, version, bundle } of models.served()) {
          this.set({ model: name, version, sha256: bundle.sha256 }, 1)
        }
      },
    })
    new client.Gauge({
      name: 'copse_model_created_timestamp_seconds',
      help: 'When the served version was registered, or its file written',
      labelNames: ['model', 'version'],
      aggregator: 'max',
      collect() {
        this.reset()
        for (const { name, version, createdAt } of models.served()) this.set({ model: name, version }, createdAt / 1000)
      },
    })
    new client.Gauge({
      name: 'copse_model_score',
      help: 'What the served version reached on the rows held out at training',
      labelNames: ['model', 'version', 'score'],
      aggregator: 'max',
      collect() {
        this.reset()
        for (const { name, version, origin } of models.served()) {
          for (const score of SCORES) {
            const value = Number(origin.tags[`copse.${score}`] || Number.NaN)
            if (Number.isFinite(value)) this.set({ model: name, version, score }, value)
          }
        }
      },
    })
    new client.Gauge({
      name: 'copse_model_stale',
      help: '1 when the registry does not answer and the last version it gave is served',
      labelNames: ['model'],
      aggregator: 'max',
      collect() {
        const stale = new Set(models.slots.filter((slot) => slot.stale).map((slot) => slot.name))
        for (const { name } of models.slots) this.set({ model: name }, stale.has(name) ? 1 : 0)
      },
    })
    const reloads = new client.Counter({
      name: 'copse_model_reload_total',
      help: 'Loads of a model, the one at the start included, by how they went',
      labelNames: ['model', 'result'],
    })
    for (const slot of models.slots) {
      const model = slot.name
      for (const result of RESULTS) reloads.inc({ model, result }, 0)
      slot.addListener(({ result }) => reloads.inc({ model, result }))
    }
  },
  { name: 'model-metrics', dependencies: ['fastify-metrics', 'models'] },
)
