import fp from 'fastify-plugin'
import type { ReloadResult } from '../../model/slot.ts'

const RESULTS: readonly ReloadResult[] = ['swapped', 'unchanged', 'failed']

/** What is served and how loading went, as metrics. */
export default fp(
  async (app) => {
    const { client } = app.metrics
    const slot = app.model

    new client.Gauge({
      name: 'copse_model_info',
      help: 'The served model; always 1',
      labelNames: ['model', 'version', 'sha256'],
      collect() {
        this.reset()
        const { current } = slot
        if (current !== undefined)
          this.set({ model: current.name, version: current.version, sha256: current.bundle.sha256 }, 1)
      },
    })
    new client.Gauge({
      name: 'copse_model_created_timestamp_seconds',
      help: 'When the served version was registered, or its file written',
      labelNames: ['model', 'version'],
      collect() {
        this.reset()
        const { current } = slot
        if (current !== undefined) this.set({ model: current.name, version: current.version }, current.createdAt / 1000)
      },
    })
    new client.Gauge({
      name: 'copse_model_stale',
      help: '1 when the registry did not answer and the last version it gave is served',
      labelNames: ['model'],
      collect() {
        this.set({ model: slot.source.name }, slot.current?.origin.stale ? 1 : 0)
      },
    })
    const reloads = new client.Counter({
      name: 'copse_model_reload_total',
      help: 'Loads of the model, the one at the start included, by how they went',
      labelNames: ['model', 'result'],
    })
    for (const result of RESULTS) reloads.inc({ model: slot.source.name, result }, 0)
    slot.addListener(({ result }) => reloads.inc({ model: slot.source.name, result }))
  },
  { name: 'model-metrics', dependencies: ['fastify-metrics', 'model'] },
)
