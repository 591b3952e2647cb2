import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { LoggedModel, Tracking } from '@copse/tracking'
import { type BundleFiles, writeBundle } from './bundle.ts'
import { bundleFiles } from './bundle-files.ts'
import { decidingMetric, decidingName, type Incumbent, type Promotion } from './champion.ts'
import type { OnnxExport } from './onnx.ts'
import { FOLDS, type Parts } from './parts.ts'
import { CHAMPION } from './registered.ts'
import type { Settings, Task } from './settings.ts'
import { sha256 } from './sums.ts'
import type { Entry } from './try-all.ts'

/** A longer list of feature names is left to the bundle. */
const LONGEST_TAG = 5000
/** What MLflow keeps of a version's description and of a run's, in characters. */
const LONGEST_DESCRIPTION = 5000
const LONGEST_NOTE = 8000

/**
 * Writes the bundle of the chosen forest, logs it to its run and registers it as a new version, to which the alias moves when
 * it is promoted. There is no version yet when the server is away: then both are queued, and the alias moves only if it is
 * still where it was.
 */
export async function registerModel(
  tracking: Tracking,
  chosen: Entry,
  entries: readonly Entry[],
  parts: Parts,
  settings: Settings,
  task: Task,
  onnx: OnnxExport,
  { promotion, incumbent }: { readonly promotion: Promotion; readonly incumbent: Incumbent | undefined },
): Promise<LoggedModel> {
  const workshop = join(tracking.home, 'tmp')
  await mkdir(workshop, { recursive: true })
  const scratch = await mkdtemp(join(workshop, 'bundle-'))
  try {
    const directory = join(scratch, 'bundle')
    const { whole, test } = parts
    const files = bundleFiles(
      chosen.trial,
      parts,
      {
        modelName: settings.modelName,
        task,
        data: { name: whole.name, sha256: whole.digest(), rows: whole.rows, heldOut: test.rows },
        folds: FOLDS,
        runs: entries.map(({ trial }) => ({
          name: trial.contender.name,
          baseline: trial.contender.baseline,
          cv: trial.cv,
          test: trial.test,
        })),
        warnings: whole.warnings,
      },
      onnx,
    )
    await writeBundle(directory, files)
    await chosen.run.logTags({ 'mlflow.note.content': cardOf(files, describe(chosen, parts, task), LONGEST_NOTE) })
    return await chosen.run.logModel(directory, {
      name: 'model',
      registeredModelName: settings.modelName,
      tags: versionTags(chosen, task, onnx),
      description: cardOf(files, describe(chosen, parts, task), LONGEST_DESCRIPTION),
      ...(promotion.promote && { alias: CHAMPION, aliasFrom: incumbent?.version ?? null }),
    })
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

function versionTags({ trial }: Entry, task: Task, onnx: OnnxExport): Record<string, string> {
  const { signature, data } = trial.forest
  const metric = decidingMetric(task)
  const shown = task === 'classification' ? 'accuracy' : 'r2'
  const names = JSON.stringify(signature.features.map((feature) => feature.name))
  return {
    'copse.task': task,
    'copse.target': signature.target.name,
    ...(names.length <= LONGEST_TAG ? { 'copse.features': names } : {}),
    'copse.configuration': trial.contender.name,
    [`copse.${metric}`]: String(trial.test[metric]),
    [`copse.${shown}`]: String(trial.test[shown]),
    'copse.model_sha256': sha256(data),
    'copse.onnx': 'model' in onnx ? 'present' : 'absent',
  }
}

/** The model card as a description; where it is longer than MLflow keeps, one sentence and where the card is. */
function cardOf(files: BundleFiles, sentence: string, limit: number): string {
  const card = String(files.get('model-card.md'))
  return card.length <= limit ? card : `${sentence}. The model card is the model's file model-card.md.`
}

function describe({ trial }: Entry, parts: Parts, task: Task): string {
  const score = (trial.test[decidingMetric(task)] ?? Number.NaN).toPrecision(4)
  return `${trial.contender.name}: ${decidingName(task)} ${score} on ${parts.test.rows} held-out rows of ${parts.whole.name}`
}
