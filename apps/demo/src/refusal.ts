import { textAt } from './json.ts'

/** How the service says no. */
export interface Refusal {
  readonly code: string
  readonly message: string
  /** Of the part of the body that is at fault. */
  readonly path: string | undefined
}

/** The refusal in the JSON of an answer: coded, with a sentence; undefined when it is none. */
export function refusalOf(json: unknown): Refusal | undefined {
  const code = textAt(json, 'code')
  const message = textAt(json, 'message')
  if (!code || !message || !textAt(json, 'error') || !/^[A-Z]+_ERR_[A-Z0-9_]+$/.test(code)) return undefined
  return { code, message, path: textAt(json, 'path') }
}
