import { bars, formatNumber, formatShare, lines } from '@copse/charts'
import { html, nothing, type TemplateResult } from 'lit-html'
import { figure } from '../elements/figure.ts'
import { table } from '../elements/table.ts'
import { type Tile, tiles } from '../elements/tiles.ts'
import type { Performance, PerformancePoint } from '../monitoring.ts'
import type { Page } from '../page.ts'
import { count, duration, span } from '../words.ts'
import { waiting } from './waiting.ts'

const RESULTS: Readonly<Record<string, string>> = {
  matched: 'met their prediction',
  repeated: 'were sent again',
  conflict: 'said something else than before',
  late: 'came too late',
  unmatched: 'are of predictions that are not known',
  invalid: 'are no label of this model',
}

/** How good the answers were, as far as labels tell. */
export function qualityView(page: Page): TemplateResult {
  const { value: performance } = page.model.performance
  return html`
    <h1 tabindex="-1">Quality</h1>
    ${performance === undefined ? waiting(page.model.performance, 'Asking for the quality') : shown(performance)}
  `
}

function shown(performance: Performance): TemplateResult {
  const { answered, labelled, window_seconds, results } = performance
  return html`
    <p class="lead">
      ${count(labelled, 'label')} for ${count(answered, 'prediction')} of the last ${span(window_seconds)}.
    </p>
    ${tiles(performance.type === 'class' ? ofClasses(performance) : ofNumbers(performance))}
    ${labelled === 0 ? how() : nothing}
    <div class="grid">
      ${overTime(performance)} ${performance.type === 'class' && labelled > 0 ? recall(performance) : nothing}
      <section class="card" aria-labelledby="labels">
        <h2 id="labels">What became of the labels</h2>
        ${table({
          caption: 'What became of the labels',
          head: ['Labels that', 'Count'],
          rows: Object.entries(results).map(([name, value]) => [RESULTS[name] ?? name, formatNumber(value)]),
        })}
      </section>
    </div>
  `
}

function ofClasses({ accuracy, log_loss, ece, estimate, lag }: Performance): Tile[] {
  const error =
    estimate.error === null ? undefined : `it was ${formatShare(Math.abs(estimate.error))} off where labels came`
  return [
    { name: 'Accuracy', value: share(accuracy), note: 'of labelled predictions' },
    { name: 'Accuracy, estimated', value: share(estimate.accuracy), note: error ?? 'from confidence, without labels' },
    { name: 'Log loss', value: number(log_loss) },
    { name: 'Calibration error', value: share(ece), note: 'confidence less accuracy' },
    {
      name: 'Labels come after',
      value: lag.mean_seconds === null ? '–' : duration(lag.mean_seconds),
      note: 'on average',
    },
  ]
}

function ofNumbers({ rmse, mae, bias, r2, coverage, lag }: Performance): Tile[] {
  return [
    { name: 'RMSE', value: number(rmse) },
    { name: 'Mean error, absolute', value: number(mae) },
    { name: 'Bias', value: number(bias), note: 'label less answer' },
    { name: 'R²', value: number(r2) },
    { name: 'Within the usual', value: share(coverage), note: '90 % where nothing changed' },
    {
      name: 'Labels come after',
      value: lag.mean_seconds === null ? '–' : duration(lag.mean_seconds),
      note: 'on average',
    },
  ]
}

function share(value: number | null): string {
  return value === null ? '–' : formatShare(value)
}

function number(value: number | null): string {
  return value === null ? '–' : formatNumber(value)
}

function how(): TemplateResult {
  return html`
    <section class="card" aria-labelledby="how">
      <h2 id="how">No labels yet</h2>
      <p>Send what turned out to be true, with the id that came with the prediction in <code>x-prediction-id</code>:</p>
      <pre tabindex="0"><code>curl -s ${new URL('feedback', location.href).href} -H 'content-type: application/json' \\
  -d '{"prediction_id":"ID","label":"LABEL"}'</code></pre>
    </section>
  `
}

function overTime({ type, history, sub_window_seconds, window_seconds }: Performance): TemplateResult {
  const title = type === 'class' ? 'Accuracy over time' : 'Error over time'
  const reads: readonly (readonly [string, (point: PerformancePoint) => number | null])[] =
    type === 'class'
      ? [
          ['with labels', (point) => point.accuracy],
          ['estimated', (point) => point.estimated_accuracy],
        ]
      : [
          ['RMSE', (point) => point.rmse],
          ['mean absolute', (point) => point.mae],
        ]
  const now = Date.now()
  const [unit, name] = sub_window_seconds >= 600 ? ([3_600_000, 'hours'] as const) : ([60_000, 'minutes'] as const)
  const x = history.map(({ from }) => (Date.parse(from) - now) / unit)
  const shownAs = type === 'class' ? formatShare : formatNumber
  return figure({
    title,
    note: `A point for each ${span(sub_window_seconds)}.`,
    draw: (width) =>
      lines({
        series: reads.map(([series, of]) => ({ name: series, x, y: history.map((point) => of(point) ?? Number.NaN) })),
        title,
        xLabel: `${name} from now`,
        xHolds: [(-1000 * window_seconds) / unit, 0],
        yLabel: type === 'class' ? 'accuracy' : 'error',
        yHolds: type === 'class' ? [0, 1] : [0],
        width,
        within: 'page',
      }),
    head: ['From', 'Predictions', 'Labels', ...reads.map(([series]) => series)],
    rows: history.map((point) => [
      new Date(point.from).toLocaleTimeString(),
      formatNumber(point.answered),
      formatNumber(point.labelled),
      ...reads.map(([, of]) => shownAs(of(point) ?? Number.NaN)),
    ]),
  })
}

function recall({ recall: classes }: Performance): TemplateResult {
  const title = 'Recall by class'
  return figure({
    title,
    note: 'Of the labels of a class, the share that was predicted as it.',
    draw: (width) =>
      bars({
        labels: classes.map((one) => one.class),
        values: classes.map((one) => one.recall ?? Number.NaN),
        title,
        valueLabel: 'recall',
        width,
        within: 'page',
      }),
    head: ['Class', 'Labels', 'Recall'],
    rows: classes.map((one) => [one.class, one.labels, share(one.recall)]),
  })
}
