import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { goTool } from '../tools/src/index.ts'

export interface Manifest {
  /** Beside this file. */
  readonly file: string
  readonly chart: string
  readonly values: readonly string[]
}

/** What is rendered for people without Helm. */
export const MANIFESTS: readonly Manifest[] = [
  { file: 'copse.yaml', chart: 'copse', values: [] },
  {
    file: 'mlflow.yaml',
    chart: 'mlflow',
    values: [
      'database.existingSecret=mlflow-database',
      'objectStore.existingSecret=mlflow-bucket',
      'objectStore.destination=s3://mlflow',
      'objectStore.endpoint=http://object-store:8333',
    ],
  },
]

const NAMESPACE = 'copse'

/** The manifest's text: a namespace that admits only restricted pods, and what the chart makes in it. */
export async function render(helm: string, { chart, values }: Manifest): Promise<string> {
  const directory = join(import.meta.dirname, '..', 'helm', chart)
  const set = values.flatMap((value) => ['--set', value])
  const args = ['template', chart, directory, '--namespace', NAMESPACE, '--skip-tests', ...set]
  const { stdout } = await promisify(execFile)(helm, args)
  return `${HEAD}${stdout}`
}

const HEAD = `# Rendered from the chart; do not edit.
---
apiVersion: v1
kind: Namespace
metadata:
  name: ${NAMESPACE}
  labels:
    pod-security.kubernetes.io/enforce: restricted
`

if (import.meta.main) {
  const helm = await goTool('helm')
  for (const manifest of MANIFESTS) {
    await writeFile(join(import.meta.dirname, manifest.file), await render(helm, manifest))
  }
}
