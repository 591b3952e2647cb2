import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cached } from './cache.ts'
import { pythonTools } from './python.ts'
import { output } from './run.ts'

/** Of Kubernetes, as major.minor. */
const VERSION = '1.37'

/**
 * A `-schema-location` of kubeconform for Kubernetes' own kinds, from the schemas that the package kubernetes-validate
 * carries, so that nothing is fetched while manifests are judged.
 * @throws ToolsError as `pythonTools` does
 */
export async function kubernetesSchemas(): Promise<string> {
  const { python } = await pythonTools()
  const where = 'import kubernetes_validate, os; print(os.path.dirname(kubernetes_validate.__file__))'
  const from = join(
    (await output(python, ['-c', where])).trim(),
    'kubernetes-json-schema',
    `v${VERSION}.0-local-strict`,
  )
  const directory = await cached('kubernetes-schemas', [join(from, '_definitions.json')], VERSION, async (draft) => {
    await mkdir(draft, { recursive: true })
    for (const name of await readdir(from)) {
      const schema: unknown = JSON.parse(await readFile(join(from, name), 'utf8'))
      await writeFile(join(draft, name), JSON.stringify(relocated(schema)))
    }
  })
  return join(directory, '{{ .ResourceKind }}{{ .KindSuffix }}.json')
}

/** The schemas refer to a server's path; here they lie beside each other. */
function relocated(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(relocated)
  if (typeof schema !== 'object' || schema === null) return schema
  const entries = Object.entries(schema)
    .filter(([key, value]) => !(key === '$id' && typeof value === 'string'))
    .map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string'
        ? value.replace('/api/_definitions.json', '_definitions.json')
        : relocated(value),
    ])
  return Object.fromEntries(entries)
}
