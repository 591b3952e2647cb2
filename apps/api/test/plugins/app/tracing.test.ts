import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import * as sdk from '@opentelemetry/sdk-trace'
import { pino } from 'pino'
import t from 'tap'
import { buildUnloaded, predict } from '../../app.ts'

t.test('without an SDK nothing is added', async (t) => {
  const { app } = await buildUnloaded(t)
  t.notOk(app.hasRequestDecorator('span'))
})

t.test('with one each request is a span below the caller’s, and its ids are in the log', async (t) => {
  const exporter = new sdk.InMemorySpanExporter()
  const provider = new sdk.TracerProvider({ spanProcessors: [new sdk.SimpleSpanProcessor({ exporter })] })
  trace.setGlobalTracerProvider(provider)
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  t.teardown(() => {
    for (const api of [trace, propagation, context]) api.disable()
  })
  const lines: string[] = []
  const logger = pino({ level: 'info' }, { write: (line) => lines.push(line) })
  const { app } = await buildUnloaded(t, undefined, {}, false, logger)

  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` }
  await app.inject({ url: '/livez', headers })
  await predict(app, { features: [1, 2, 3, 4] })
  await app.inject({ url: '/nowhere', headers: { traceparent: 'not a trace' } })

  const spans = exporter.getFinishedSpans()
  t.match(spans, [
    {
      name: 'GET /livez',
      parentSpanContext: { spanId: 'b7ad6b7169203331' },
      attributes: { 'http.request.method': 'GET', 'http.route': '/livez', 'http.response.status_code': 200 },
    },
    { name: 'POST /predict', attributes: { 'http.response.status_code': 503 }, status: { code: 2 } },
    { name: 'GET', attributes: { 'http.response.status_code': 404 }, status: { code: 0 } },
  ])
  t.equal(spans[0]!.spanContext().traceId, traceId)
  t.match(
    lines.find((line) => line.includes('request completed')),
    new RegExp(`"trace_id":"${traceId}"`),
  )
})
