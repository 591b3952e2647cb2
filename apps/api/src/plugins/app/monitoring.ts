import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { ServedModel } from '../../model/served.ts'
import { factsOf } from '../../monitoring/facts.ts'
import { monitorMetrics } from '../../monitoring/metrics.ts'
import type { Monitoring } from '../../monitoring/monitoring.ts'
import type { LogSelection } from '../../monitoring/record-writer.ts'
import { Recorder } from '../../monitoring/recorder.ts'
import type { Segment } from '../../monitoring/segments.ts'

declare module 'fastify' {
  export interface FastifyInstance {
    monitoring: Monitoring
    /** Hands what was seen so far to the monitor, which else happens a moment later. */
    drainPredictions: () => void
  }
}

export interface MonitoringOptions {
  readonly monitoring: Monitoring
  /** What of predictions is logged; undefined = nothing. */
  readonly log: LogSelection | undefined
  readonly segments: readonly Segment[]
}

/** Shows every prediction to the monitor of the service. */
export default fp<MonitoringOptions>(
  async (app, { monitoring, log, segments }) => {
    const { live } = monitoring
    const recorders = new WeakMap<ServedModel, Recorder | null>()
    const open = new Map<Recorder, WeakRef<ServedModel>>()

    /** null for a model whose bundle has no reference. */
    function recorderOf(model: ServedModel): Recorder | null {
      const known = recorders.get(model)
      if (known !== undefined) return known
      const facts = factsOf(model)
      const recorder = facts
        ? new Recorder(facts, model.forest, (batch) => monitoring.take(batch), { log, segments })
        : null
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

    /** Tells what serves from now on; the monitor must know it before it is given its predictions. */
    function serve(): void {
      monitoring.serve(app.models.served().flatMap((model) => factsOf(model) ?? []))
      drain()
    }

    for (const slot of app.models.slots) {
      slot.addListener(serve)
      slot.addUnloadListener(serve)
    }
    if (monitoring.monitor) monitorMetrics(monitoring.monitor, { client: app.metrics.client })

    app.observePredictions(({ id, request, model, input, answers }) => {
      const time = Date.now()
      const { rows, outputs, classIds } = answers
      const latencyMs = performance.now() - request.startedAt
      live.answered(time, rows, latencyMs / 1000)
      const recorder = recorderOf(model)
      if (recorder === null) return
      const trace = log && traceOf(request)
      const tag = recorder.tagOf(request.headers)
      recorder.add({ id, time, latencyUs: latencyMs * 1000, trace, tag, rows, input, outputs, classIds })
    })
    app.addHook('onError', async (request) => {
      if (request.routeOptions.config.inference) live.failed(Date.now())
    })

    app.decorate('monitoring', monitoring)
    app.decorate('drainPredictions', drain)
    app.addHook('onClose', async () => {
      drain()
      await monitoring.close()
    })
  },
  { name: 'monitoring', dependencies: ['metrics', 'models', 'predictor'] },
)

/** That of the request's span; where nothing traces, the one that its caller names (W3C trace context). */
function traceOf({ span, headers: { traceparent } }: FastifyRequest): string | undefined {
  if (span !== undefined) return span.spanContext().traceId
  if (typeof traceparent !== 'string') return undefined
  return /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/.exec(traceparent)?.[1]
}
