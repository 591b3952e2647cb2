import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { groupings, selectors } from '../src/expression.ts'
import { readRules, ruleFiles } from '../src/rules.ts'

/** Labels that Prometheus, not the service, puts on what it scrapes. */
const OF_SCRAPES = ['job', 'instance', 'namespace', 'le']
/** Series of Prometheus' own, with their labels beside those of the alert. */
const OF_PROMETHEUS: readonly (readonly [string, readonly string[]])[] = [
  ['up', []],
  ['ALERTS', ['alertname', 'alertstate', 'severity']],
]

/** What an expression asks for that neither docs/metrics.md nor a recording rule has: metrics, and labels of none of them. */
export async function unknownIn(expression: string): Promise<string[]> {
  const { metrics, recorded } = await known()
  const unknown: string[] = []
  const labels = new Set(OF_SCRAPES)
  for (const { metric, labels: matched } of selectors(expression)) {
    const own = metrics.get(metric) ?? metrics.get(metric.replace(/_(bucket|count|sum)$/, '')) ?? recorded.get(metric)
    if (own === undefined) unknown.push(metric)
    for (const label of own ?? []) labels.add(label)
    for (const label of matched) if (own && !own.includes(label) && !OF_SCRAPES.includes(label)) unknown.push(label)
  }
  for (const label of groupings(expression)) if (!labels.has(label)) unknown.push(label)
  return unknown
}

type Labels = ReadonlyMap<string, readonly string[]>
let memory: { readonly metrics: Labels; readonly recorded: Labels } | undefined

/** The series of docs/metrics.md, and those of the recording rules, with their labels. */
async function known() {
  if (memory) return memory
  const page = await readFile(join(import.meta.dirname, '..', '..', '..', 'docs', 'metrics.md'), 'utf8')
  const metrics = new Map(OF_PROMETHEUS)
  for (const [, name, labels] of page.matchAll(/^\| `(\w+)` \| \w+ \| ([^|]*)\|/gm)) {
    metrics.set(
      name!,
      Array.from(labels!.matchAll(/`(\w+)`/g), ([, label]) => label!),
    )
  }
  const recorded = new Map<string, string[]>()
  for (const file of await ruleFiles()) {
    for (const { record, expr } of await readRules(file)) {
      if (record === undefined) continue
      // It has the labels that its rule names, or those of the recorded series that it is made of.
      const inherited = selectors(expr).flatMap(({ metric }) => recorded.get(metric) ?? [])
      recorded.set(record, [...new Set([...groupings(expr), ...inherited])])
    }
  }
  memory = { metrics, recorded }
  return memory
}
