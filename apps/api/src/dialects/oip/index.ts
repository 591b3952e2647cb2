import type { FastifyInstance } from 'fastify'
import type { Bundle } from '../../model/bundle.ts'
import type { ServedModel } from '../../model/served.ts'
import { VERSION } from '../../version.ts'
import { addStatistics } from './add-statistics.ts'
import { inferRoutes } from './infer.ts'
import { EXTENSIONS, SERVER } from './metadata.ts'
import { modelRoutes } from './models.ts'
import { repositoryRoutes } from './repository.ts'
import { OipError, ServerLive, ServerMetadata, ServerReady } from './schema.ts'
import { ModelStatistics } from './statistics.ts'
import { errorText } from './write.ts'

/** `/v2`: the Open Inference Protocol over REST, and Triton's extensions of it. */
export default async function oipDialect(app: FastifyInstance): Promise<void> {
  await app.register(routes, { prefix: '/v2' })
}

async function routes(app: FastifyInstance): Promise<void> {
  // KServe's client reads an error only when its type is this and nothing more; to text Fastify adds a charset.
  app.errorForm(app, (error) => Buffer.from(errorText(error)), 'application/json')
  // Clients of this protocol send no Content-Type, or any. The body stays bytes until the handler.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  serverRoutes(app)
  const statistics = statisticsByBundle()
  const all = app.processes.share('oip', () => app.models.served().map((model) => statistics(model).show(model)))
  modelRoutes(app, async () => addStatistics(await all()))
  repositoryRoutes(app)
  inferRoutes(app, statistics)
}

/** A reload of the same bytes goes on counting. */
function statisticsByBundle(): (model: ServedModel) => ModelStatistics {
  const known = new WeakMap<Bundle, ModelStatistics>()
  return ({ bundle }) => {
    let statistics = known.get(bundle)
    if (statistics === undefined) {
      statistics = new ModelStatistics()
      known.set(bundle, statistics)
    }
    return statistics
  }
}

function serverRoutes(app: FastifyInstance): void {
  const tag = 'Open Inference Protocol'
  const server = () => ({ name: SERVER, version: VERSION, extensions: EXTENSIONS })

  app.get(
    '',
    {
      config: {
        docs: {
          operationId: 'oipServer',
          tag,
          summary: 'What this server is and can',
          answers: { 200: { description: 'The server.', schema: () => ServerMetadata } },
          errors: [500],
          errorForm: OipError,
        },
      },
    },
    server,
  )
  app.get('/', { prefixTrailingSlash: 'slash' }, server)

  app.get(
    '/health/live',
    {
      config: {
        docs: {
          operationId: 'oipLive',
          tag,
          summary: 'Whether the process answers',
          answers: { 200: { description: 'It does.', schema: () => ServerLive } },
          errors: [],
        },
      },
    },
    () => ({ live: true }),
  )

  app.get(
    '/health/ready',
    {
      config: {
        docs: {
          operationId: 'oipServerReady',
          tag,
          summary: 'Whether requests may be sent here',
          answers: {
            200: { description: 'Every model is loaded.', schema: () => ServerReady },
            503: { description: 'A model is not loaded yet, or the service is draining.', schema: () => ServerReady },
          },
          errors: [],
        },
      },
    },
    (_request, reply) => {
      const ready = app.models.ready && !app.lifecycle.draining
      return reply.code(ready ? 200 : 503).send({ ready })
    },
  )
}
