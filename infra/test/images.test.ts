import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { program, tool } from './tool.ts'

const INFRA = join(import.meta.dirname, '..')

for await (const file of glob('{docker,test}/**/Dockerfile', { cwd: INFRA })) {
  t.test(`${file} keeps to the rules of Dockerfiles`, async (t) => {
    const hadolint = await tool(t, 'hadolint')
    if (!hadolint) return
    const { code, stdout } = await program(hadolint, [join(INFRA, file)])
    t.equal(code, 0, stdout)
  })
}

for await (const file of glob(['**/*.sh', '../*.sh', '../.ci/run'], { cwd: INFRA })) {
  t.test(`${file} is a sound shell script`, async (t) => {
    const shellcheck = await tool(t, 'shellcheck')
    if (!shellcheck) return
    const { code, stdout } = await program(shellcheck, [join(INFRA, file)])
    t.equal(code, 0, stdout)
  })
}

t.test('deploy.ps1 is PowerShell without a fault of syntax', async (t) => {
  const python = await tool(t, 'python')
  if (!python) return
  const { code, stdout, stderr } = await program(python, [
    join(import.meta.dirname, 'powershell-syntax.py'),
    join(INFRA, '..', 'deploy.ps1'),
  ])
  t.equal(code, 0, `${stdout}${stderr}`)
})

t.test('the configuration of Prometheus is one', async (t) => {
  const promtool = await tool(t, 'promtool')
  if (!promtool) return
  const { code, stdout, stderr } = await program(promtool, [
    'check',
    'config',
    join(INFRA, 'prometheus', 'prometheus.yaml'),
  ])
  t.equal(code, 0, `${stdout}${stderr}`)
})
