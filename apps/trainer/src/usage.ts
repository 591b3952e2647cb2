import type { Feature, Signature } from '@copse/model'
import { WIDTH } from './output.ts'

/** A row for people: values in feature order, null = missing. */
export type ExampleRow = readonly (number | string | null)[]

export interface Served {
  /** `models:/NAME@champion` or `models:/NAME/VERSION`. */
  readonly reference: string
  /** Set when the local store is not the default one. */
  readonly home: string | undefined
  /** Address of the MLflow server, without credentials. */
  readonly trackingUri: string | undefined
}

/** The commands and code that take the new model to an HTTP answer. */
export function usage(served: Served, signature: Signature, row: ExampleRow): string {
  const body = JSON.stringify({ features: features(signature.features, row) })
  return [
    'Serve it:',
    '',
    `  ${command([...variables(served), `COPSE_MODEL=${quote(served.reference)}`, 'npx --yes pnpm@12 serve'])}`,
    '',
    '  on Windows, or anywhere:',
    `  npx --yes pnpm@12 serve --model ${quote(served.reference)}${homeFlag(served)}`,
    '',
    'Ask it:',
    '',
    "  curl -s http://127.0.0.1:3000/predict -H 'content-type: application/json' \\",
    `    -d ${quote(body)}`,
    '',
    'The same in TypeScript:',
    '',
    "  const response = await fetch('http://127.0.0.1:3000/predict', {",
    "    method: 'POST',",
    "    headers: { 'content-type': 'application/json' },",
    `    body: JSON.stringify(${body}),`,
    '  })',
    '  console.log(await response.json())',
  ].join('\n')
}

/** The words on one line, or when that is too long on a continued line each. */
function command(words: readonly string[]): string {
  const line = words.join(' ')
  return line.length + 2 <= WIDTH ? line : words.join(' \\\n  ')
}

/** Text as one word of a POSIX shell; bare when it needs no quotes. */
export function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

function features(named: readonly Feature[], row: ExampleRow): Record<string, number | string | null> {
  return Object.fromEntries(named.map((feature, f) => [feature.name, row[f] ?? null]))
}

function variables(served: Served): string[] {
  return [
    ...(served.trackingUri === undefined ? [] : [`MLFLOW_TRACKING_URI=${quote(served.trackingUri)}`]),
    ...(served.home === undefined ? [] : [`COPSE_HOME=${quote(served.home)}`]),
  ]
}

function homeFlag(served: Served): string {
  return served.home === undefined ? '' : ` --home ${quote(served.home)}`
}
