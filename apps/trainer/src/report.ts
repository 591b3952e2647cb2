import { resolve } from 'node:path'
import type { Dataset } from '@copse/dataset'
import type { ModelVersion, Run, Tracking } from '@copse/tracking'
import { BASELINE } from './baseline.ts'
import { championRule, type Incumbent, type Metrics, type Promotion } from './champion.ts'
import type { OnnxExport } from './onnx.ts'
import { count, list, type Output, plural, say } from './output.ts'
import type { Parts } from './parts.ts'
import { CHAMPION } from './registered.ts'
import { DEFAULTS, type Settings, type Task } from './settings.ts'
import { sha256 } from './sums.ts'
import { type Column, formatTable } from './table.ts'
import type { Trial } from './trial.ts'
import { quote, usage } from './usage.ts'

/** What was read. */
export function reportTable(output: Output, table: Dataset, task: Task, inferred: boolean): void {
  const { features, target } = table.signature
  const categories = features.filter((feature) => feature.type === 'category').length
  const kinds =
    categories === 0
      ? ''
      : ` (${count(features.length - categories)} numbers, ${plural(categories, 'category', 'categories')})`
  const answer =
    target.type === 'class'
      ? `${plural(target.classes.length, 'class', 'classes')}: ${list(target.classes)}`
      : 'a number'
  say(
    output,
    `${table.name}: ${plural(table.rows, 'row')}, ${plural(features.length, 'feature')}${kinds} -> ${target.name} (${answer})`,
    '  ',
  )
  if (inferred) say(output, `Task: ${task}, by the target's values (--task overrides).`, '  ')
  for (const warning of table.warnings) say(output, `Warning: ${warning}`, '  ')
}

export function reportParts(output: Output, parts: Parts): void {
  say(
    output,
    `Held out: ${plural(parts.test.rows, 'row')}, by a hash of their own values; ${plural(parts.train.rows, 'row')} to train ` +
      `on, ${parts.folds.length}-fold cross-validation.`,
    '  ',
  )
}

/** Why there is no baseline run, when there is none. */
export function reportObstacle(output: Output, obstacle: string | undefined): void {
  if (obstacle !== undefined) say(output, `No baseline run of ${BASELINE}: ${obstacle}.`, '  ')
}

/** The runs as a table; the chosen one is marked. */
export function reportRuns(output: Output, trials: readonly Trial[], chosen: Trial, task: Task): void {
  const shown = SHOWN[task]
  const columns: Column[] = [
    { title: '  run', align: 'left' },
    ...shown.map(({ title }): Column => ({ title: `CV ${title}`, align: 'right' })),
    ...shown.map(({ title }): Column => ({ title: `test ${title}`, align: 'right' })),
    { title: 'seconds', align: 'right' },
  ]
  const rows = trials.map((trial) => [
    `${trial === chosen ? '*' : ' '} ${trial.contender.name}`,
    ...shown.map(({ metric, format }) => cell(trial.cv, metric, format)),
    ...shown.map(({ metric, format }) => cell(trial.test, metric, format)),
    trial.seconds.toFixed(2),
  ])
  output.write(`\n${formatTable(columns, rows).join('\n')}\n`)
  say(
    output,
    `* chosen: ${championRule(
      task,
      trials.some(({ contender }) => contender.baseline),
    )}.`,
    '  ',
  )
}

/** What was registered or is queued to be, and whether the alias moved. */
export function reportRegistered(
  output: Output,
  chosen: Trial,
  name: string,
  version: ModelVersion | undefined,
  promotion: Promotion,
  incumbent: Incumbent | undefined,
): void {
  const { contender, forest } = chosen
  say(
    output,
    `\n${version ? `Registered ${name} version ${version.version}` : `To be registered as ${name}`}: ${contender.name}, ${plural(forest.treeCount, 'tree')}, ` +
      `${count(forest.data.length)} bytes, sha256 ${sha256(forest.data).slice(0, 12)}.`,
    '  ',
  )
  const stays = incumbent === undefined ? 'is not set' : `stays at version ${incumbent.version}`
  const moves = version ? `now means version ${version.version}` : 'will mean it, unless it is moved meanwhile'
  const outcome = promotion.promote ? moves : stays
  say(output, `The alias ${CHAMPION} ${outcome}: ${promotion.reason}.`, '  ')
}

/** What it means for others that the bundle has no `model.onnx`. */
export function reportOnnx(output: Output, onnx: OnnxExport): void {
  if ('model' in onnx) return
  say(output, `No model.onnx, so only Copse can load this model: ${onnx.absence}.`, '  ')
}

/** Why nothing was trained. */
export function reportReigning(output: Output, { name, version }: ModelVersion): void {
  say(output, `${name} has a champion already, version ${version}: nothing was trained (--unless-champion).`, '  ')
}

/** Where to look the runs up. */
export function reportWhere(output: Output, tracking: Tracking, parent: Run): void {
  const where = tracking.remote ? (parent.url ?? tracking.location) : `the local store ${tracking.location}`
  say(output, `Runs: experiment ${parent.experiment} in ${where}`, '  ')
}

/** What the server does not have yet, and how it gets there. */
export function reportPending(output: Output, tracking: Tracking, pending: number): void {
  say(
    output,
    `\nThe server went away: ${plural(pending, 'operation')} wait in ${tracking.home}. Nothing is lost; when it is back, send them with`,
    '  ',
  )
  const home = tracking.home === resolve(DEFAULTS.home) ? '' : `COPSE_HOME=${quote(tracking.home)} `
  output.write(`\n  MLFLOW_TRACKING_URI=${quote(tracking.location)} ${home}npx --yes pnpm@12 sync\n`)
}

/** The way to an HTTP answer, with a held-out row of the user's own table. */
export function reportUsage(
  output: Output,
  tracking: Tracking,
  result: { readonly version: ModelVersion; readonly promotion: Promotion },
  settings: Settings,
  parts: Parts,
): void {
  const { name, version } = result.version
  const served = {
    reference: result.promotion.promote ? `models:/${name}@${CHAMPION}` : `models:/${name}/${version}`,
    home: settings.home === DEFAULTS.home ? undefined : settings.home,
    trackingUri: tracking.remote ? tracking.location : undefined,
  }
  output.write(`\n${usage(served, parts.whole.signature, parts.test.row(0))}\n`)
}

type Format = (value: number) => string

const fixed: Format = (value) => value.toFixed(4)
const significant: Format = (value) => value.toPrecision(5)

const SHOWN: Record<Task, readonly { metric: string; title: string; format: Format }[]> = {
  classification: [
    { metric: 'accuracy', title: 'acc.', format: fixed },
    { metric: 'log_loss', title: 'log loss', format: fixed },
  ],
  regression: [
    { metric: 'rmse', title: 'RMSE', format: significant },
    { metric: 'r2', title: 'R2', format: fixed },
  ],
}

function cell(metrics: Metrics, metric: string, format: Format): string {
  const value = metrics[metric]
  return value === undefined ? '-' : format(value)
}
