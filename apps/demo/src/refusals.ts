import type { Signature } from '@copse/dataset'
import type { Client } from './client.ts'
import { numberAt } from './json.ts'
import { refusalOf } from './refusal.ts'
import { type Report, shorten } from './report.ts'
import type { Sample } from './samples.ts'

/** A request that no service should answer. */
interface BadRequest {
  /** Follows "a request with". */
  readonly what: string
  readonly body: unknown
}

/** Sends three bad requests; each must be refused with a 4xx and a coded JSON error. */
export async function showRefusals(
  client: Client,
  report: Report,
  signature: Signature,
  sample: Sample,
): Promise<void> {
  for (const { what, body } of badRequests(signature, sample)) {
    const { status, json } = await client.post('predict', body)
    const refusal = refusalOf(json)
    if (status < 400 || status > 499 || !refusal || numberAt(json, 'statusCode') !== status) {
      const error = status < 400 || status > 499 ? '' : ' and no coded error'
      report.problem(`A request with ${what} got ${status}${error}, where a 4xx with a coded JSON error was due.`)
      continue
    }
    report.line(`  ${what.padEnd(18)}   ${report.paint('yellow', `${status} ${refusal.code}`)}`)
    const where = refusal.path ? ` (${refusal.path})` : ''
    report.say(shorten(refusal.message + where, 400), 'dim')
  }
}

/** A value too few, a value of a type that is never coerced, and a name that the model does not know. */
function badRequests({ features }: Signature, { values }: Sample): BadRequest[] {
  const named = Object.fromEntries(features.map(({ name }, index) => [name, values[index]]))
  let unknown = 'shoe_size'
  while (features.some(({ name }) => name === unknown)) unknown += '_'
  return [
    { what: 'one value too few', body: { features: values.slice(0, -1) } },
    { what: 'true as a value', body: { features: [true, ...values.slice(1)] } },
    { what: 'an unknown feature', body: { features: { ...named, [unknown]: 42 } } },
  ]
}
