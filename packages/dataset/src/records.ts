import type { FileHandle } from 'node:fs/promises'
import Papa from 'papaparse'
import type { Dialect } from './dialect.ts'
import { DatasetError } from './errors.ts'
import { quoted, type Source } from './source.ts'

/** Takes a record that is not blank, and the number of the line it begins in, the first line being 1. */
export type OnRecord = (record: string[], line: number) => void

/** What a pass saw beside the records. */
export interface PassSummary {
  /** Whether some bytes were not UTF-8, and were read as U+FFFD. */
  readonly replaced: boolean
}

const CHUNK_BYTES = 256 * 1024
/** The longest record, in UTF-16 code units: an open quote must not draw the rest of the file into memory. */
const MAX_RECORD = 16 * 1024 * 1024

/** Reads a file from its start and calls `onRecord` for the header and each record after it, in order. */
export async function readRecords(
  file: FileHandle,
  dialect: Dialect,
  source: Source,
  onRecord: OnRecord,
): Promise<PassSummary> {
  const reader = new RecordReader(dialect, source, onRecord)
  // As text, not bytes: a chunk's edge may cut a character in two.
  const chunks = file.createReadStream({ start: 0, encoding: 'utf8', highWaterMark: CHUNK_BYTES, autoClose: false })
  for await (const chunk of chunks) reader.push(chunk)
  reader.end()
  return { replaced: reader.replaced }
}

/** Cuts text that arrives in chunks into records. */
export class RecordReader {
  replaced = false
  readonly #newline: string
  readonly #parser: Papa.Parser
  readonly #source: Source
  readonly #onRecord: OnRecord
  #text = ''
  #begun = false
  // An unfinished record is parsed again when it has doubled, so a long one costs linear time.
  #wanted = 1
  #line = 1
  #quotes = false
  #header: string[] | undefined

  constructor({ delimiter, newline }: Dialect, source: Source, onRecord: OnRecord) {
    this.#newline = newline
    // The core parser: `Papa.parse` on a stream gives neither the place of a bad quote nor a bound on a record.
    this.#parser = new Papa.Parser({ delimiter, newline })
    this.#source = source
    this.#onRecord = onRecord
  }

  push(chunk: string): void {
    this.#text += this.#begun ? chunk : chunk.replace(/^\ufeff/, '')
    this.#begun = true
    this.#quotes ||= chunk.includes('"')
    this.replaced ||= chunk.includes('\ufffd')
    if (this.#text.length < this.#wanted) return
    const rest = this.#parse(this.#text, false)
    if (rest.length > MAX_RECORD) throw this.#tooLong(rest)
    this.#text = rest
    this.#wanted = 2 * rest.length
  }

  end(): void {
    // With a line end after it, white space after the last quote is as fine as in any other line.
    if (this.#text !== '') this.#parse(this.#text + this.#newline, true)
  }

  /** Hands on the records of a text and returns what follows the last complete one. */
  #parse(text: string, last: boolean): string {
    const { data, errors, meta } = this.#parser.parse(text, 0, !last) as Papa.ParseResult<string[]>
    // An error in the unfinished record at the end may only say that the rest is not there yet.
    const broken = errors.find(({ row }) => row !== undefined && row < data.length)
    for (const [i, record] of data.entries()) {
      if (broken !== undefined && i === broken.row) throw this.#badQuote(text, broken)
      if (record.length > 1 || record[0].trim() !== '') {
        this.#header ??= record
        this.#onRecord(record, this.#line)
      }
      this.#line += 1 + (this.#quotes ? this.#lineEnds(record) : 0)
    }
    return text.slice(meta.cursor)
  }

  #lineEnds(record: readonly string[]): number {
    let count = 0
    for (const field of record) {
      let at = field.indexOf(this.#newline)
      while (at >= 0) {
        count++
        at = field.indexOf(this.#newline, at + 1)
      }
    }
    return count
  }

  #badQuote(text: string, { code, index = 1 }: Papa.ParseError): DatasetError {
    const expected =
      code === 'MissingQuotes'
        ? 'Expected a closing quote but found the end of the file'
        : 'Expected a delimiter or a line end after a closing quote but found other text'
    // `index` is the place after the opening quote; what stands before the quote ends with the fields before this one.
    return this.#quoteError(expected, this.#parser.parse(text.slice(0, index - 1), 0, false).data.at(-1))
  }

  #tooLong(rest: string): DatasetError {
    const expected = `Expected a record of at most ${MAX_RECORD} characters but found a longer one (is a quote left open?)`
    return this.#quoteError(expected, this.#parser.parse(rest, 0, false).data[0])
  }

  /** An error in the last field of `record`, which begins in the present line. */
  #quoteError(expected: string, record: readonly string[] = ['']): DatasetError {
    const row = this.#line
    const column = this.#header?.[record.length - 1]?.trim()
    const where = column === undefined ? this.#source.at(row) : `column ${quoted(column)}, ${this.#source.at(row)}`
    return new DatasetError('DATASET_ERR_QUOTE', `${expected} in ${where}.`, { file: this.#source.file, row, column })
  }
}
