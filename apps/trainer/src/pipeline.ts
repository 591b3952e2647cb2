import { type ModelVersion, openTracking } from '@copse/tracking'
import { unlessAborted } from './abort.ts'
import { baselineObstacle } from './baseline.ts'
import { decidePromotion, decidingMetric, type Promotion } from './champion.ts'
import { contenders } from './contenders.ts'
import { datasetInputs } from './dataset-inputs.ts'
import { TrainerError } from './errors.ts'
import { exportOnnx } from './onnx.ts'
import type { Output } from './output.ts'
import { cutTable, readTable } from './parts.ts'
import { registerModel } from './register.ts'
import { findRegistered, refuseOtherSignature, scoreIncumbent } from './registered.ts'
import {
  reportObstacle,
  reportOnnx,
  reportParts,
  reportPending,
  reportRegistered,
  reportRuns,
  reportTable,
  reportUsage,
  reportWhere,
} from './report.ts'
import { logExperiment, RunLog } from './run-log.ts'
import { checkSettings, type PartialSettings, type Settings, type Task } from './settings.ts'
import { trackingOptions } from './tracking-options.ts'
import type { Trial } from './trial.ts'
import { leaderOf, tryAll } from './try-all.ts'

export interface ExperimentOptions {
  /** Aborting it ends the open runs KILLED and rejects with TRAINER_ERR_ABORTED. */
  readonly signal?: AbortSignal | undefined
  readonly output: Output
}

export interface ExperimentResult {
  readonly task: Task
  readonly trials: readonly Trial[]
  readonly chosen: Trial
  /** Undefined while it is queued for a server that is away. */
  readonly version: ModelVersion | undefined
  readonly promotion: Promotion
  /** Run id of the parent. */
  readonly run: string
  /** Operations that are in the journal and not on the server. */
  readonly pending: number
}

/**
 * The walk: table, hold-out, runs of every contender (cross-validation, then a score on the held-out rows), choice,
 * bundle, registry, alias. What the server misses when it goes away on the way stays in the journal, and the walk goes on.
 * @throws TrainerError, or an error of a package, each with a code and one sentence
 */
export async function runExperiment(given: PartialSettings, options: ExperimentOptions): Promise<ExperimentResult> {
  const { output, signal = new AbortController().signal } = options
  try {
    return await walk(checkSettings(given), output, signal)
  } catch (error) {
    if (!signal.aborted) throw error
    throw new TrainerError('TRAINER_ERR_ABORTED', 'Interrupted: the open runs ended KILLED.', { cause: error })
  }
}

async function walk(settings: Settings, output: Output, signal: AbortSignal): Promise<ExperimentResult> {
  const table = await unlessAborted(readTable(settings), signal)
  const task: Task = table.signature.target.type === 'class' ? 'classification' : 'regression'
  reportTable(output, table, task, settings.data !== undefined && settings.task === undefined)
  const parts = cutTable(table, settings.seed)
  const obstacle = baselineObstacle(parts.train)
  reportParts(output, parts)
  reportObstacle(output, obstacle)

  await using tracking = await openTracking(await trackingOptions(settings, output))
  const known = findRegistered(tracking, settings.modelName, { unreadable: settings.newSignature })
  const registered = await unlessAborted(known, signal)
  if (!settings.newSignature) refuseOtherSignature(registered, table.signature)
  const incumbent = scoreIncumbent(registered, parts, task)

  const log = new RunLog(tracking, settings.experiment, { 'copse.task': task })
  try {
    const parent = await log.start(settings.modelName, 'experiment')
    const inputs = datasetInputs(parts, settings.data)
    await logExperiment(parent, settings, parts, inputs)

    const all = contenders(task, settings, obstacle === undefined ? parts.test : undefined)
    const entries = await tryAll(all, { task, parts, inputs, log, parent, output, signal })
    const chosen = leaderOf(entries, task)
    if (chosen === undefined) throw new TrainerError('TRAINER_ERR_NO_CHAMPION', 'No configuration has a finite score.')
    const trials = entries.map(({ trial }) => trial)
    reportRuns(output, trials, chosen.trial, task)

    signal.throwIfAborted()
    const onnx = exportOnnx(chosen.trial.forest, settings.onnx)
    const score = chosen.trial.test[decidingMetric(task)] ?? Number.NaN
    const promotion = decidePromotion(settings.promote, task, score, incumbent)
    const { version } = await registerModel(tracking, chosen, entries, parts, settings, task, onnx, {
      promotion,
      incumbent,
    })
    reportRegistered(output, chosen.trial, settings.modelName, version, promotion, incumbent)
    reportOnnx(output, onnx)

    await log.end(chosen.run)
    await parent.logMetrics(chosen.trial.test)
    await parent.logTags({
      'copse.chosen': chosen.trial.contender.name,
      ...(version && { 'copse.model_version': version.version }),
    })
    await log.end(parent)
    const { pending } = log
    reportWhere(output, tracking, parent)
    if (pending > 0) reportPending(output, tracking, pending)
    if (settings.data !== undefined && version !== undefined) {
      reportUsage(output, tracking, { version, promotion }, settings, parts)
    }
    return { task, trials, chosen: chosen.trial, version, promotion, run: parent.id, pending }
  } catch (error) {
    await log.endAll(signal.aborted ? 'KILLED' : 'FAILED')
    throw error
  }
}
