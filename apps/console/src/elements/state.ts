import { html, type TemplateResult } from 'lit-html'
import type { DriftLevel } from '../monitoring.ts'
import { STATES } from '../words.ts'

/** Told apart by shape and word, not by colour alone. */
const SIGNS: Readonly<Record<DriftLevel, string>> = { none: '●', possible: '◆', drift: '▲' }

export function stateBadge(state: DriftLevel): TemplateResult {
  return html`<span class="badge ${state}"><span aria-hidden="true">${SIGNS[state] ?? ''}</span> <span class="word">${STATES[state] ?? state}</span></span>`
}
