import {
  context,
  ProxyTracerProvider,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import fp from 'fastify-plugin'

declare module 'fastify' {
  export interface FastifyRequest {
    /** The span of the request; undefined when nothing traces. */
    span: Span | undefined
  }
}

/**
 * A server span for each request, a child of the one that its `traceparent` names, and its ids in the request's log
 * lines. There is no SDK in here: who loads one before this program (`node --import ./tracing.mjs`) gets spans, and
 * without one no hook is added.
 */
export default fp(
  async (app) => {
    if (!isTraced()) return
    const tracer = trace.getTracer('@copse/api')

    app.decorateRequest('span', undefined)
    app.addHook('onRequest', (request, reply, done) => {
      const { method, routeOptions, headers } = request
      const parent = propagation.extract(context.active(), headers)
      const route = routeOptions.url ?? ''
      const span = tracer.startSpan(
        `${method} ${route}`.trimEnd(),
        { kind: SpanKind.SERVER, attributes: { 'http.request.method': method, 'http.route': route } },
        parent,
      )
      request.span = span
      const { traceId, spanId } = span.spanContext()
      request.log = request.log.child({ trace_id: traceId, span_id: spanId })
      reply.log = request.log
      context.with(trace.setSpan(parent, span), done)
    })
    app.addHook('onRequest', (request, reply, done) => {
      // Comes also when the client goes away, which onResponse does not.
      reply.raw.once('close', () => {
        const { span } = request
        span!.setAttribute('http.response.status_code', reply.statusCode)
        if (reply.statusCode >= 500) span!.setStatus({ code: SpanStatusCode.ERROR })
        span!.end()
      })
      done()
    })
  },
  { name: 'tracing' },
)

/** Whether an SDK was registered: before that, the provider is the one that does nothing. */
function isTraced(): boolean {
  const provider = trace.getTracerProvider()
  return (
    !(provider instanceof ProxyTracerProvider) || provider.getDelegate() !== new ProxyTracerProvider().getDelegate()
  )
}
