import papaparse from 'papaparse'
import { ApiError } from '../../errors.ts'
import { MAX_ROWS } from '../limit.ts'

/**
 * The cells of a CSV text with commas between them; blank lines are left out.
 * @throws ApiError API_ERR_BODY or API_ERR_TOO_MANY_ROWS
 */
export function parseCsv(text: string): string[][] {
  const { data, errors } = papaparse.parse<string[]>(text, {
    delimiter: ',',
    skipEmptyLines: true,
    // The names, and one row too many to tell that there are.
    preview: MAX_ROWS + 2,
  })
  if (errors.length > 0) throw new ApiError('API_ERR_BODY', 'The body is not CSV: a quote is not closed.', { path: '' })
  if (data.length > MAX_ROWS + 1)
    throw new ApiError('API_ERR_TOO_MANY_ROWS', `There must be at most ${MAX_ROWS} rows.`, { path: '' })
  if (data.length < 2) {
    throw new ApiError('API_ERR_BODY', 'The CSV must have a row of names and at least one row of values.', { path: '' })
  }
  return data
}

/** What training reads as missing, in any case; among numbers `none` is too. */
const ABSENT = new Set(['', '?', 'na', 'n/a', 'nan', 'null'])
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/** The value of a cell: null where it is missing, in a column of numbers a number where it is one, else its text, trimmed. */
export function cellValue(cell: string, type: 'number' | 'category'): number | string | null {
  const text = cell.trim()
  const short = text.length <= 4 ? text.toLowerCase() : ''
  if (text === '' || (short !== '' && ABSENT.has(short))) return null
  if (type === 'category') return text
  if (short === 'none') return null
  return NUMBER.test(text) ? Number(text) : text
}
