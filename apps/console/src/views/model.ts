import { bars, confusionMatrix, formatNumber, formatShare, lines } from '@copse/charts'
import { html, nothing, type TemplateResult } from 'lit-html'
import { until } from 'lit-html/directives/until.js'
import type { Evaluation, Feature, ModelInfo } from '../answers.ts'
import { figure } from '../elements/figure.ts'
import { table } from '../elements/table.ts'
import { type Tile, tiles } from '../elements/tiles.ts'
import { byImportance } from '../form.ts'
import type { Page } from '../page.ts'
import { metricName, metricText } from '../words.ts'
import { waiting } from './waiting.ts'

const MOST_BARS = 15

/** What is served: how good it is, what it looks at, where it comes from. */
export function modelView(page: Page): TemplateResult {
  const { value: info } = page.model.info
  if (info === undefined) return html`<h1 tabindex="-1">Model</h1>${waiting(page.model.info, 'Asking for the model')}`
  const { value: evaluation } = page.model.evaluation
  const { name, version, signature, training } = info
  return html`
    <h1 tabindex="-1">${name} <span class="quiet">version ${version}</span></h1>
    <p class="lead">${purpose(info)}</p>
    ${tiles(scores(info, evaluation))}
    <div class="grid">
      ${evaluation?.confusion ? confusion(info, evaluation.confusion) : nothing}
      ${training.importances.some((share) => share > 0) ? importances(info) : nothing}
      ${(training.oobErrorByTrees?.length ?? 0) > 1 ? outOfBag(info) : nothing}
      ${evaluation ? comparison(evaluation) : nothing}
    </div>
    ${warnings(training.warnings)}
    <section class="card" aria-labelledby="signature">
      <h2 id="signature">Signature</h2>
      ${table({
        caption: 'Features',
        head: ['Feature', 'Type', 'Values in training', 'May be missing', 'Importance'],
        rows: signature.features.map((feature, f) => [
          feature.name,
          feature.type,
          values(feature),
          feature.missing ? 'yes' : 'no',
          formatShare(training.importances[f] ?? Number.NaN),
        ]),
      })}
    </section>
    <div class="grid">
      <section class="card" aria-labelledby="origin">
        <h2 id="origin">Where it comes from</h2>
        ${origin(info)}
      </section>
      <section class="card" aria-labelledby="parameters">
        <h2 id="parameters">Parameters</h2>
        ${table({
          caption: 'Parameters',
          head: ['Parameter', 'Value'],
          rows: Object.entries(info.parameters).map(([key, value]) => [key, parameter(value)]),
        })}
      </section>
    </div>
    <section class="card" aria-labelledby="versions">
      <h2 id="versions">Models of this service</h2>
      ${table({
        caption: 'Models of this service',
        head: ['Model', 'Version', 'Reference', 'State', 'Remark'],
        rows: (page.models.value ?? []).map((one) => [
          one.name,
          one.version ?? '–',
          one.reference,
          one.state,
          one.reason,
        ]),
      })}
    </section>
    ${page.model.card.value === undefined ? nothing : card(page.model.card.value)}
  `
}

function purpose({ signature }: ModelInfo): string {
  const { features, target } = signature
  const from = `from ${features.length} ${features.length === 1 ? 'feature' : 'features'}`
  if (target.type === 'number') return `A random forest that estimates the number ${target.name} ${from}.`
  const names = target.classes.slice(0, 6).join(', ')
  const more = target.classes.length > 6 ? ` and ${target.classes.length - 6} more` : ''
  return `A random forest that tells ${target.name} (${names}${more}) ${from}.`
}

function scores({ trees, nodes, training }: ModelInfo, evaluation: Evaluation | undefined): Tile[] {
  const held = evaluation?.held_out
  const list: Tile[] = Object.entries(held?.metrics ?? {}).map(([name, value]) => ({
    name: metricName(name),
    value: metricText(name, value),
    note: 'held-out rows',
  }))
  if (held === undefined && training.score !== undefined) {
    list.push({ name: 'Out-of-bag score', value: formatNumber(training.score) })
  }
  list.push({ name: 'Trees', value: formatNumber(trees), note: `${formatNumber(nodes)} nodes` })
  list.push({
    name: 'Rows in training',
    value: formatNumber(training.rows),
    ...(held && { note: `${formatNumber(held.rows)} held out` }),
  })
  return list
}

function confusion({ signature: { target } }: ModelInfo, matrix: readonly (readonly number[])[]): TemplateResult {
  const classes = target.type === 'class' ? [...target.classes] : []
  const title = 'Which classes are confused'
  return figure({
    title,
    note: 'Held-out rows: a row for each class as it was, a column for each as it was predicted.',
    draw: (width) => confusionMatrix({ classes, matrix: matrix.flat(), title, width, within: 'page' }),
    head: ['Actual', ...classes],
    rows: matrix.map((row, k) => [classes[k] ?? k, ...row]),
  })
}

function importances({ signature: { features }, training }: ModelInfo): TemplateResult {
  const order = byImportance(features, training.importances)
  const shown = order.slice(0, MOST_BARS)
  const title = 'What it looks at'
  const some = shown.length < order.length ? `The ${shown.length} most important of ${order.length} features. ` : ''
  return figure({
    title,
    note: `${some}Shares of the decrease in impurity: they favour columns of many values and say nothing of causes.`,
    draw: (width) =>
      bars({
        labels: shown.map((f) => features[f]!.name),
        values: shown.map((f) => training.importances[f]!),
        title,
        valueLabel: 'importance',
        width,
        within: 'page',
      }),
    head: ['Feature', 'Importance'],
    rows: order.map((f) => [features[f]!.name, formatShare(training.importances[f]!)]),
  })
}

function outOfBag({ signature: { target }, training }: ModelInfo): TemplateResult {
  const errors = (training.oobErrorByTrees ?? []).map((error) => error ?? Number.NaN)
  const title = 'Do more trees help?'
  const yLabel = target.type === 'class' ? 'share of errors' : 'mean squared error'
  return figure({
    title,
    note: 'Out-of-bag error: on rows that the trees had not seen.',
    draw: (width) =>
      lines({
        series: [{ name: 'error', x: errors.map((_, i) => i + 1), y: errors }],
        title,
        xLabel: 'trees',
        yLabel,
        yHolds: [0],
        width,
        within: 'page',
      }),
    head: ['Trees', yLabel],
    rows: errors.map((error, i) => [i + 1, formatNumber(error)]),
  })
}

function comparison({ held_out, cross_validation }: Evaluation): TemplateResult {
  const names = Object.keys(held_out.metrics)
  return html`
    <section class="card" aria-labelledby="scores">
      <h2 id="scores">Scores</h2>
      <p class="quiet">
        ${formatNumber(held_out.rows)} held-out rows, which nothing was chosen by, and the mean of ${cross_validation.folds} folds
        over the other ${formatNumber(cross_validation.rows)}, with its standard deviation.
      </p>
      ${table({
        caption: 'Scores',
        head: ['Score', 'Held out', 'Cross-validation', 'Deviation'],
        rows: names.map((name) => [
          metricName(name),
          metricText(name, held_out.metrics[name]),
          metricText(name, cross_validation.metrics[name]),
          formatNumber(cross_validation.std[name] ?? Number.NaN),
        ]),
      })}
    </section>
  `
}

function warnings(sentences: readonly string[]): TemplateResult | typeof nothing {
  if (sentences.length === 0) return nothing
  return html`
    <section class="card" aria-labelledby="warnings">
      <h2 id="warnings">Warnings of the training</h2>
      <ul>${sentences.map((text) => html`<li>${text}</li>`)}</ul>
    </section>
  `
}

function values(feature: Feature): string {
  if (feature.type === 'number') {
    return feature.min === null || feature.max === null
      ? 'all missing'
      : `${formatNumber(feature.min)} to ${formatNumber(feature.max)}`
  }
  const shown = feature.levels.slice(0, 6).join(', ')
  return feature.levels.length > 6 ? `${feature.levels.length} levels: ${shown}, …` : shown
}

function parameter(value: unknown): string {
  return typeof value === 'string' ? value : value === null ? 'none' : JSON.stringify(value)
}

function origin(info: ModelInfo): TemplateResult {
  const { reference, aliases, sha256, run_id, created_at, loaded_at, last_reload } = info
  const facts: [string, string | TemplateResult][] = [
    ['Reference', reference],
    ['Aliases', aliases.join(', ') || 'none'],
    ['SHA-256', html`<code class="long">${sha256}</code>`],
    ['Run', run_id === null ? 'none' : html`<code class="long">${run_id}</code>`],
    ['Registered', time(created_at)],
    ['Loaded', time(loaded_at)],
    ['Last look', `${last_reload.result}, ${time(last_reload.at)}`],
  ]
  if (last_reload.message) facts.push(['Refused', last_reload.message])
  return html`<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
}

function time(iso: string): string {
  const date = new Date(iso)
  return Number.isNaN(date.getTime()) ? iso : date.toLocaleString()
}

let parsed: { readonly text: string; readonly shown: Promise<unknown> } | undefined

/** Markdown is read by a module that is loaded when a card is first seen. */
function card(text: string): TemplateResult {
  if (parsed?.text !== text) {
    parsed = { text, shown: import('../elements/markdown.ts').then(({ markdown }) => markdown(text)) }
  }
  return html`
    <details class="card article">
      <summary><h2>The model card</h2></summary>
      ${until(parsed.shown, html`<p class="quiet">…</p>`)}
    </details>
  `
}
