import type { Dashboard, Panel } from '@grafana/schema'

export interface PanelExpression {
  /** Of the panel or the variable. */
  readonly title: string
  /** As it is in the dashboard. */
  readonly original: string
  /** With its variables filled in, as Grafana sends it to Prometheus. */
  readonly expression: string
}

/**
 * Every expression of a dashboard's panels and variables. Variables of choices stand for all of their values unless
 * `chosen` names one; `$__rate_interval` is a minute unless it is given.
 */
export function expressions(
  { panels = [], templating }: Dashboard,
  chosen: Readonly<Record<string, string>> = {},
): PanelExpression[] {
  const values: Readonly<Record<string, string>> = { __rate_interval: '1m', ...chosen }
  const fill = (title: string, original: string): PanelExpression => ({
    title,
    original,
    expression: original.replace(/\$(\w+)/g, (_, name: string) => values[name] ?? '.*'),
  })
  const ofPanels = panels
    .filter((panel): panel is Panel => panel.type !== 'row')
    .flatMap(({ title = '', targets = [] }) => targets.map(({ expr }) => fill(title, String(expr))))
  const ofVariables = (templating?.list ?? []).flatMap(({ name, query }) => {
    const text = typeof query === 'object' ? String(query.query) : ''
    // label_values(series, label)
    const series = /^label_values\((.*), \w+\)$/.exec(text)?.[1]
    return series === undefined ? [] : [fill(`variable ${name}`, series)]
  })
  return [...ofPanels, ...ofVariables]
}
