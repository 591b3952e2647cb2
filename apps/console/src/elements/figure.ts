import { html, type TemplateResult } from 'lit-html'
import './chart.ts'
import type { Draw } from './chart.ts'
import { type Row, table } from './table.ts'

export interface FigureContent {
  readonly title: string
  readonly draw: Draw
  /** What the chart shows as a table, for those who would rather read. */
  readonly head: readonly string[]
  readonly rows: readonly Row[]
  /** A sentence below the title. */
  readonly note?: string
}

/** A chart with its title, and its numbers as a table behind it. */
export function figure({ title, draw, head, rows, note }: FigureContent): TemplateResult {
  return html`
    <figure class="card figure">
      <figcaption><h2>${title}</h2>${note ? html`<p class="quiet">${note}</p>` : ''}</figcaption>
      <copse-chart .draw=${draw}></copse-chart>
      ${numbers(title, head, rows)}
    </figure>
  `
}

/** A table that opens on demand. */
export function numbers(title: string, head: readonly string[], rows: readonly Row[]): TemplateResult {
  return html`
    <details class="numbers">
      <summary>Numbers<span class="hidden"> of ${title}</span></summary>
      ${table({ caption: title, head, rows })}
    </details>
  `
}
