import { join } from 'node:path'
import t from 'tap'
import { MANIFESTS } from '../../k8s/render.ts'
import { hasCluster } from '../../test/cluster.ts'
import { program } from '../../test/tool.ts'

t.test('the plain manifests on a cluster', { timeout: 120_000 }, async (t) => {
  if (!(await hasCluster(t))) return
  for (const { file } of MANIFESTS) {
    t.test(`the API server takes every object of ${file}`, async (t) => {
      const path = join(import.meta.dirname, '..', '..', 'k8s', file)
      const existing = await program('kubectl', ['get', 'namespace', 'copse', '--ignore-not-found', '--output=name'])
      if (existing.stdout === '') {
        // A dry run makes no namespace for the objects that come after it.
        t.teardown(() => program('kubectl', ['delete', 'namespace', 'copse', '--wait=true']))
        t.match(await program('kubectl', ['create', 'namespace', 'copse']), { code: 0 })
      }
      const { code, stdout, stderr } = await program('kubectl', ['apply', '--dry-run=server', '--filename', path])
      t.equal(code, 0, stderr)
      t.notMatch(stderr, /would violate PodSecurity/)
      t.match(stdout, /^deployment\.apps\/\w+ created \(server dry run\)$/m)
    })
  }
})
