import { formatNumber, lines } from '@copse/charts'
import { html, type TemplateResult } from 'lit-html'
import { figure } from '../elements/figure.ts'
import { tiles } from '../elements/tiles.ts'
import type { Live, LivePoint } from '../monitoring.ts'
import type { Page } from '../page.ts'
import { waiting } from './waiting.ts'

/** The last minutes of the whole service. */
export function trafficView(page: Page): TemplateResult {
  const { value: live } = page.live
  return html`
    <h1 tabindex="-1">Traffic</h1>
    ${live === undefined ? waiting(page.live, 'Asking for the traffic') : shown(live)}
  `
}

type Read = (point: LivePoint) => number | null

function shown(live: Live): TemplateResult {
  const { now, processes } = live
  return html`
    <p class="lead">The last five minutes of ${processes === 1 ? 'one process' : `${formatNumber(processes)} processes`}, all models together.</p>
    ${tiles([
      { name: 'Requests', value: formatNumber(now.requests_per_second), note: 'a second' },
      { name: 'Predictions', value: formatNumber(now.predictions_per_second), note: 'a second' },
      { name: 'Errors', value: formatNumber(now.errors_per_second), note: 'a second' },
      { name: 'Median', value: latency(now.latency_seconds.p50), note: 'latency' },
      { name: '95 %', value: latency(now.latency_seconds.p95), note: 'are faster' },
      { name: '99 %', value: latency(now.latency_seconds.p99), note: 'are faster' },
    ])}
    <div class="grid">
      ${chart(live, 'Requests', 'a second', [
        ['requests', (point) => point.requests_per_second],
        ['errors', (point) => point.errors_per_second],
      ])}
      ${chart(live, 'Latency', 'milliseconds', [
        ['median', (point) => milliseconds(point.latency_seconds.p50)],
        ['95 %', (point) => milliseconds(point.latency_seconds.p95)],
        ['99 %', (point) => milliseconds(point.latency_seconds.p99)],
      ])}
      ${chart(live, 'Predictions', 'a second', [['predictions', (point) => point.predictions_per_second]])}
    </div>
  `
}

function chart({ series, now }: Live, title: string, unit: string, reads: readonly (readonly [string, Read])[]) {
  const end = Date.parse(now.time)
  const minutes = series.map(({ time }) => (Date.parse(time) - end) / 60_000)
  const read = reads.map(([name, of]) => ({ name, y: series.map((point) => of(point) ?? Number.NaN) }))
  return figure({
    title,
    draw: (width) =>
      lines({
        series: read.map(({ name, y }) => ({ name, x: minutes, y })),
        title,
        xLabel: 'minutes from now',
        xHolds: [-5, 0],
        yLabel: unit,
        yHolds: [0],
        width,
        within: 'page',
      }),
    head: ['Time', ...reads.map(([name]) => `${name}, ${unit}`)],
    rows: series.map(({ time }, i) => [
      new Date(time).toLocaleTimeString(),
      ...read.map(({ y }) => formatNumber(y[i]!)),
    ]),
  })
}

function milliseconds(seconds: number | null): number | null {
  return seconds === null ? null : seconds * 1000
}

function latency(seconds: number | null): string {
  return seconds === null ? '–' : `${formatNumber(seconds * 1000)} ms`
}
