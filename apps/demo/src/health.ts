import type { Answer } from './client.ts'
import { textAt } from './json.ts'
import type { Report } from './report.ts'

/** Shows the answer of `GET /health`; false, and a problem, unless it is 200. */
export function showHealth({ status, json }: Answer, report: Report): boolean {
  report.heading('Health (GET /health)')
  const said = textAt(json, 'status')
  if (status !== 200 || said === undefined) {
    report.problem(
      `It answered ${status}${said ? ` "${said}"` : ' and not what Copse answers'}, where 200 means ready.`,
    )
    return false
  }
  const model = textAt(json, 'model', 'name')
  const serves = model ? `, serves ${model} version ${textAt(json, 'model', 'version') ?? '?'}` : ''
  report.say(`${status} ${said}${serves}`, 'green')
  return true
}
