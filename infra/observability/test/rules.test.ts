import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { parse as parseYaml } from 'yaml'
import { program, tool } from '../../test/tool.ts'
import { parse } from '../src/expression.ts'
import { hurried, RULES, type RuleFile, readRules, ruleFiles } from '../src/rules.ts'
import { unknownIn } from './known.ts'

const INFRA = join(import.meta.dirname, '..', '..')
const TESTS = join(INFRA, 'prometheus', 'tests')

interface PromtoolTests {
  readonly tests: readonly {
    readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[]
    readonly input_series: readonly { readonly series: string }[]
  }[]
}

for (const file of await ruleFiles()) {
  const rules = await readRules(file)
  const alerts = rules.filter(({ alert }) => alert !== undefined)

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
    const { code, stdout, stderr } = await program(promtool, ['test', 'rules', join(TESTS, file)])
    t.equal(code, 0, `${stdout}${stderr}`)
  })

  t.test(`each alert of ${file} is shown firing, not firing and where nothing is scraped`, async (t) => {
    const { tests } = parseYaml(await readFile(join(TESTS, file), 'utf8')) as PromtoolTests
    const absent = tests.filter(({ input_series }) => input_series.every(({ series }) => /job="other"/.test(series)))
    for (const { alert } of alerts) {
      const shown = tests.flatMap((test) => test.alert_rule_test.filter(({ alertname }) => alertname === alert))
      const alone = absent.flatMap((test) => test.alert_rule_test.filter(({ alertname }) => alertname === alert))
      t.ok(
        shown.some(({ exp_alerts }) => exp_alerts.length > 0),
        `${alert} fires`,
      )
      t.ok(
        shown.some(({ exp_alerts }) => exp_alerts.length === 0),
        `${alert} does not fire`,
      )
      t.ok(alone.length > 0, `${alert} where nothing is scraped`)
    }
  })

  t.test(`each alert of ${file} says how bad, what and where to read on`, async (t) => {
    const runbook = await readFile(join(INFRA, '..', 'docs', 'runbook.md'), 'utf8')
    for (const { alert, labels, annotations } of alerts) {
      t.match(labels?.severity, /^(page|ticket|info)$/, `${alert} has a severity`)
      t.match(annotations?.summary, /\S/, `${alert} has a summary`)
      t.match(annotations?.description, /\.$/, `${alert} has a description`)
      t.equal(annotations?.runbook_url, `docs/runbook.md#${alert!.toLowerCase()}`)
      const section = new RegExp(`^## ${alert}\n\n([\\s\\S]*?)(?=\n## |$(?![\\s\\S]))`, 'm').exec(runbook)?.[1] ?? ''
      for (const part of ['Means', 'Look', 'Do']) t.match(section, `**${part}.**`, `${alert}: ${part}`)
    }
  })

  t.test(`every expression of ${file} parses and asks for series and labels that there are`, async (t) => {
    for (const { alert, record, expr } of rules) {
      const name = alert ?? record!
      t.doesNotThrow(() => parse(expr), name)
      t.strictSame(await unknownIn(expr), [], name)
    }
  })
}

t.test('a rule that differs from its sibling in the window only differs in nothing else', async (t) => {
  const rules = await readRules('slo.yaml')
  for (const [family, least] of [
    ['copse:inference_errors:ratio_rate', 7],
    ['copse:inference_slow:ratio_rate', 7],
  ] as const) {
    const siblings = rules.filter(({ record }) => record?.startsWith(family))
    t.ok(siblings.length >= least)
    for (const { record, expr } of siblings) {
      const window = record!.slice(family.length)
      t.equal(expr.replaceAll(`[${window}]`, '[5m]'), siblings[0]!.expr, record!)
    }
  }
})

t.test('hurried rules are the same but for how often and how long', async (t) => {
  for (const file of await ruleFiles()) {
    const text = await readFile(join(RULES, file), 'utf8')
    const before = parseYaml(text) as RuleFile
    const after = parseYaml(hurried(text, '1s')) as RuleFile
    t.strictSame(
      after.groups,
      before.groups.map(({ interval, ...group }) => ({
        ...group,
        rules: group.rules.map((rule) => ('for' in rule ? { ...rule, for: '1s' } : rule)),
      })),
    )
  }
})
