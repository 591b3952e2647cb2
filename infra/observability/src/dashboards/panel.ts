import type { GraphFieldConfig, Panel, Threshold, ValueMapping } from '@grafana/schema'
import { GraphDrawStyle, LegendDisplayMode, StackingMode, ThresholdsMode, TooltipDisplayMode } from '@grafana/schema'
import { link } from './link.ts'
import { DATASOURCE, RUNBOOK } from './variables.ts'

/** A panel without its place; `dashboard` gives it a number and a place. */
export interface Draft extends Omit<Panel, 'id' | 'gridPos'> {
  readonly title: string
  /** Of 24 columns. */
  readonly width: number
  /** In grid units of about 30 pixels. */
  readonly height: number
}

export interface Query {
  readonly expr: string
  /** With `{{label}}`; default: all labels. */
  readonly legend?: string
}

export interface Description {
  readonly title: string
  /** What it shows and what to make of it; people read it from the panel's corner. */
  readonly description: string
  /** Grafana's id of the unit: `s`, `bytes`, `percentunit` (1 = 100 %), `reqps`, `short`, … */
  readonly unit: string
  readonly queries: readonly Query[]
  readonly width?: number
  readonly height?: number
  /** Alerts whose runbook sections the panel links to. */
  readonly alerts?: readonly string[]
  readonly min?: number
  readonly max?: number
  /** Bounds above which a value is shown in another colour. */
  readonly thresholds?: readonly (readonly [value: number, color: string])[]
  readonly mappings?: readonly ValueMapping[]
}

/** Values over time. */
export function lines(from: Description & { readonly stacked?: boolean }): Draft {
  const custom: GraphFieldConfig = {
    drawStyle: GraphDrawStyle.Line,
    lineWidth: 1,
    fillOpacity: from.stacked ? 40 : 8,
    ...(from.stacked && { stacking: { mode: StackingMode.Normal, group: 'A' } }),
  }
  return panel('timeseries', from, { custom }, { legend: LEGEND, tooltip: { mode: TooltipDisplayMode.Multi } })
}

/** One number a query, as of now. */
export function stat(from: Description): Draft {
  const options = {
    reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    colorMode: 'value',
    graphMode: 'area',
    textMode: 'auto',
  }
  return panel('stat', { width: 4, height: 4, ...from }, {}, options)
}

/** One row a series, as of now, with the labels of `columns` in that order. */
export function table(from: Description & { readonly columns: readonly string[]; readonly value?: string }): Draft {
  const { columns, value = 'Value' } = from
  const shown = [...columns, 'Value']
  const made = panel('table', from, {}, { showHeader: true })
  return {
    ...made,
    targets: targets(from).map((target) => ({ ...target, format: 'table', instant: true, range: false })),
    transformations: [
      { id: 'filterFieldsByName', options: { include: { names: shown } } },
      {
        id: 'organize',
        options: {
          indexByName: Object.fromEntries(shown.map((name, index) => [name, index])),
          renameByName: { Value: value },
        },
      },
    ],
  }
}

/** A state a series over time; its names and colours are the `mappings`. */
export function states(from: Description): Draft {
  return panel(
    'state-timeline',
    from,
    { custom: { fillOpacity: 80, lineWidth: 0 } },
    { legend: LEGEND, showValue: 'never' },
  )
}

/** Counts of a histogram's buckets over time. */
export function heatmap(from: Description): Draft {
  const made = panel('heatmap', from, {}, { calculate: false, yAxis: { unit: from.unit }, legend: { show: true } })
  return { ...made, targets: targets(from).map((target) => ({ ...target, format: 'heatmap' })) }
}

/** As of now: a group a value of the label `by`, a bar a query. */
export function bars(from: Description & { readonly by: string }): Draft {
  const made = panel('barchart', from, {}, { legend: LEGEND, xField: from.by, showValue: 'never' })
  const names = from.queries.map(({ legend }, index) => [`Value #${refId(index)}`, legend ?? refId(index)] as const)
  return {
    ...made,
    targets: targets(from).map((target) => ({ ...target, format: 'table', instant: true, range: false })),
    transformations: [
      { id: 'joinByField', options: { byField: from.by, mode: 'outer' } },
      { id: 'filterFieldsByName', options: { include: { names: [from.by, ...names.map(([name]) => name)] } } },
      { id: 'organize', options: { renameByName: Object.fromEntries(names) } },
    ],
  }
}

const LEGEND = { displayMode: LegendDisplayMode.List, placement: 'bottom', showLegend: true, calcs: [] }

function panel(
  type: string,
  from: Description,
  more: { readonly custom?: object },
  options: Record<string, unknown>,
): Draft {
  const { title, description, unit, width = 12, height = 8, alerts = [], min, max, thresholds, mappings } = from
  const steps: Threshold[] = (thresholds ?? []).map(([value, color]) => ({ value, color }))
  return {
    type,
    title,
    description,
    width,
    height,
    datasource: DATASOURCE,
    targets: targets(from),
    fieldConfig: {
      defaults: {
        unit,
        ...(min !== undefined && { min }),
        ...(max !== undefined && { max }),
        // The first step holds from minus infinity, which JSON writes as null.
        ...(steps.length > 0 && {
          thresholds: { mode: ThresholdsMode.Absolute, steps: [{ value: null, color: 'green' }, ...steps] },
        }),
        ...(mappings && { mappings: [...mappings] }),
        ...(more.custom && { custom: { ...more.custom } }),
      },
      overrides: [],
    },
    options,
    ...(alerts.length > 0 && {
      links: alerts.map((alert) =>
        link('link', { title: alert, url: `${RUNBOOK}#${alert.toLowerCase()}`, targetBlank: true }),
      ),
    }),
  }
}

function targets({ queries }: Description): Record<string, unknown>[] {
  return queries.map(({ expr, legend }, index) => ({
    refId: refId(index),
    datasource: DATASOURCE,
    expr,
    ...(legend !== undefined && { legendFormat: legend }),
  }))
}

function refId(index: number): string {
  return String.fromCharCode(65 + index)
}
