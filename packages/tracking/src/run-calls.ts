import { list } from './answer.ts'
import { splitBatch } from './batches.ts'
import type { SearchOptions, Texts, ViewType } from './client-calls.ts'
import { checkDataset, toDatasetEntry } from './dataset-input.ts'
import { endpoints } from './endpoints.ts'
import { type MetricHistoryPoint, type MlflowRun, toPoint, toRun } from './entities.ts'
import { ExperimentCalls } from './experiment-calls.ts'
import { bad, checkKey, checkMetric, checkParams, checkTags } from './guards.ts'
import type { DatasetInput, MetricPoint, ParamValue } from './types.ts'

/** Runs, what is logged to them, and metric histories. */
export class RunCalls extends ExperimentCalls {
  async createRun(
    experimentId: string,
    { runName, startTime = Date.now(), tags = {} }: { runName?: string; startTime?: number; tags?: Texts } = {},
  ): Promise<MlflowRun> {
    const reply = await this.rest.call(endpoints.createRun, {
      experiment_id: experimentId,
      ...(runName !== undefined && { run_name: runName }),
      start_time: startTime,
      tags: checkTags(tags),
    })
    return toRun(reply.run)
  }

  async getRun(runId: string): Promise<MlflowRun> {
    return toRun((await this.rest.call(endpoints.getRun, { run_id: runId })).run)
  }

  async getParentRun(runId: string): Promise<MlflowRun | undefined> {
    const parent = (await this.getRun(runId)).data.tags['mlflow.parentRunId']
    return parent === undefined ? undefined : this.getRun(parent)
  }

  searchRuns(
    experimentIds: readonly string[],
    { viewType, ...search }: SearchOptions & { viewType?: ViewType } = {},
  ): AsyncGenerator<MlflowRun> {
    return this.pages(search, async (page) => {
      const request = { experiment_ids: experimentIds, ...page, ...(viewType && { run_view_type: viewType }) }
      const reply = await this.rest.call(endpoints.searchRuns, request)
      return { items: list(reply.runs).map(toRun), next: reply.next_page_token }
    })
  }

  async updateRun(runId: string, { status, name }: { status?: string; name?: string }): Promise<void> {
    await this.rest.call(endpoints.updateRun, {
      run_id: runId,
      ...(status !== undefined && { status: checkStatus(status) }),
      ...(name !== undefined && { run_name: name }),
    })
  }

  async setTerminated(runId: string, status = 'FINISHED', endTime: number = Date.now()): Promise<void> {
    await this.rest.call(endpoints.updateRun, { run_id: runId, status: checkStatus(status), end_time: endTime })
  }

  async deleteRun(runId: string): Promise<void> {
    await this.rest.call(endpoints.deleteRun, { run_id: runId })
  }

  async restoreRun(runId: string): Promise<void> {
    await this.rest.call(endpoints.restoreRun, { run_id: runId })
  }

  logMetric(runId: string, key: string, value: number, at: { step?: number; timestamp?: number } = {}): Promise<void> {
    return this.logBatch(runId, { metrics: [{ key, value, ...at }] })
  }

  logParam(runId: string, key: string, value: ParamValue): Promise<void> {
    return this.logBatch(runId, { params: { [key]: value } })
  }

  setTag(runId: string, key: string, value: string): Promise<void> {
    return this.logBatch(runId, { tags: { [key]: value } })
  }

  async deleteTag(runId: string, key: string): Promise<void> {
    await this.rest.call(endpoints.deleteTag, { run_id: runId, key })
  }

  /** Any number of values, in as many requests as MLflow's limits ask for. */
  async logBatch(
    runId: string,
    batch: { metrics?: readonly MetricPoint[]; params?: Readonly<Record<string, ParamValue>>; tags?: Texts },
  ): Promise<void> {
    const now = Date.now()
    const metrics = (batch.metrics ?? []).map((point) => checkMetric(point, now))
    const parts = splitBatch({ metrics, params: checkParams(batch.params ?? {}), tags: checkTags(batch.tags ?? {}) })
    for (const part of parts) await this.rest.call(endpoints.logBatch, { run_id: runId, ...part })
  }

  async logInputs(
    runId: string,
    { datasets = [], models = [] }: { datasets?: readonly DatasetInput[]; models?: readonly string[] },
  ): Promise<void> {
    await this.rest.call(endpoints.logInputs, {
      run_id: runId,
      datasets: datasets.map((dataset) => toDatasetEntry(checkDataset(dataset))),
      ...(models.length > 0 && { models: models.map((model_id) => ({ model_id })) }),
    })
  }

  /** Links logged models to a run as its outputs. Not to be repeated: MLflow refuses a link that is there. */
  async logOutputs(runId: string, models: readonly { modelId: string; step?: number }[]): Promise<void> {
    await this.rest.call(endpoints.logOutputs, {
      run_id: runId,
      models: models.map(({ modelId, step = 0 }) => ({ model_id: modelId, step: checkStep(step) })),
    })
  }

  getMetricHistory(runId: string, key: string, { pageSize = 25_000 } = {}): AsyncGenerator<MetricHistoryPoint> {
    return this.pages({ pageSize }, async (page) => {
      const reply = await this.rest.call(endpoints.getMetricHistory, {
        run_id: runId,
        metric_key: checkKey('metric', key),
        ...page,
      })
      return { items: list(reply.metrics).map(toPoint), next: reply.next_page_token }
    })
  }
}

/** MLflow answers 200 to another status and keeps the one before. */
function checkStatus(status: string): string {
  const known = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED']
  if (known.includes(status)) return status
  throw bad(`A run's status is ${known.join(', ')}, not ${JSON.stringify(status)}`)
}

function checkStep(step: number): number {
  if (Number.isSafeInteger(step)) return step
  throw bad(`A step is a whole number, not ${step}`)
}
