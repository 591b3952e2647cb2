import { DatasetError, type DatasetErrorCode } from './errors.ts'

/** Where a table comes from, in the words of its error messages. */
export interface Source {
  readonly file?: string | undefined
  /** The whole table, to follow "in" or "of". */
  readonly whole: string
  /** One row, to follow "in". */
  at(row: number): string
}

export function fileSource(path: string): Source {
  return { file: path, whole: path, at: (row) => `line ${row} of ${path}` }
}

export function memorySource(): Source {
  return { whole: 'the rows given', at: (row) => `rows[${row}]` }
}

/** An error at a value: the sentence is `expectation`, then the column and the row. */
export function errorAt(
  code: DatasetErrorCode,
  expectation: string,
  source: Source,
  row: number,
  column?: string,
): DatasetError {
  const where = column === undefined ? source.at(row) : `column ${quoted(column)}, ${source.at(row)}`
  return new DatasetError(code, `${expectation} in ${where}.`, { file: source.file, row, column })
}

/** An error that concerns a whole column. */
export function errorOf(code: DatasetErrorCode, sentence: string, source: Source, column?: string): DatasetError {
  return new DatasetError(code, sentence, { file: source.file, column })
}

const SHOWN = 40

/** Text from a table as a message shows it: in quotes, escaped, cut after 40 characters. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text)
}
