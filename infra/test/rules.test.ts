import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { program, tool } from './tool.ts'

const INFRA = join(import.meta.dirname, '..')
const RULES = join(INFRA, 'prometheus', 'rules')

for await (const file of glob('*.yaml', { cwd: RULES })) {
  const rules = await readFile(join(RULES, file), 'utf8')

  t.test(`the rules of ${file} are Prometheus'`, async (t) => {
    const promtool = await tool(t, 'promtool')
    if (!promtool) return
    const { code, stdout, stderr } = await program(promtool, [
      'check',
      'rules',
      '--lint=all',
      '--lint-fatal',
      join(RULES, file),
    ])
    t.equal(code, 0, `${stdout}${stderr}`)
  })

  t.test(`the alerts of ${file} fire when they should and only then`, async (t) => {
    const promtool = await tool(t, 'promtool')
    if (!promtool) return
    const { code, stdout, stderr } = await program(promtool, [
      'test',
      'rules',
      join(INFRA, 'prometheus', 'tests', file),
    ])
    t.equal(code, 0, `${stdout}${stderr}`)
  })

  t.test(`each alert of ${file} is shown firing and not firing, and has its section in the runbook`, async (t) => {
    const [tests, runbook] = await Promise.all([
      readFile(join(INFRA, 'prometheus', 'tests', file), 'utf8'),
      readFile(join(INFRA, '..', 'docs', 'runbook.md'), 'utf8'),
    ])
    for (const [, alert] of rules.matchAll(/^ +- alert: (\w+)$/gm)) {
      t.match(tests, new RegExp(`alertname: ${alert}\n +exp_alerts:\n`), `${alert} fires`)
      t.match(tests, new RegExp(`alertname: ${alert}\n +exp_alerts: \\[\\]`), `${alert} does not fire`)
      t.match(runbook, new RegExp(`^## ${alert}$`, 'm'), `${alert} is in the runbook`)
      t.match(rules, `runbook: docs/runbook.md#${alert?.toLowerCase()}`, `${alert} links to it`)
    }
  })

  t.test(`every series that ${file} asks for is one that the service has`, async (t) => {
    const metrics = await readFile(join(INFRA, '..', 'docs', 'metrics.md'), 'utf8')
    const recorded = new Set(Array.from(rules.matchAll(/record: (\S+)/g), ([, name]) => name))
    for (const [name] of rules.matchAll(/\b(?:copse|http|nodejs|process)[_:][a-z0-9_:]+/g)) {
      const series = name.replace(/_(bucket|count|sum)$/, '')
      t.ok(recorded.has(name) || metrics.includes(`\`${series}\``), name)
    }
  })
}
