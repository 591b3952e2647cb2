import { formatNumber } from '@copse/charts'
import { html, nothing, type TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import type { CategoryFeature, Feature, NumberFeature } from '../answers.ts'
import { featureOf, readField } from '../form.ts'
import type { Page } from '../page.ts'
import { sliderOver } from '../slider.ts'

/** Levels up to which they are a list to choose from; of more, a text is completed. */
const MOST_OPTIONS = 200
/** Levels that complete a text. */
const MOST_COMPLETIONS = 100

/** One feature of the form: what stands in it, and what is to be said of that. */
export function field(page: Page, f: number, feature: Feature): TemplateResult {
  const text = page.trial.texts[f] ?? null
  const reading = readField(feature, text)
  const refused = featureOf(page.trial.refusal?.path) === f ? page.trial.refusal?.message : undefined
  const problem = refused ?? ('problem' in reading ? reading.problem : undefined)
  const note = problem ?? ('note' in reading ? reading.note : undefined)
  const about = note === undefined ? nothing : `about-${f}`
  return html`
    <div class="field ${problem ? 'wrong' : ''} ${page.trial.focused === f ? 'focused' : ''}" @focusin=${() => page.trial.focus(f)}>
      ${
        feature.type === 'number'
          ? numberField({ page, f, feature, text: text ?? '', about, wrong: problem !== undefined })
          : categoryField({ page, f, feature, text, about, wrong: problem !== undefined })
      }
      ${note === undefined ? nothing : html`<p class=${problem ? 'problem' : 'note'} id="about-${f}">${note}</p>`}
    </div>
  `
}

interface FieldOf<F, T> {
  readonly page: Page
  readonly f: number
  readonly feature: F
  readonly text: T
  readonly about: string | typeof nothing
  readonly wrong: boolean
}

function numberField({ page, f, feature, text, about, wrong }: FieldOf<NumberFeature, string>): TemplateResult {
  const { name, min, max, missing } = feature
  const slider = sliderOver(min, max)
  const value = Number(text)
  const place = slider === undefined || text.trim() === '' || Number.isNaN(value) ? undefined : slider.placeOf(value)
  return html`
    <label for="field-${f}" title=${name}>${name}</label>
    <input
      id="field-${f}" type="text" inputmode="decimal" spellcheck="false"
      placeholder=${missing ? 'missing' : ''} .value=${live(text)}
      aria-invalid=${wrong} aria-describedby=${about}
      @input=${(event: Event) => page.trial.setText(f, (event.currentTarget as HTMLInputElement).value)}
    >
    ${
      slider === undefined || min === null || max === null
        ? nothing
        : html`
            <div class="slide">
              <input
                type="range" min="0" max=${slider.last} step="1" class=${place === undefined ? 'unset' : ''}
                aria-label="${name}, slider" aria-valuetext=${place === undefined ? 'missing' : formatNumber(value)}
                .value=${live(String(place ?? Math.round(slider.last / 2)))}
                @input=${(event: Event) =>
                  page.trial.setText(
                    f,
                    String(slider.valueAt(Number((event.currentTarget as HTMLInputElement).value))),
                  )}
              >
              <span class="ends" aria-hidden="true"><span>${formatNumber(min)}</span><span>${formatNumber(max)}</span></span>
            </div>
          `
    }
  `
}

function categoryField(given: FieldOf<CategoryFeature, string | null>): TemplateResult {
  const { page, f, feature, text, about, wrong } = given
  const { name, levels, missing } = feature
  const known = text !== null && levels.includes(text)
  if (levels.length > MOST_OPTIONS) return longCategoryField(given)
  return html`
    <label for="field-${f}" title=${name}>${name}</label>
    <select
      id="field-${f}" aria-invalid=${wrong} aria-describedby=${about}
      @change=${(event: Event) => page.trial.setText(f, chosen(event.currentTarget as HTMLSelectElement, missing, levels))}
    >
      ${missing ? html`<option .selected=${text === null}>(missing)</option>` : nothing}
      ${levels.map((level) => html`<option .selected=${known && level === text}>${level}</option>`)}
      <option .selected=${text !== null && !known}>Another text …</option>
    </select>
    ${
      text === null || known
        ? nothing
        : html`
            <input
              class="wide" type="text" aria-label="${name}, another text" spellcheck="false" .value=${live(text)}
              @input=${(event: Event) => page.trial.setText(f, (event.currentTarget as HTMLInputElement).value)}
            >
          `
    }
  `
}

/** What the chosen place of the list means: missing, a level, or a text that is no level. */
function chosen({ selectedIndex }: HTMLSelectElement, missing: boolean, levels: readonly string[]): string | null {
  const place = missing ? selectedIndex - 1 : selectedIndex
  return place < 0 ? null : (levels[place] ?? '')
}

/** More levels than a list can be read for: a text, completed from those that begin with it or hold it. */
function longCategoryField({
  page,
  f,
  feature,
  text,
  about,
  wrong,
}: FieldOf<CategoryFeature, string | null>): TemplateResult {
  const { name, levels, missing } = feature
  const typed = (text ?? '').toLowerCase()
  const fitting = levels.filter((level) => level.toLowerCase().includes(typed)).slice(0, MOST_COMPLETIONS)
  return html`
    <label for="field-${f}" title=${name}>${name}</label>
    <input
      id="field-${f}" class="wide" type="text" list="levels-${f}" spellcheck="false" placeholder=${missing ? 'missing' : ''}
      .value=${live(text ?? '')} aria-invalid=${wrong} aria-describedby=${about}
      @input=${(event: Event) => {
        const { value } = event.currentTarget as HTMLInputElement
        page.trial.setText(f, value === '' && missing ? null : value)
      }}
    >
    <datalist id="levels-${f}">${fitting.map((level) => html`<option value=${level}></option>`)}</datalist>
  `
}
