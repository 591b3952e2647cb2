import { type Dashboard, DashboardCursorSync, type Panel, type RowPanel, type VariableModel } from '@grafana/schema'
import { link } from './link.ts'
import type { Draft } from './panel.ts'
import { RUNBOOK } from './variables.ts'

const COLUMNS = 24
/** That of Grafana 11.0: newer ones migrate it when they load it, older ones do not know more. */
const SCHEMA_VERSION = 39

export interface Row {
  readonly title: string
  readonly panels: readonly Draft[]
}

export interface DashboardDescription {
  /** Fixed, so that links and bookmarks outlive an update. */
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly variables: readonly VariableModel[]
  readonly rows: readonly Row[]
}

/** Grafana's Classic JSON of a dashboard: panels in rows, from left to right, each as wide as it asks to be. */
export function dashboard({ uid, title, description, variables, rows }: DashboardDescription): Dashboard {
  return {
    id: null,
    uid,
    title,
    description,
    tags: ['copse'],
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    editable: true,
    graphTooltip: DashboardCursorSync.Crosshair,
    refresh: '30s',
    timezone: 'browser',
    time: { from: 'now-1h', to: 'now' },
    timepicker: {},
    annotations: { list: [] },
    links: [
      link('dashboards', { title: 'Copse', tags: ['copse'], asDropdown: true, includeVars: true, keepTime: true }),
      link('link', { title: 'Runbook', url: RUNBOOK, targetBlank: true }),
    ],
    templating: { list: [...variables] },
    panels: place(rows),
  }
}

function place(rows: readonly Row[]): (Panel | RowPanel)[] {
  const placed: (Panel | RowPanel)[] = []
  let y = 0
  for (const { title, panels } of rows) {
    placed.push({
      id: placed.length + 1,
      type: 'row',
      title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
    })
    y += 1
    let x = 0
    let tallest = 0
    for (const { width, height, ...panel } of panels) {
      if (x + width > COLUMNS) {
        y += tallest
        x = 0
        tallest = 0
      }
      placed.push({ id: placed.length + 1, gridPos: { x, y, w: width, h: height }, ...panel })
      x += width
      tallest = Math.max(tallest, height)
    }
    y += tallest
  }
  return placed
}
