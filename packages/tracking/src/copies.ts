import { isMissing, list, text, unless } from './answer.ts'
import { endpoints } from './endpoints.ts'
import type { TrackingError } from './errors.ts'
import type { Sent } from './operation.ts'
import type { Rest } from './rest.ts'

/** Tags by which a run, and a logged model with its versions, are known again. */
const RUN_TAG = 'copse.run_uuid'
export const MODEL_TAG = 'copse.model_uuid'

/**
 * Finds what an earlier try may have made on the server. Where a create was carried out twice, because its first answer was
 * lost and came late, the copy with the lowest id stays, whoever looks, and the others are deleted.
 */
export class Copies {
  readonly #rest: Rest

  constructor(rest: Rest) {
    this.#rest = rest
  }

  /** The run of an experiment with this uuid; `keep` is the id that is in use already. */
  async run(experimentId: string, uuid: string, keep?: string): Promise<Sent['run']> {
    const { runs } = await this.#rest.call(endpoints.searchRuns, {
      experiment_ids: [experimentId],
      filter: `tags.\`${RUN_TAG}\` = '${uuid}'`,
      run_view_type: 'ALL',
      max_results: 100,
    })
    const found = list(runs).map(({ info }) => ({
      id: text(info?.run_id, 'run_id of a run'),
      artifactUri: text(info?.artifact_uri, 'artifact_uri of a run'),
      active: info?.lifecycle_stage !== 'deleted',
    }))
    const active = found.filter(({ active }) => active).sort((a, b) => (a.id < b.id ? -1 : 1))
    const kept = active.find(({ id }) => id === keep) ?? active[0] ?? found[0]
    for (const { id } of active) {
      if (id !== (keep ?? kept?.id)) await this.#rest.call(endpoints.deleteRun, { run_id: id })
    }
    return kept && { id: kept.id, experimentId, artifactUri: kept.artifactUri }
  }

  async model(experimentId: string, uuid: string): Promise<{ id: string; root: string; ready: boolean } | undefined> {
    const reply = await this.#rest.call(endpoints.searchLoggedModels, {
      experiment_ids: [experimentId],
      filter: `tags.\`${MODEL_TAG}\` = '${uuid}'`,
      max_results: 50,
    })
    const found = list(reply.models).map(({ info }) => ({
      id: text(info?.model_id, 'model_id of a model'),
      root: text(info?.artifact_uri, 'artifact_uri of a model'),
      ready: info?.status === 'LOGGED_MODEL_READY',
    }))
    const [kept, ...others] = found.sort((a, b) => Number(b.ready) - Number(a.ready) || (a.id < b.id ? -1 : 1))
    for (const { id } of others) await this.#rest.call(endpoints.deleteLoggedModel, { id })
    return kept
  }

  /** Number of the version of `name` that was made from the model with this uuid. */
  async version(name: string, uuid: string): Promise<string | undefined> {
    const quoted = name.includes("'") ? `"${name}"` : `'${name}'`
    const reply = await this.#rest.call(endpoints.searchVersions, {
      filter: `name=${quoted} and tags.\`${MODEL_TAG}\` = '${uuid}'`,
      max_results: 100,
    })
    const found = list(reply.model_versions).map(({ version }) => text(version, 'version of a model version'))
    const [kept, ...others] = found.sort((a, b) => Number(a) - Number(b))
    for (const version of others) await this.#rest.call(endpoints.deleteVersion, { name, version })
    return kept
  }

  /** Whether a model is among the outputs of a run. */
  async isLinked(runId: string, modelId: string): Promise<boolean> {
    const { run } = await this.#rest.call(endpoints.getRun, { run_id: runId })
    return list(run?.outputs?.model_outputs).some(({ model_id }) => model_id === modelId)
  }

  async aliasVersion(name: string, alias: string): Promise<string | undefined> {
    const reply = await this.#rest.call(endpoints.getByAlias, { name, alias }).catch(unless(isUnknown))
    return reply?.model_version?.version
  }
}

/** MLflow answers a missing alias with 400, and only a missing model with 404. */
function isUnknown(error: TrackingError) {
  return isMissing(error) || (error.status === 400 && error.errorCode === 'INVALID_PARAMETER_VALUE')
}
