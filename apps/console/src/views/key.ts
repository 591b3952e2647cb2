import { html, type TemplateResult } from 'lit-html'
import { ref } from 'lit-html/directives/ref.js'
import type { Page } from '../page.ts'

/** Asks for a key, which stays in this tab. */
export function keyView(page: Page): TemplateResult {
  return html`
    <h1 tabindex="-1">A key is needed</h1>
    <form class="card key" @submit=${(event: SubmitEvent) => take(page, event)}>
      <p id="why">${page.keyNeeded}</p>
      <label for="key">Key</label>
      <input ${ref(focusFirst)} id="key" name="key" type="password" autocomplete="off" spellcheck="false" required aria-describedby="why kept">
      <button type="submit" class="main">Use this key</button>
      <p class="quiet" id="kept">It needs the scope predict, is kept for this tab only, and is sent to this service only.</p>
    </form>
  `
}

function take(page: Page, event: SubmitEvent): void {
  event.preventDefault()
  const key = new FormData(event.currentTarget as HTMLFormElement).get('key')
  page.useKey(String(key ?? '').trim())
}

/** The same function each time, so it is called when the field appears and not at every drawing. */
function focusFirst(field: Element | undefined): void {
  if (field instanceof HTMLElement) requestAnimationFrame(() => field.focus())
}
