import { type FastifyBaseLogger, type FastifyInstance, fastify } from 'fastify'
import mlflowDialect from './dialects/mlflow/index.ts'
import oipDialect from './dialects/oip/index.ts'
import ownDialect from './dialects/own/index.ts'
import type { ModelSource } from './model/source.ts'
import type { DocumentedRoute } from './openapi.ts'
import admission from './plugins/app/admission.ts'
import errors, { sendError } from './plugins/app/errors.ts'
import httpMetrics from './plugins/app/http-metrics.ts'
import inference from './plugins/app/inference.ts'
import lifecycle from './plugins/app/lifecycle.ts'
import metricsListener from './plugins/app/metrics-listener.ts'
import modelMetrics from './plugins/app/model-metrics.ts'
import models from './plugins/app/models.ts'
import monitoring from './plugins/app/monitoring.ts'
import predictor from './plugins/app/predictor.ts'
import processes from './plugins/app/processes.ts'
import requestId, { requestIds } from './plugins/app/request-id.ts'
import scope from './plugins/app/scope.ts'
import tracing from './plugins/app/tracing.ts'
import metrics from './plugins/external/metrics.ts'
import './route-docs.ts'
import { answerBrokenRequest } from './broken-request.ts'
import { MONITOR_DEFAULTS, Monitor } from './monitoring/monitor.ts'
import { type Monitoring, ownMonitoring } from './monitoring/monitoring.ts'
import consoleRoutes from './routes/console.ts'
import docsRoutes from './routes/docs.ts'
import evaluationRoutes from './routes/evaluation.ts'
import feedbackRoutes from './routes/feedback.ts'
import healthRoutes from './routes/health.ts'
import metricsRoutes from './routes/metrics.ts'
import modelRoutes from './routes/model.ts'
import monitoringRoutes from './routes/monitoring.ts'
import tryRoute from './routes/try.ts'
import type { Settings } from './settings.ts'

export type AppSettings = Pick<
  Settings,
  | 'host'
  | 'pollIntervalMs'
  | 'metricsPort'
  | 'apiKeysFile'
  | 'rateLimit'
  | 'maxConcurrency'
  | 'maxDelayMs'
  | 'deadlineMs'
  | 'predictionLog'
  | 'segments'
>

export interface AppOptions {
  /** At least one; the first is the default model. */
  readonly sources: readonly ModelSource[]
  readonly settings: AppSettings
  /** Default: no log. */
  readonly logger?: FastifyBaseLogger
  /** Default: one of this app's own, which nothing outlives. */
  readonly monitoring?: Monitoring
  /** Folder of the built page; absent = no page, and no `POST /model/try`. */
  readonly console?: string | undefined
}

/** Longer than load balancers keep an idle connection (60 s to 10 minutes), so that they close it first. */
const KEEP_ALIVE_MS = 620_000
/** A request, its body included, has to arrive within this time. */
const REQUEST_MS = 30_000
/** And its head within this. */
const HEADERS_MS = 10_000
/** How often Node looks for those that did not. */
const CHECK_MS = 5_000

/** The service, ready for `listen` or `inject`. The model is not loaded yet: `app.models.default.reload()` does that. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const { sources, settings, logger, monitoring: given, console: page } = options
  const app: FastifyInstance = fastify({
    ...(logger && logsRequests(logger) && { loggerInstance: logger }),
    genReqId: requestIds(),
    requestIdHeader: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_MS,
    http: { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, connectionsCheckingInterval: CHECK_MS },
    // Our own schemas need no validation against the schema of schemas, whose compilation takes 15 ms of the start.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, validateSchema: false } },
    frameworkErrors: sendError,
    clientErrorHandler: answerBrokenRequest,
  })
  if (logger && !logsRequests(logger)) logWithoutRequests(app, logger)
  const routes: DocumentedRoute[] = []
  app.addHook('onRoute', ({ method, url, config }) => {
    const docs = config?.docs
    if (docs !== undefined && method !== 'HEAD') routes.push({ method: String(method), url, docs })
  })

  await app.register(metrics)
  await app.register(httpMetrics)
  await app.register(errors)
  await app.register(lifecycle)
  await app.register(processes)
  await app.register(requestId)
  await app.register(tracing)
  await app.register(scope, { host: settings.host, apiKeysFile: settings.apiKeysFile })
  await app.register(models, { sources, pollIntervalMs: settings.pollIntervalMs })
  await app.register(modelMetrics)
  await app.register(admission, settings)
  await app.register(inference)
  await app.register(predictor)
  const { predictionLog: log, segments } = settings
  const own = given ?? ownMonitoring(new Monitor({ ...MONITOR_DEFAULTS, segments }))
  await app.register(monitoring, { monitoring: own, log, segments })

  await app.register(settings.metricsPort === undefined ? metricsRoutes : metricsListener)
  await app.register(healthRoutes)
  await app.register(modelRoutes)
  await app.register(monitoringRoutes)
  await app.register(feedbackRoutes)
  await app.register(evaluationRoutes)
  await app.register(ownDialect)
  await app.register(oipDialect)
  await app.register(mlflowDialect)
  await app.register(docsRoutes, { routes })
  if (page !== undefined) {
    await app.register(tryRoute)
    await app.register(consoleRoutes, { directory: page })
  }
  await app.ready()
  return app
}

/** Requests are logged at level info. */
function logsRequests(logger: FastifyBaseLogger): boolean {
  return (logger as FastifyBaseLogger & { isLevelEnabled?(level: string): boolean }).isLevelEnabled?.('info') ?? true
}

/** With a logger of its own Fastify makes a child of it and listens to the answer of every request, for lines that nobody wants. */
function logWithoutRequests(app: FastifyInstance, logger: FastifyBaseLogger): void {
  app.log = logger
  app.addHook('onRequest', (request, reply, done) => {
    request.log = logger
    reply.log = logger
    done()
  })
}
