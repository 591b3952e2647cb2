import type { DatasetInput, MetricPoint, Run, RunStatus, StartRunOptions, Tracking } from '@copse/tracking'
import type { Metrics } from './champion.ts'
import { FOLDS, type Parts } from './parts.ts'
import { plots } from './plots.ts'
import type { Settings } from './settings.ts'
import type { Trial } from './trial.ts'

/** The runs of one experiment: the parent and its children; what is open when something fails is ended with it. */
export class RunLog {
  readonly #tracking: Tracking
  readonly #experiment: string
  readonly #tags: Readonly<Record<string, string>>
  readonly #all: Run[] = []
  readonly #open: Run[] = []

  constructor(tracking: Tracking, experiment: string, tags: Readonly<Record<string, string>>) {
    this.#tracking = tracking
    this.#experiment = experiment
    this.#tags = tags
  }

  /** Operations of all runs that the server does not have. */
  get pending(): number {
    return this.#all.reduce((sum, run) => sum + run.pending, 0)
  }

  async start(runName: string, role: string, parent?: Run): Promise<Run> {
    const options: StartRunOptions = {
      experiment: this.#experiment,
      runName,
      tags: { ...this.#tags, 'copse.role': role },
      parent,
    }
    const run = await this.#tracking.startRun(options)
    this.#all.push(run)
    this.#open.push(run)
    return run
  }

  async end(run: Run, status: RunStatus = 'FINISHED'): Promise<void> {
    await run.end(status)
    const at = this.#open.indexOf(run)
    if (at !== -1) this.#open.splice(at, 1)
  }

  /** Ends what is still open, children first; a store that fails here failed before, and that error is the one to tell. */
  async endAll(status: RunStatus): Promise<void> {
    for (const run of [...this.#open].reverse()) await this.end(run, status).catch(() => {})
  }
}

/** Logs what a trial found to its run: params, scores, the out-of-bag curve, its data, and the plots. */
export async function logTrial(run: Run, trial: Trial, parts: Parts, inputs: readonly DatasetInput[]): Promise<void> {
  await run.logBatch({ params: paramsOf(trial), metrics: metricsOf(trial) })
  for (const input of inputs) await run.logDataset(input)
  for (const [name, svg] of plots(trial.contender.name, trial.forest, parts.test, trial.answers)) {
    await run.logText(svg, name)
  }
}

/** What the parent run says of the experiment as a whole. */
export async function logExperiment(
  run: Run,
  settings: Settings,
  parts: Parts,
  inputs: readonly DatasetInput[],
): Promise<void> {
  const { whole, test } = parts
  await run.logBatch({
    params: {
      data: whole.name,
      target: whole.signature.target.name,
      rows: whole.rows,
      features: whole.signature.features.length,
      held_out_rows: test.rows,
      folds: FOLDS,
      trees: settings.trees,
      seed: settings.seed,
      promote: settings.promote,
    },
    tags: { 'copse.dataset_sha256': whole.digest() },
  })
  for (const input of inputs) await run.logDataset(input)
}

function paramsOf({ contender, forest }: Trial): Record<string, string | number | boolean | null> {
  if (contender.params !== undefined) return { ...contender.params }
  return Object.fromEntries(
    Object.entries(forest.parameters).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
    ]),
  )
}

function metricsOf(trial: Trial): MetricPoint[] {
  const { score, oobErrorByTrees } = trial.forest.summary
  const points: MetricPoint[] = [
    ...named(trial.cv, (name) => `cv_${name}`),
    ...named(trial.cvStd, (name) => `cv_${name}_std`),
    ...named(trial.test, (name) => name),
    { key: 'training_seconds', value: trial.trainingSeconds },
    { key: 'total_seconds', value: trial.seconds },
    { key: 'trees', value: trial.forest.treeCount },
    { key: 'nodes', value: trial.forest.nodeCount },
  ]
  if (score !== undefined) points.push({ key: 'oob_score', value: score })
  for (const [i, value] of (oobErrorByTrees ?? []).entries()) {
    if (Number.isFinite(value)) points.push({ key: 'oob_error', value, step: i + 1 })
  }
  return points
}

function named(metrics: Metrics, rename: (name: string) => string): MetricPoint[] {
  return Object.entries(metrics).map(([name, value]) => ({ key: rename(name), value }))
}
