import { html, type TemplateResult } from 'lit-html'
import type { Resource } from '../resource.ts'

/** What stands where an answer is not there yet, or never will be. */
export function waiting(resource: Resource<unknown>, what: string): TemplateResult {
  const { error } = resource
  return error === undefined ? html`<p class="card quiet">${what} …</p>` : html`<p class="card">${error.message}</p>`
}
