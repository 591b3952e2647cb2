import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { MANIFESTS, render } from '../k8s/render.ts'
import { KUBERNETES_KINDS_ELSEWHERE } from './kinds.ts'
import { program, tool } from './tool.ts'

for (const manifest of MANIFESTS) {
  t.test(`${manifest.file} is what the chart makes`, async (t) => {
    const helm = await tool(t, 'helm')
    if (!helm) return
    const kept = await readFile(join(import.meta.dirname, '..', 'k8s', manifest.file), 'utf8')
    t.equal(kept, await render(helm, manifest), 'made by `pnpm --filter @copse/tools run render`')
  })

  t.test(`Kubernetes knows every field of ${manifest.file}`, async (t) => {
    const kubeconform = await tool(t, 'kubeconform')
    const schemas = await tool(t, 'schemas')
    if (!kubeconform || !schemas) return
    const file = join(import.meta.dirname, '..', 'k8s', manifest.file)
    const skip = KUBERNETES_KINDS_ELSEWHERE.join(',')
    const { code, stdout } = await program(kubeconform, ['-strict', '-schema-location', schemas, '-skip', skip, file])
    t.equal(code, 0, stdout)
  })
}
