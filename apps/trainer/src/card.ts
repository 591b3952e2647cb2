import type { Feature, Forest, Signature } from '@copse/model'
import type { Metrics } from './champion.ts'
import { championRule } from './champion.ts'
import type { OnnxExport } from './onnx.ts'
import { count, list } from './output.ts'
import { rankedImportances } from './plots.ts'
import type { Task } from './settings.ts'

export interface CardContent {
  readonly modelName: string
  readonly task: Task
  readonly data: { readonly name: string; readonly sha256: string; readonly rows: number; readonly heldOut: number }
  readonly folds: number
  readonly configuration: string
  readonly forest: Forest
  readonly runs: readonly {
    readonly name: string
    readonly baseline: boolean
    readonly cv: Metrics
    readonly test: Metrics
  }[]
  readonly warnings: readonly string[]
  readonly onnx: OnnxExport
}

/**
 * The model card in Markdown. Like every file of a bundle it depends on table, parameters and seed alone: no date, no
 * duration, no machine.
 */
export function modelCard(content: CardContent): string {
  const { forest, data, modelName } = content
  const { signature } = forest
  return `${[
    `# ${text(modelName)}`,
    purpose(signature),
    '## Training',
    rows(
      ['', ''],
      [
        ['table', `${data.name}, ${count(data.rows)} rows, sha256 ${data.sha256}`],
        ['held out', `${count(data.heldOut)} rows, by a hash of their own values; never trained on`],
        ['trees', `${count(forest.treeCount)}, ${count(forest.nodeCount)} nodes`],
        ['configuration', content.configuration],
        [
          'chosen by',
          championRule(
            content.task,
            content.runs.some((run) => run.baseline),
          ),
        ],
        ['cross-validation', `${content.folds} folds of the rows that are not held out`],
      ],
    ),
    '## Parameters',
    rows(
      ['parameter', 'value'],
      Object.entries(forest.parameters).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    ),
    '## Scores',
    scores(content),
    outOfBag(forest),
    '## Features',
    features(forest),
    ...warnings([...new Set([...content.warnings, ...forest.summary.warnings])]),
    '## Limits',
    limits(signature),
    '## Files',
    files(content.onnx),
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`
}

function files(onnx: OnnxExport): string {
  const lines = [
    '- `forest.copse`: the forest, with its signature and parameters',
    '- `reference.json`: profile of the training table, that drift is measured against',
    '- `golden.json`: rows and their exact answers, that a server reproduces before it serves',
    '- `evaluation.json`: scores and confusion matrix on the held-out rows, and scores of the cross-validation',
    "- `MLmodel`, `input_example.json`, `serving_input_example.json`: the model in MLflow's terms; a row is one tensor, in the order of the features above, with a category as the index of its level and a missing value as NaN (null in JSON)",
    ...('model' in onnx
      ? ['- `model.onnx`, `requirements.txt`, `conda.yaml`, `python_env.yaml`: the same forest for MLflow and Python']
      : []),
    '- `SHA256SUMS`: sums of the files (`sha256sum --check SHA256SUMS`)',
  ]
  if ('model' in onnx) return lines.join('\n')
  return [...lines, '', `There is no \`model.onnx\`, so only Copse can load this model: ${text(onnx.absence)}.`].join(
    '\n',
  )
}

function purpose(signature: Signature): string {
  const { target, features: columns } = signature
  const from = `from ${count(columns.length)} ${columns.length === 1 ? 'feature' : 'features'}`
  if (target.type === 'number') return `A random forest that estimates the number ${text(target.name)} ${from}.`
  return `A random forest that tells ${text(target.name)} (${text(list(target.classes, 10))}) ${from}.`
}

function scores({ runs, configuration }: CardContent): string {
  const names = [...new Set(runs.flatMap((run) => Object.keys(run.test)))]
  const score = (value: number | undefined): string => (value === undefined ? '' : value.toPrecision(4))
  return [
    rows(
      ['run', ...names.map((name) => `cv ${name}`), ...names.map((name) => `held-out ${name}`)],
      runs.map((run) => [
        run.name === configuration ? `${run.name} (this model)` : run.name,
        ...names.map((name) => score(run.cv[name])),
        ...names.map((name) => score(run.test[name])),
      ]),
    ),
    '',
    'cv = mean over the folds. The held-out rows took no part in the choice.',
  ].join('\n')
}

function outOfBag(forest: Forest): string {
  const { score } = forest.summary
  if (score === undefined) return ''
  return `Out-of-bag ${forest.signature.target.type === 'class' ? 'accuracy' : 'R2'}: ${score.toPrecision(4)}.`
}

function features(forest: Forest): string {
  const importance = new Map(rankedImportances(forest).map((entry) => [entry.name, entry.importance]))
  return rows(
    ['feature', 'type', 'values', 'may be missing', 'importance'],
    forest.signature.features.map((feature) => [
      feature.name,
      feature.type,
      values(feature),
      feature.missing ? 'yes' : 'no',
      importance.get(feature.name)?.toFixed(4) ?? '',
    ]),
  )
}

function values(feature: Feature): string {
  if (feature.type === 'category') return `${count(feature.levels.length)} levels: ${list(feature.levels, 8)}`
  return feature.min === null ? 'all missing' : `${feature.min} to ${feature.max}`
}

function warnings(sentences: readonly string[]): string[] {
  if (sentences.length === 0) return []
  return ['## Warnings', sentences.map((sentence) => `- ${text(sentence)}`).join('\n')]
}

function limits(signature: Signature): string {
  return [
    '- It answers for rows like those it was trained on. A number outside the range above is answered as the nearest leaf answers; a level it has not seen goes the way of a missing value.',
    signature.target.type === 'class'
      ? '- Probabilities are the mean of the class shares in the leaves. They are not calibrated.'
      : '- A forest does not extrapolate: no answer lies outside the range of the targets it was trained on.',
    '- Importances are impurity decreases: they favour columns with many distinct values and say nothing of causes.',
  ].join('\n')
}

function rows(head: readonly string[], body: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(text).join(' | ')} |`
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...body.map(line)].join('\n')
}

/** Names come from files: nothing in them may end a cell or become markup. */
function text(raw: string): string {
  return raw.replace(/[\\`*[\]<>|]/g, '\\$&').replace(/\s+/g, ' ')
}
