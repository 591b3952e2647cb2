import fp from 'fastify-plugin'
import type { ServedModel } from '../../model/served.ts'
import { factsOf } from '../../monitoring/facts.ts'
import { monitorMetrics } from '../../monitoring/metrics.ts'
import type { Monitoring } from '../../monitoring/monitoring.ts'
import { Recorder } from '../../monitoring/recorder.ts'

declare module 'fastify' {
  export interface FastifyInstance {
    monitoring: Monitoring
  }
}

export interface MonitoringOptions {
  readonly monitoring: Monitoring
}

/** Shows every prediction to the monitor of the service. */
export default fp<MonitoringOptions>(
  async (app, { monitoring }) => {
    const { live } = monitoring
    const recorders = new WeakMap<ServedModel, Recorder | null>()
    const open = new Map<Recorder, WeakRef<ServedModel>>()

    /** null for a model whose bundle has no reference. */
    function recorderOf(model: ServedModel): Recorder | null {
      const known = recorders.get(model)
      if (known !== undefined) return known
      const facts = factsOf(model)
      const recorder = facts ? new Recorder(facts, model.forest, (batch) => monitoring.take(batch)) : null
      recorders.set(model, recorder)
      if (recorder) open.set(recorder, new WeakRef(model))
      return recorder
    }

    function drain(): void {
      for (const [recorder, model] of open) {
        recorder.drain()
        if (model.deref() === undefined) open.delete(recorder)
      }
    }

    for (const slot of app.models.slots) {
      slot.addListener(() => {
        monitoring.serve(app.models.served().flatMap((model) => factsOf(model) ?? []))
        drain()
      })
    }
    if (monitoring.monitor) monitorMetrics(monitoring.monitor, { client: app.metrics.client })

    app.observePredictions(({ id, request, model, input, answers }) => {
      const time = Date.now()
      const { rows, outputs, classIds } = answers
      const latencyMs = performance.now() - request.startedAt
      live.answered(time, rows, latencyMs / 1000)
      recorderOf(model)?.add({ id, time, latencyUs: latencyMs * 1000, rows, input, outputs, classIds })
    })
    app.addHook('onError', async (request) => {
      if (request.routeOptions.config.inference) live.failed(Date.now())
    })

    app.decorate('monitoring', monitoring)
    app.addHook('onClose', async () => {
      drain()
      await monitoring.close()
    })
  },
  { name: 'monitoring', dependencies: ['metrics', 'models', 'predictor'] },
)
