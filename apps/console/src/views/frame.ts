import { html, nothing, type TemplateResult } from 'lit-html'
import { stateBadge } from '../elements/state.ts'
import type { Page, View } from '../page.ts'
import { currentTheme, switchTheme } from '../theme-choice.ts'
import { driftView } from './drift.ts'
import { keyView } from './key.ts'
import { modelView } from './model.ts'
import { predictView } from './predict.ts'
import { qualityView } from './quality.ts'
import { trafficView } from './traffic.ts'

const NAMES: Readonly<Record<View, string>> = {
  predict: 'Predict',
  model: 'Model',
  traffic: 'Traffic',
  drift: 'Drift',
  quality: 'Quality',
}

const SHOW: Readonly<Record<View, (page: Page) => TemplateResult>> = {
  predict: predictView,
  model: modelView,
  traffic: trafficView,
  drift: driftView,
  quality: qualityView,
}

/** What is around every view: where one is, what is served, whether it answers. */
export function frame(page: Page): TemplateResult {
  const { view, announcer } = page
  return html`
    <a class="skip" href="#main" @click=${toMain}>Skip to the content</a>
    <header class="top">
      <a class="brand" href="#predict">${mark()}<span>Copse</span></a>
      ${modelPicker(page)}
      <div class="tools">
        ${page.client.key === undefined ? nothing : html`<button type="button" class="plain" @click=${() => page.forgetKey()}>Forget the key</button>`}
        <a class="plain" href="docs">API</a>
        <button type="button" class="plain" @click=${(event: Event) => turnTheme(page, event)}>
          <span aria-hidden="true">${{ auto: '◐', dark: '●', light: '○' }[currentTheme()]}</span>
          <span class="hidden">Colours: </span>${{ auto: 'auto', dark: 'dark', light: 'light' }[currentTheme()]}
        </button>
      </div>
      <nav aria-label="Views">
        ${Object.entries(NAMES).map(
          ([name, text]) => html`
            <a href="#${name}" aria-current=${name === view ? 'page' : nothing}>
              ${text}${name === 'drift' ? driftSign(page) : nothing}
            </a>
          `,
        )}
      </nav>
    </header>
    ${banner(page)}
    <main id="main" tabindex="-1">${page.keyNeeded === undefined ? guarded(page) : keyView(page)}</main>
    <p class="hidden" role="status" aria-live="polite">${announcer.said}</p>
  `
}

/** What a service of another version answers must not take the whole page down. */
function guarded(page: Page): TemplateResult {
  try {
    return SHOW[page.view](page)
  } catch {
    return html`
      <h1 tabindex="-1">${NAMES[page.view]}</h1>
      <p class="card">The service answered something that this page does not understand.</p>
    `
  }
}

/** An address of its own would be that of a view. */
function toMain(event: Event): void {
  event.preventDefault()
  document.getElementById('main')?.focus()
}

function turnTheme(page: Page, event: Event): void {
  switchTheme()
  page.say(`Colours: ${currentTheme()}`)
  // Chromium keeps what a pointer has focused; a press of a key must find it again.
  ;(event.currentTarget as HTMLElement).focus()
}

function mark(): TemplateResult {
  return html`
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path class="leaf" d="M10 3 18 17H2zM10 9 19 25H1z" /><path class="deep" d="M22 9 31 25H13z" />
      <path class="trunk" d="M9 25h2.5v5H9zM21 25h2.5v5H21z" />
    </svg>
  `
}

function modelPicker(page: Page): TemplateResult {
  const { value: models = [] } = page.models
  const model = models[page.selected]
  if (model === undefined) return html`<span class="model"></span>`
  const version = model.version === null ? model.state : `version ${model.version}`
  if (models.length === 1) return html`<span class="model"><strong>${model.name}</strong> ${version}</span>`
  return html`
    <label class="model">
      <span class="hidden">Model</span>
      <select @change=${(event: Event) => page.select((event.currentTarget as HTMLSelectElement).selectedIndex)}>
        ${models.map(
          ({ name, version, state }, index) =>
            html`<option .selected=${index === page.selected}>${name}, ${version === null ? state : `version ${version}`}</option>`,
        )}
      </select>
    </label>
  `
}

function driftSign(page: Page): TemplateResult | typeof nothing {
  const state = page.model.drift.value?.state
  if (state === undefined || state === 'none') return nothing
  return stateBadge(state)
}

/** Not a live region: what it says is said by the one at the end of the page. */
function banner(page: Page): TemplateResult | typeof nothing {
  const { connection, models } = page
  const model = models.value?.[page.selected]
  if (!connection.up) {
    return html`
      <div class="banner bad" id="banner">
        <span>The service does not answer. What is shown is what it said last; this page asks again by itself.</span>
        <button type="button" @click=${() => connection.tryNow()}>Ask now</button>
      </div>
    `
  }
  if (model?.reason) return html`<div class="banner">${model.name}: ${model.reason}</div>`
  if (page.model.info.value?.stale) {
    return html`<div class="banner">The registry does not answer; this is the last version it gave.</div>`
  }
  return nothing
}
