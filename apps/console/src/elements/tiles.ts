import { html, type TemplateResult } from 'lit-html'

export interface Tile {
  readonly name: string
  readonly value: string | TemplateResult
  readonly note?: string
}

/** A few numbers, large. */
export function tiles(list: readonly Tile[]): TemplateResult {
  return html`
    <dl class="tiles">
      ${list.map(
        ({ name, value, note }) => html`
          <div class="tile">
            <dt>${name}</dt>
            <dd><span class="value">${value}</span>${note ? html`<span class="quiet">${note}</span>` : ''}</dd>
          </div>
        `,
      )}
    </dl>
  `
}
