import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseDocument } from 'yaml'

export const RULES = join(import.meta.dirname, '..', '..', 'prometheus', 'rules')

export interface Rule {
  readonly record?: string
  readonly alert?: string
  readonly expr: string
  readonly for?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

export interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly interval?: string; readonly rules: readonly Rule[] }[]
}

/** The names of the files with rules. */
export async function ruleFiles(): Promise<string[]> {
  return (await readdir(RULES)).filter((name) => name.endsWith('.yaml')).sort()
}

/** @throws SyntaxError when a file is not YAML */
export async function readRules(file: string): Promise<Rule[]> {
  const document = parseDocument(await readFile(join(RULES, file), 'utf8'))
  if (document.errors[0]) throw new SyntaxError(`${file}: ${document.errors[0].message}`)
  return (document.toJS() as RuleFile).groups.flatMap(({ rules }) => rules)
}

/**
 * A file of rules for a test of minutes: groups are evaluated at the server's interval, and an alert waits `wait` instead
 * of its own `for`. Expressions, with their windows and bounds, stay as they are.
 */
export function hurried(text: string, wait: string): string {
  return text.replace(/^( +)interval: .*\n/gm, '').replace(/^( +for: ).*$/gm, `$1${wait}`)
}
