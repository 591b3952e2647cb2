import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ServedModel } from '../../model/served.ts'
import { type RouteDocs, SCOPED } from '../../route-docs.ts'
import { MAX_ROWS } from '../limit.ts'
import { modelConfig, modelMetadata } from './metadata.ts'
import { ModelConfig, ModelMetadata, ModelReady, OipError, pathParameters, Statistics } from './schema.ts'
import type { ModelStatistics } from './statistics.ts'
import { TARGETS, type Target } from './target.ts'

/** `GET /v2/models/{model}[/versions/{version}]` with nothing after it, `/ready`, `/config` or `/stats`; `GET /v2/models/stats`. */
export function modelRoutes(app: FastifyInstance, statistics: (model: ServedModel) => ModelStatistics): void {
  const onRequest = app.scope('predict')

  function modelOf({ params }: FastifyRequest): ServedModel {
    const { model, version } = params as Target
    return app.models.find(model, version)
  }

  /** Those that are served under the name, the one of the path alone where it has a version. */
  function modelsOf(request: FastifyRequest): ServedModel[] {
    const { name } = modelOf(request)
    const { version } = request.params as Target
    return app.models.served().filter((model) => model.name === name && (version ?? model.version) === model.version)
  }

  app.get('/models/stats', { onRequest, config: { docs: docs('oipStatistics', '', STATS) } }, () => ({
    model_stats: app.models.served().map((model) => statistics(model).show(model)),
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
      (request) => ({
        model_stats: modelsOf(request).map((model) => statistics(model).show(model)),
      }),
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
  description: 'Of the process that answers, since it loaded the model.',
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
