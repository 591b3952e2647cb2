import { type FileHandle, open, stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import { type BuiltTable, TableBuilder } from './builder.ts'
import { Dataset } from './dataset.ts'
import { type Dialect, detectDialect } from './dialect.ts'
import { DatasetError } from './errors.ts'
import { planColumns } from './header.ts'
import { type CsvOptions, checkOptions } from './options.ts'
import { readRecords } from './records.ts'
import { fileSource, type Source } from './source.ts'

const KNOWN = ['target', 'task', 'types', 'ignore', 'delimiter', 'name']
const HEAD_BYTES = 1024 * 1024

/**
 * Reads a CSV file with a header: UTF-8, with or without a byte order mark; lines end with `\n`, `\r\n` or `\r`; a field in
 * double quotes may hold delimiters, line ends and doubled quotes. Blank lines are skipped, and white space around a value
 * is not part of it. The file is read two or three times and never held: memory is the columns' own and a constant.
 *
 * A column is numbers when every value present is a decimal number (`parseDecimal` has the grammar), else categories:
 * codes with leading zeros, true and false, integers that float64 cannot hold. Missing are, in any case, the empty text,
 * `NA`, `N/A`, `NaN`, `null` and `?`, and among numbers `none`. Numbers are cast once to float32; infinities are refused.
 *
 * @throws DatasetError with the file, the line and the column, as far as one is to blame
 */
export async function readCsv(path: string, options: CsvOptions): Promise<Dataset> {
  checkOptions(options, KNOWN)
  const source = fileSource(path)
  const file = await openFile(path, source)
  try {
    const before = await version(file)
    const table = await readTable(file, options, source).catch(async (error: unknown) => {
      throw (await version(file)) === before ? error : changed(source, error)
    })
    if ((await version(file)) !== before) throw changed(source)
    return new Dataset({ ...table, name: options.name ?? basename(path, extname(path)) })
  } catch (error) {
    throw error instanceof DatasetError ? error : unreadable(source, error)
  } finally {
    await file.close()
  }
}

async function readTable(file: FileHandle, options: CsvOptions, source: Source): Promise<BuiltTable> {
  const dialect = await readDialect(file, options, source)
  let builder: TableBuilder | undefined
  const { replaced } = await readRecords(file, dialect, source, (record, line) => {
    if (builder === undefined)
      builder = new TableBuilder(planColumns(record.map(cleanName), options, source, line), source)
    else builder.observe(record, line)
  })
  if (builder === undefined || builder.rows === 0) throw empty(builder === undefined, source)
  if (builder.incomplete) await readRows(file, dialect, source, builder.collect.bind(builder))
  builder.allocate()
  await readRows(file, dialect, source, builder.fill.bind(builder))
  const table = builder.finish()
  if (replaced) table.warnings.push(`Some bytes of ${source.whole} are not UTF-8 and were read as U+FFFD.`)
  return table
}

/** Reads the records after the header. */
async function readRows(
  file: FileHandle,
  dialect: Dialect,
  source: Source,
  onRow: (record: string[], line: number) => void,
) {
  let header = true
  await readRecords(file, dialect, source, (record, line) => {
    if (header) header = false
    else onRow(record, line)
  })
}

async function readDialect(file: FileHandle, { target, delimiter }: CsvOptions, source: Source): Promise<Dialect> {
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(HEAD_BYTES), position: 0 })
  const head = new StringDecoder('utf8').write(buffer.subarray(0, bytesRead)).replace(/^\ufeff/, '')
  if (head.includes('\0')) {
    throw new DatasetError('DATASET_ERR_FILE', `Expected UTF-8 text in ${source.whole} but found a zero byte.`, source)
  }
  return detectDialect(head, bytesRead < HEAD_BYTES, target, delimiter)
}

async function openFile(path: string, source: Source): Promise<FileHandle> {
  try {
    // Asked first, since opening a named pipe waits for its writer.
    if ((await stat(path)).isFile()) return await open(path)
  } catch (error) {
    throw unreadable(source, error)
  }
  const sentence = `Expected a regular file, which can be read twice, but found another kind at ${source.whole}.`
  throw new DatasetError('DATASET_ERR_FILE', sentence, source)
}

/** What changes when a file is written to. */
async function version(file: FileHandle): Promise<string> {
  const { size, mtimeNs } = await file.stat({ bigint: true })
  return `${size} ${mtimeNs}`
}

// A copy, since a name cut from a chunk keeps the whole chunk in memory.
function cleanName(name: string): string {
  return Buffer.from(name.trim()).toString()
}

function empty(noHeader: boolean, source: Source): DatasetError {
  const found = noHeader ? 'nothing' : 'a header only'
  return new DatasetError(
    'DATASET_ERR_EMPTY',
    `Expected a header and rows but found ${found} in ${source.whole}.`,
    source,
  )
}

function changed(source: Source, cause?: unknown): DatasetError {
  const sentence = `Expected ${source.whole} to stay as it is but it changed while it was read.`
  return new DatasetError('DATASET_ERR_FILE', sentence, { file: source.file, cause })
}

function unreadable(source: Source, cause: unknown): DatasetError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new DatasetError('DATASET_ERR_FILE', `Cannot read ${source.whole}: ${reason}.`, { file: source.file, cause })
}
