import { TrackingError } from './errors.ts'
import type { RunRecord } from './read-run.ts'

const WIDTH = 80

/** One line a run in 80 columns, newest last; the last eight digits of a uuid tell runs apart. */
export function tableOfRuns(runs: readonly RunRecord[]): string {
  if (runs.length === 0) return 'No runs\n'
  const rows = runs.map((run) => [
    shortId(run),
    time(run.startedAt),
    run.status,
    `${run.experiment}/${run.name}`,
    best(run),
  ])
  return table([['RUN', 'STARTED (UTC)', 'STATUS', 'EXPERIMENT/NAME', 'LAST METRIC'], ...rows], [8, 16, 8, 22, 18])
}

/**
 * Params and last metric values of two to four runs side by side, those that differ marked with `*`. An id is the beginning
 * or the end of a uuid. Throws TRACKING_ERR_NOT_FOUND for one that no run or several runs have.
 */
export function compareRuns(runs: readonly RunRecord[], ids: readonly string[]): string {
  if (ids.length < 2 || ids.length > 4) {
    throw new TrackingError('TRACKING_ERR_OPTION', `Two to four runs can be compared, not ${ids.length}`)
  }
  const chosen = ids.map((id) => find(runs, id))
  const column = Math.floor((WIDTH - 24 - 2) / chosen.length) - 2
  const widths = [1, 23, ...chosen.map(() => column)]
  const line = (name: string, values: readonly (string | undefined)[]) => {
    const shown = values.map((value) => value ?? '-')
    return [new Set(shown).size > 1 ? '*' : '', name, ...shown]
  }
  const names = (of: (run: RunRecord) => object) => [...new Set(chosen.flatMap((run) => Object.keys(of(run))))].sort()
  return table(
    [
      ['', 'RUN', ...chosen.map(shortId)],
      ['', 'NAME', ...chosen.map(({ name }) => name)],
      line(
        'status',
        chosen.map(({ status }) => status),
      ),
      ...names(({ params }) => params).map((name) =>
        line(
          name,
          chosen.map(({ params }) => own(params, name)),
        ),
      ),
      ...names(({ metrics }) => metrics).map((name) =>
        line(
          name,
          chosen.map(({ metrics }) => number(own(metrics, name)?.at(-1)?.value)),
        ),
      ),
    ],
    widths,
  )
}

function find(runs: readonly RunRecord[], id: string): RunRecord {
  const [found, other] = runs.filter(({ uuid }) => uuid.startsWith(id) || uuid.endsWith(id))
  if (found && !other) return found
  const what = found ? 'Several runs have' : 'No run has'
  throw new TrackingError('TRACKING_ERR_NOT_FOUND', `${what} an id that begins or ends with ${JSON.stringify(id)}`)
}

function table(rows: readonly (readonly string[])[], widths: readonly number[]): string {
  const line = (row: readonly string[]) =>
    row
      .map((cell, index) => fit(cell, widths[index]!))
      .join('  ')
      .trimEnd()
  return rows.map((row) => `${line(row)}\n`).join('')
}

/** Pads with blanks, or cuts off the end and says so; control characters of a name do not reach a terminal. */
function fit(text: string, width: number): string {
  const plain = [...text.replace(/[\p{Cc}\p{Cf}]/gu, '?')]
  if (plain.length > width) return `${plain.slice(0, width - 1).join('')}…`
  return plain.join('') + ' '.repeat(width - plain.length)
}

function best({ metrics }: RunRecord): string {
  const [name, points] = Object.entries(metrics).at(-1) ?? []
  return name === undefined ? '' : `${number(points?.at(-1)?.value)} ${name}`
}

function own<T>(record: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

function number(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(Number(value.toPrecision(6)))
}

function shortId({ uuid }: RunRecord) {
  return uuid.slice(-8)
}

function time(ms: number) {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ')
}
