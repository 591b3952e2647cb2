import { readdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Dashboard, Panel } from '@grafana/schema'
import t from 'tap'
import { DASHBOARDS, file, text } from '../src/dashboards/all.ts'
import { expressions } from '../src/dashboards/expressions.ts'
import { parse } from '../src/expression.ts'
import { readRules, ruleFiles } from '../src/rules.ts'
import { unknownIn } from './known.ts'

const FOLDER = dirname(file(DASHBOARDS[0]!))
const panelsOf = ({ panels = [] }: Dashboard) => panels.filter((panel): panel is Panel => panel.type !== 'row')

t.test('the dashboards are the four that are kept', async (t) => {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.json'))
  t.strictSame(names.sort(), ['drift.json', 'model.json', 'runtime.json', 'service.json'])
  for (const dashboard of DASHBOARDS) {
    t.equal(
      await readFile(file(dashboard), 'utf8'),
      text(dashboard),
      'made by `pnpm --filter @copse/observability run dashboards`',
    )
  }
})

for (const dashboard of DASHBOARDS) {
  t.test(`${dashboard.uid} can be provisioned anywhere`, async (t) => {
    t.equal(dashboard.id, null)
    t.match(dashboard.uid, /^copse-[a-z]+$/)
    t.match(dashboard.description, /\S/)
    const sources = dashboard.templating?.list?.filter(({ type }) => type === 'datasource')
    t.match(sources, [{ name: 'datasource', query: 'prometheus' }])
    for (const reference of text(dashboard).matchAll(/"uid": "(.*)"/g)) {
      t.ok([dashboard.uid, '$datasource'].includes(reference[1]!), 'no data source by its uid')
    }
    const asked = Array.from(text(dashboard).matchAll(/\$(?!__)([a-z]+)\b/g), ([, name]) => name)
    const given = dashboard.templating?.list?.map(({ name }) => name)
    t.strictSame([...new Set(asked)].sort(), given?.sort(), 'each variable is used and each use has its variable')
  })

  t.test(`${dashboard.uid} has a place for each panel`, async (t) => {
    const placed = dashboard.panels ?? []
    for (const [index, { gridPos: one, title }] of placed.entries()) {
      const inside = one!.x >= 0 && one!.x + one!.w <= 24 && one!.w > 0 && one!.h > 0
      const apart = placed.slice(0, index).every(({ gridPos: other }) => {
        const beside = one!.x >= other!.x + other!.w || other!.x >= one!.x + one!.w
        return beside || one!.y >= other!.y + other!.h || other!.y >= one!.y + one!.h
      })
      t.ok(inside && apart, `${title} stands alone`)
    }
    t.equal(new Set(placed.map(({ id }) => id)).size, placed.length)
  })

  t.test(`${dashboard.uid} says what its panels show`, async (t) => {
    const alerts = (await Promise.all((await ruleFiles()).map(readRules))).flat().flatMap(({ alert }) => alert ?? [])
    for (const { title, description, fieldConfig, links = [], targets } of panelsOf(dashboard)) {
      t.match(description, /\.$/, `${title}: a sentence`)
      t.match(fieldConfig?.defaults.unit, /^[A-Za-z]+$/, `${title}: a unit`)
      t.ok((targets?.length ?? 0) > 0, `${title}: a query`)
      for (const link of links) {
        t.ok(alerts.includes(link.title), link.title)
        t.equal(link.url, `docs/runbook.md#${link.title.toLowerCase()}`)
      }
    }
    t.ok(panelsOf(dashboard).some(({ links }) => links?.length))
  })

  t.test(`every expression of ${dashboard.uid} parses and asks for series and labels that there are`, async (t) => {
    for (const { title, expression, original } of expressions(dashboard)) {
      t.doesNotThrow(() => parse(expression), title)
      t.strictSame(await unknownIn(expression), [], title)
      if (/\b(rate|increase)\(/.test(original) && !/\[(15m|1h)\]/.test(original)) {
        t.match(original, '[$__rate_interval]', title)
      }
    }
  })
}
