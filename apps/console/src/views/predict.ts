import { bars, formatNumber, formatShare, lines } from '@copse/charts'
import { html, nothing, type TemplateResult } from 'lit-html'
import type { Answer, Example, Feature, ModelInfo, Target } from '../answers.ts'
import type { Curve } from '../curve.ts'
import { figure, numbers } from '../elements/figure.ts'
import { byImportance, textsOf } from '../form.ts'
import type { Page } from '../page.ts'
import { field } from './field.ts'
import { waiting } from './waiting.ts'

/** Fields that are shown until more are asked for. */
const FIRST_FIELDS = 12
/** Classes with a bar, and with a line. */
const MOST_BARS = 8
const MOST_LINES = 5

/** Pages whose whole form was asked for. */
const whole = new WeakSet<Page>()

/** A form made from the signature, and what the model says of it, as it is filled. */
export function predictView(page: Page): TemplateResult {
  const { value: info } = page.model.info
  if (info === undefined) return html`<h1 tabindex="-1">Predict</h1>${waiting(page.model.info, 'Asking for the model')}`
  const { signature } = info
  return html`
    <h1 tabindex="-1">${title(signature.target)}</h1>
    <p class="lead">Move a slider and see what <strong>${info.name}</strong> says. Nothing of it is counted as traffic.</p>
    <div class="predict">
      <section class="answer" aria-labelledby="answer-title">${answerCard(page, signature.target)}</section>
      <section class="form" aria-labelledby="form-title">
        <div class="card">
          <h2 id="form-title">Features</h2>
          ${examples(page, page.model.examples.value ?? [], info)} ${fields(page, info)}
        </div>
      </section>
      <section class="curve" aria-label="Curve">${curveCard(page, info)}</section>
      <section class="request" aria-label="The request">${request(page)}</section>
    </div>
  `
}

function title({ name }: Target): string {
  return `Predict ${name}`
}

function examples(page: Page, list: readonly Example[], { signature }: ModelInfo): TemplateResult | typeof nothing {
  if (list.length === 0) return nothing
  const texts = list.map(({ answer, confidence }) => `${answer} ${confidence === null ? '' : formatShare(confidence)}`)
  const shown = list.filter((_, i) => texts.indexOf(texts[i]!) === i)
  return html`
    <div class="examples" role="group" aria-label="Examples">
      <span class="quiet">Examples</span>
      ${shown.map(
        ({ features, answer, confidence }) => html`
          <button type="button" class="chip" @click=${() => page.trial.setTexts(textsOf(signature.features, features))}>
            ${typeof answer === 'number' ? formatNumber(answer) : answer}${confidence === null ? nothing : html` <span class="quiet">${formatShare(confidence)}</span>`}
          </button>
        `,
      )}
    </div>
  `
}

function fields(page: Page, { signature, training }: ModelInfo): TemplateResult {
  const { features } = signature
  const order = byImportance(features, training.importances)
  const shown = whole.has(page) ? order : order.slice(0, FIRST_FIELDS)
  return html`
    <form class="fields" autocomplete="off" @submit=${(event: Event) => event.preventDefault()}>
      ${shown.map((f) => field(page, f, features[f]!))}
    </form>
    ${
      order.length > FIRST_FIELDS
        ? html`
            <button type="button" aria-expanded=${whole.has(page)} @click=${() => toggle(page)}>
              ${whole.has(page) ? `Only the ${FIRST_FIELDS} most important` : `All ${order.length} features`}
            </button>
            <p class="quiet">The most important first.</p>
          `
        : nothing
    }
  `
}

function toggle(page: Page): void {
  if (!whole.delete(page)) whole.add(page)
  page.say(whole.has(page) ? 'All features are shown.' : 'The most important features are shown.')
  page.trial.ask()
}

function answerCard(page: Page, target: Target): TemplateResult {
  const { answer, refusal, row, took } = page.trial
  return html`
    <div class="card">
      <h2 id="answer-title">Prediction</h2>
      ${
        refusal
          ? html`<p class="problem">${refusal.message}</p>`
          : answer === undefined
            ? html`<p class="quiet">${row === undefined ? 'Fill in the fields that are marked.' : '…'}</p>`
            : html`${shownAnswer(answer, target, row === undefined)}
                <p class="quiet took">${row === undefined ? 'Of the values before: a field is marked.' : `Answered in ${formatNumber(Math.round(took))} ms`}</p>`
      }
    </div>
  `
}

function shownAnswer(answer: Answer, target: Target, old: boolean): TemplateResult {
  if (answer.type === 'number') {
    return html`<p class="verdict ${old ? 'old' : ''}"><output>${formatNumber(answer.value)}</output> <span class="quiet">${target.name}</span></p>`
  }
  const classes = target.type === 'class' ? target.classes : []
  const ranked = classes.length > MOST_BARS
  const shares = classes.map((name, k) => ({ name, share: answer.probabilities[k]!, k }))
  const list = ranked ? shares.toSorted((a, b) => b.share - a.share).slice(0, MOST_BARS) : shares
  const head = [target.name, 'Probability']
  return html`
    <p class="verdict ${old ? 'old' : ''}">
      <output>${classes[answer.best] ?? answer.best}</output> <span class="share">${formatShare(answer.confidence)}</span>
    </p>
    <ul class="bars" aria-label="Probabilities">
      ${list.map(
        ({ name, share, k }) => html`
          <li class=${k === answer.best ? 'best' : ''}>
            <span class="name" title=${name}>${name}</span>
            <svg class="bar copse-chart" aria-hidden="true"><rect class="track" width="100%" height="100%" rx="4" /><rect class="fill f${k % 8}" width=${percent(share)} height="100%" rx="4" /></svg>
            <span class="share">${formatShare(share)}</span>
          </li>
        `,
      )}
    </ul>
    ${
      ranked
        ? html`<p class="quiet">The ${MOST_BARS} likeliest of ${classes.length} classes.</p>
            ${numbers(
              'all probabilities',
              head,
              shares.map(({ name, share }) => [name, formatShare(share)]),
            )}`
        : nothing
    }
  `
}

function percent(share: number): string {
  return `${Math.round(Math.min(Math.max(share || 0, 0), 1) * 1000) / 10}%`
}

/** How the answer changes with the feature that was touched last, while the others stay. */
function curveCard(page: Page, { signature }: ModelInfo): TemplateResult | typeof nothing {
  const { curve, texts } = page.trial
  const feature = curve && signature.features[curve.feature]
  if (curve === undefined || feature === undefined || curve.answers.length < 2) return nothing
  const series = curveSeries(curve, signature.target)
  const yLabel = signature.target.type === 'class' ? 'probability' : signature.target.name
  const heading = `What ${feature.name} changes`
  return figure({
    title: heading,
    note: 'All other features stay as they are in the form.',
    draw: (width) => drawCurve({ curve, feature, series, yLabel, heading, width, text: texts[curve.feature] ?? null }),
    head: [feature.name, ...series.map(({ name }) => name)],
    rows: curve.cells.map((cell, i) => [cell ?? 'missing', ...series.map(({ values }) => formatNumber(values[i]!))]),
  })
}

interface CurveSeries {
  readonly name: string
  readonly values: readonly number[]
}

/** A line for each class that is ever likely, in the order of the classes; or the one of values. */
function curveSeries({ answers }: Curve, target: Target): CurveSeries[] {
  if (target.type === 'number') {
    return [{ name: target.name, values: answers.map((one) => (one.type === 'number' ? one.value : Number.NaN)) }]
  }
  const all = target.classes.map((name, k) => ({
    name,
    k,
    values: answers.map((one) => (one.type === 'class' ? one.probabilities[k]! : Number.NaN)),
  }))
  const most = ({ values }: CurveSeries) => Math.max(...values)
  const kept = all.toSorted((a, b) => most(b) - most(a)).slice(0, MOST_LINES)
  return kept.sort((a, b) => a.k - b.k)
}

interface Drawn {
  readonly curve: Curve
  readonly feature: Feature
  readonly series: readonly CurveSeries[]
  readonly yLabel: string
  readonly heading: string
  readonly width: number
  /** What the field holds. */
  readonly text: string | null
}

function drawCurve({ curve, feature, series, yLabel, heading, width, text }: Drawn): string {
  if (feature.type === 'category') {
    // Of one class or value: bars of several would be many.
    const index = text === null ? -1 : curve.cells.indexOf(text)
    const shown = series.reduce((best, one) => (one.values[index]! > best.values[index]! ? one : best), series[0]!)
    return bars({
      labels: curve.cells.map((cell) => `${cell ?? 'missing'}${cell === text ? ' ◂' : ''}`),
      values: shown.values,
      title: heading,
      valueLabel: yLabel === 'probability' ? `probability of ${shown.name}` : yLabel,
      width,
      within: 'page',
    })
  }
  const x = curve.cells.map(Number)
  const mark = text === null || text.trim() === '' ? undefined : Number(text)
  return lines({
    series: series.map(({ name, values }) => ({ name, x, y: values })),
    title: heading,
    xLabel: feature.name,
    yLabel,
    ...(yLabel === 'probability' && { yHolds: [0, 1] }),
    ...(mark !== undefined && { xMark: mark }),
    width,
    within: 'page',
  })
}

/** The same prediction from a program. */
function request(page: Page): TemplateResult | typeof nothing {
  const { client, selected } = page
  const { row } = page.trial
  if (row === undefined || selected !== 0) return nothing
  const key = client.key === undefined ? '' : ` \\\n  -H "authorization: Bearer $COPSE_API_KEY"`
  const body = JSON.stringify({ features: row }).replaceAll("'", "'\\''")
  return html`
    <details class="card">
      <summary>From a program</summary>
      <pre tabindex="0"><code>curl -s ${new URL('predict', location.href).href} -H 'content-type: application/json'${key} \\
  -d '${body}'</code></pre>
    </details>
  `
}
