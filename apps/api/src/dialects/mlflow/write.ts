import type { Signature } from '@copse/model'
import type { AnswerCode, ApiError } from '../../errors.ts'
import type { Answers } from '../../model/served.ts'

/**
 * Writes the answers of a model as the scoring server of its bundle would: `label` and `probabilities`, or `value`, a row
 * each.
 */
export function predictionsWriter({ target }: Signature): (answers: Answers) => string {
  if (target.type === 'number') return ({ outputs }) => `{"predictions":{"value":[${outputs.join()}]}}`
  const labels = target.classes.map((label) => JSON.stringify(label))
  return ({ rows, outputs, classIds }) => {
    const count = outputs.length / rows
    let names = labels[classIds[0]!]!
    let shares = `[${outputs.subarray(0, count).join()}]`
    for (let row = 1; row < rows; row++) {
      names += `,${labels[classIds[row]!]}`
      shares += `,[${outputs.subarray(row * count, (row + 1) * count).join()}]`
    }
    return `{"predictions":{"label":[${names}],"probabilities":[${shares}]}}`
  }
}

/** MLflow's names, by status; two of them share 400. */
const CODES: Readonly<Record<number, string>> = {
  400: 'INVALID_PARAMETER_VALUE',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'ENDPOINT_NOT_FOUND',
  405: 'ENDPOINT_NOT_FOUND',
  429: 'REQUEST_LIMIT_EXCEEDED',
  503: 'TEMPORARILY_UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

/** What MLflow calls a bad request, whatever its values are. */
const FORM_CODES: ReadonlySet<string> = new Set<AnswerCode>(['API_ERR_JSON', 'API_ERR_BODY', 'API_ERR_REQUEST'])

/** JSON text of an error as this dialect answers it. */
export function errorText({ code, statusCode, message, path }: ApiError): string {
  const known = FORM_CODES.has(code) ? undefined : CODES[statusCode]
  return JSON.stringify({
    error_code: known ?? (statusCode < 500 ? 'BAD_REQUEST' : 'INTERNAL_ERROR'),
    message: path === undefined || path === '' ? message : `${message} (at ${path})`,
  })
}
