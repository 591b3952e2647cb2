import { formatNumber, formatShare, histogram, overlay } from '@copse/charts'
import { html, nothing, type TemplateResult } from 'lit-html'
import { repeat } from 'lit-html/directives/repeat.js'
import '../elements/chart.ts'
import { numbers } from '../elements/figure.ts'
import { stateBadge } from '../elements/state.ts'
import type { Drift, DriftLevel, DriftSeries } from '../monitoring.ts'
import type { Page } from '../page.ts'
import { driftSummary, nameOf, seriesSentence, span } from '../words.ts'
import { waiting } from './waiting.ts'

const LEVELS: readonly DriftLevel[] = ['none', 'possible', 'drift']
/** Series that are drawn until more are asked for. */
const FIRST_SERIES = 12
const NAMES = ['training', 'now'] as const

const whole = new WeakSet<Page>()

/** How live traffic differs from training: the series that differ most first. */
export function driftView(page: Page): TemplateResult {
  const { value: drift } = page.model.drift
  return html`
    <h1 tabindex="-1">Drift ${drift === undefined ? nothing : stateBadge(drift.state)}</h1>
    ${drift === undefined ? waiting(page.model.drift, 'Asking for the drift') : shown(page, drift)}
  `
}

function shown(page: Page, drift: Drift): TemplateResult {
  const sorted = drift.series.toSorted(
    (a, b) =>
      LEVELS.indexOf(b.state) - LEVELS.indexOf(a.state) ||
      LEVELS.indexOf(b.evidence) - LEVELS.indexOf(a.evidence) ||
      a.q - b.q ||
      b.psi - a.psi,
  )
  const list = whole.has(page) ? sorted : sorted.slice(0, FIRST_SERIES)
  const checked = new Date(drift.checked_at).toLocaleTimeString()
  return html`
    <p class="lead">${driftSummary(drift)}</p>
    <p class="quiet">
      Looked at ${checked}, every ${span(drift.interval_seconds)}, against ${formatNumber(drift.reference_rows)} rows of training.
      A state changes when several looks in a row agree.
    </p>
    <div class="grid narrow">
      ${repeat(
        list,
        ({ kind, name }) => `${kind} ${name}`,
        (series) => card(series),
      )}
    </div>
    ${
      sorted.length > list.length || whole.has(page)
        ? html`
            <button type="button" aria-expanded=${whole.has(page)} @click=${() => toggle(page)}>
              ${whole.has(page) ? `Only the first ${FIRST_SERIES}` : `All ${sorted.length}`}
            </button>
          `
        : nothing
    }
  `
}

function toggle(page: Page): void {
  if (!whole.delete(page)) whole.add(page)
  page.say(whole.has(page) ? 'All series are shown.' : 'The first series are shown.')
}

function card(series: DriftSeries): TemplateResult {
  const name = nameOf(series)
  const since =
    series.state !== 'none' && series.since !== null ? ` since ${new Date(series.since).toLocaleTimeString()}` : ''
  return html`
    <article class="card series ${series.state}" aria-label=${name}>
      <header><h2 title=${name}>${name}</h2> <span>${stateBadge(series.state)}<span class="quiet">${since}</span></span></header>
      <p>${seriesSentence(series)}</p>
      <copse-chart .draw=${(width: number) => draw(series, name, width)}></copse-chart>
      ${numbers(
        name,
        ['Values', 'Training', 'Now'],
        [
          ...series.bins.map(({ label, reference, current }) => [label, formatShare(reference), formatShare(current)]),
          ['missing', formatShare(series.missing.reference), formatShare(series.missing.current)],
        ],
      )}
    </article>
  `
}

function draw({ type, bins, kind }: DriftSeries, title: string, width: number): string {
  const shares = {
    reference: bins.map(({ reference }) => reference),
    current: bins.map(({ current }) => current),
    names: NAMES,
    title,
    width,
    within: 'page',
  } as const
  if (type === 'category')
    return overlay({ ...shares, labels: bins.map(({ label }) => label), valueLabel: 'share of rows' })
  const edges = bins.map(({ from }) => from ?? Number.NEGATIVE_INFINITY)
  edges.push(bins.at(-1)?.to ?? Number.POSITIVE_INFINITY)
  return histogram({ ...shares, edges, valueLabel: kind === 'feature' ? title : 'value' })
}
