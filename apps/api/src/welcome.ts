import { exampleRow } from './dialects/own/schema.ts'
import type { ApiError } from './errors.ts'
import type { ServedModel } from './model/served.ts'

/** The lines for people when the service is ready: what it serves (and how many `others`), where, and a command to try. */
export function welcome(url: string, metricsUrl: string, model: ServedModel, others = 0): string {
  const example = exampleRow(model.signature, model.bundle.golden.rows[0]!)
  const body = JSON.stringify({ features: example.positional })
  return [
    `Copse serves ${named(model)}${others === 0 ? '' : ` and ${others} more`} at ${url}`,
    '',
    `  curl -s ${url}/predict -H 'content-type: application/json' -d ${shellQuoted(body)}`,
    '',
    `Docs: ${url}/docs   Metrics: ${metricsUrl}/metrics   Stop: Ctrl-C`,
    '',
  ].join('\n')
}

/** The line for people when the service listens but the registry gave no model yet. */
export function waiting(url: string, { message }: ApiError, pollIntervalMs: number): string {
  return `Copse listens at ${url} without a model and asks again every ${pollIntervalMs / 1000} s. ${message}\n`
}

function named(model: ServedModel): string {
  const { name, version, bundle, forest } = model
  const facts = [`sha256 ${bundle.sha256.slice(0, 12)}`, ...score(model), `${forest.treeCount} trees`]
  if (model.origin.stale) facts.push('the last version that the registry gave: it does not answer')
  return `${name} version ${version} (${facts.join(', ')})`
}

/** Metrics that the trainer tags a version with, from its held-out rows. */
const TAGGED = [
  ['copse.accuracy', 'accuracy'],
  ['copse.r2', 'R2'],
  ['copse.rmse', 'RMSE'],
] as const

/** The held-out score, else the forest's own out-of-bag score. */
function score({ origin, forest, signature }: ServedModel): string[] {
  for (const [tag, name] of TAGGED) {
    const value = Number.parseFloat(origin.tags[tag] ?? '')
    if (Number.isFinite(value)) return [`${name} ${value.toFixed(3)}`]
  }
  const name = signature.target.type === 'class' ? 'accuracy' : 'R2'
  return forest.summary.score === undefined ? [] : [`out-of-bag ${name} ${forest.summary.score.toFixed(3)}`]
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
