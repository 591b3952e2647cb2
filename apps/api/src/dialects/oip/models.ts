import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ServedModel } from '../../model/served.ts'
import { type RouteDocs, SCOPED } from '../../route-docs.ts'
import { MAX_ROWS } from '../limit.ts'
import { modelConfig, modelMetadata } from './metadata.ts'
import { ModelConfig, ModelMetadata, ModelReady, OipError, pathParameters, Statistics } from './schema.ts'
import type { ModelStats } from './statistics.ts'
import { TARGETS, type Target } from './target.ts'

/** `GET /v2/models/{model}[/versions/{version}]` with nothing after it, `/ready`, `/config` or `/stats`; `GET /v2/models/stats`. */
export function modelRoutes(app: FastifyInstance, statistics: () => Promise<ModelStats[]>): void {
  const onRequest = app.scope('predict')

  function modelOf({ params }: FastifyRequest): ServedModel {
    const { model, version } = params as Target
    return app.models.find(model, version)
  }

  /** Of all versions that are served under the name, or of the one in the path. */
  async function statisticsOf(request: FastifyRequest): Promise<ModelStats[]> {
    const { name } = modelOf(request)
    const { version } = request.params as Target
    return (await statistics()).filter((stats) => stats.name === name && (version ?? stats.version) === stats.version)
  }

  app.get('/models/stats', { onRequest, config: { docs: docs('oipStatistics', '', STATS) } }, async () => ({
    model_stats: await statistics(),
  }))

  for (const target of TARGETS) {
    const suffix = target.includes('version') ? 'Version' : ''
    app.get(target, { onRequest, config: { docs: docs(`oipModel${suffix}`, target, METADATA) } }, (request) => {
      const model = modelOf(request)
      return modelMetadata(
        model,
        app.models.served().flatMap(({ name, version }) => (name === model.name ? version : [])),
      )
    })
    app.get(
      `${target}/ready`,
      { onRequest, config: { docs: docs(`oipReady${suffix}`, target, READY) } },
      (request) => ({
        name: modelOf(request).name,
        ready: true,
      }),
    )
    app.get(
      `${target}/config`,
      { onRequest, config: { docs: docs(`oipConfig${suffix}`, target, CONFIG) } },
      (request) => {
        const model = modelOf(request)
        return modelConfig(model, Math.min(MAX_ROWS, model.maxRows))
      },
    )
    app.get(
      `${target}/stats`,
      { onRequest, config: { docs: docs(`oipStats${suffix}`, target, STATS) } },
      async (request) => ({ model_stats: await statisticsOf(request) }),
    )
  }
}

type Told = Pick<RouteDocs, 'summary' | 'description'> & { readonly answer: NonNullable<RouteDocs['answers'][number]> }

const METADATA: Told = {
  summary: 'Tensors that a model takes and answers',
  answer: { description: 'The model.', schema: () => ModelMetadata },
}
const READY: Told = {
  summary: 'Whether a model may be asked',
  answer: { description: 'It may.', schema: () => ModelReady },
}
const CONFIG: Told = {
  summary: "The model in the terms of Triton's configuration",
  answer: { description: 'The configuration.', schema: () => ModelConfig },
}
const STATS: Told = {
  summary: 'Counts and times of the requests in this dialect',
  description: 'Of all processes, each since it loaded the model.',
  answer: { description: 'One entry for each model and version.', schema: () => Statistics },
}

function docs(operationId: string, target: string, { summary, description, answer }: Told): RouteDocs {
  return {
    operationId,
    tag: 'Open Inference Protocol',
    summary,
    ...(description !== undefined && { description }),
    parameters: pathParameters(target),
    answers: { 200: answer },
    errors: target === '' ? [...SCOPED, 500] : [400, ...SCOPED, 404, 500, 503],
    errorForm: OipError,
  }
}
