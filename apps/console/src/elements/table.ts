import { html, type TemplateResult } from 'lit-html'

/** The first cell names the row. */
export type Row = readonly (string | number | TemplateResult)[]

export interface TableContent {
  /** Named for those who do not see the heading above it. */
  readonly caption: string
  readonly head: readonly string[]
  readonly rows: readonly Row[]
}

/** Most rows that are shown: a table is for reading. */
const MOST_ROWS = 1000

/** A table that scrolls sideways by itself where the page is narrow. */
export function table({ caption, head, rows }: TableContent): TemplateResult {
  const shown = rows.slice(0, MOST_ROWS)
  return html`
    <div class="scroll" role="group" aria-label=${caption} tabindex="0">
      <table>
        <caption class="hidden">${caption}</caption>
        <thead>
          <tr>${head.map((cell) => html`<th scope="col">${cell === '' ? html`<span class="hidden">Name</span>` : cell}</th>`)}</tr>
        </thead>
        <tbody>
          ${shown.map(([name, ...cells]) => html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}
        </tbody>
      </table>
    </div>
    ${shown.length < rows.length ? html`<p class="quiet">The first ${shown.length} of ${rows.length} rows.</p>` : ''}
  `
}
