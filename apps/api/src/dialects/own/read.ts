import { ApiError } from '../../errors.ts'
import { MAX_ROWS } from '../limit.ts'
import { unknownKey } from '../rows.ts'

/** The body's two forms: what `features` or `rows` held. */
export type PredictForm = { readonly features: unknown } | { readonly rows: readonly unknown[] }

/**
 * Which form a parsed JSON body has. Whether the rows fit a model is `RowReader`'s to say.
 * @throws ApiError API_ERR_BODY, API_ERR_UNKNOWN_KEY or API_ERR_TOO_MANY_ROWS
 */
export function readForm(body: unknown): PredictForm {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ApiError('API_ERR_BODY', 'The body must be an object with features or rows.', { path: '' })
  }
  let features = false
  let rows = false
  for (const key in body) {
    if (key === 'features') features = true
    else if (key === 'rows') rows = true
    else throw unknownKey('The body has a key that is neither features nor rows.', '', key)
  }
  if (features === rows) {
    throw new ApiError(
      'API_ERR_BODY',
      `The body must have ${features ? 'only one of' : 'either'} features ${features ? 'and' : 'or'} rows.`,
      {
        path: '',
      },
    )
  }
  if (features) return body as { features: unknown }
  const list = (body as { rows: unknown }).rows
  if (!Array.isArray(list) || list.length === 0) {
    throw new ApiError('API_ERR_BODY', 'rows must be an array of at least one row.', { path: '/rows' })
  }
  if (list.length > MAX_ROWS) {
    throw new ApiError('API_ERR_TOO_MANY_ROWS', `rows must be at most ${MAX_ROWS} rows.`, { path: '/rows' })
  }
  return { rows: list }
}
