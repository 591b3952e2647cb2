import type { SeriesCheck } from '@copse/monitoring'
import { count, plural, wrap } from '../output.ts'
import { formatTable } from '../table.ts'
import type { Replayed } from './score.ts'

/** Rows that the tables of a terminal show. */
const MOST_LINES = 12

/** What came of a replay, for a terminal of 80 columns. */
export function replayText(model: string, replayed: Replayed): string {
  const lines = [
    ...facts(model, replayed).map((fact) => wrap(fact, '  ')),
    '',
    ...changed(replayed),
    ...drifted(replayed),
  ]
  return `${lines.join('\n')}\n`
}

/** The outcome in sentences; a clause with names as they are. */
export function facts(model: string, replayed: Replayed): string[] {
  const { rows, incomplete, foreign, tally, versions, from, to, agreed, distance, signature, labelled } = replayed
  const isClass = signature.target.type === 'class'
  const left = [
    incomplete > 0 ? `${plural(incomplete, 'record')} without all features` : '',
    foreign > 0 ? `${plural(foreign, 'record')} with other answers` : '',
    tally.broken > 0 ? `${plural(tally.broken, 'broken line')}` : '',
    tally.torn > 0 ? `${plural(tally.torn, 'torn end')} of a segment` : '',
  ].filter((text) => text !== '')
  const by = [...versions].map(([version, of]) => `version ${version}: ${count(of)}`).join(', ')
  const name = isClass ? 'accuracy' : 'RMSE'
  return [
    `${model} answered ${plural(rows, 'logged prediction')} again, made from ${from} to ${to} (${by}).`,
    ...(left.length > 0 ? [`Left out: ${left.join(', ')}.`] : []),
    `It agrees on ${share(agreed / rows)}; ${plural(rows - agreed, isClass ? 'decision changes' : 'value changes', isClass ? 'decisions change' : 'values change')}.`,
    isClass
      ? `Of the probabilities ${share(distance.mean)} lie elsewhere on average, ${share(distance.most)} at most.`
      : `Values differ by ${number(distance.mean)} on average, by ${number(distance.most)} at most.`,
    ...(labelled.rows > 0
      ? [
          `On ${plural(labelled.rows, 'row')} with a label its ${name} is ${number(labelled.after)}; what was answered had ${number(labelled.before)}.`,
        ]
      : []),
  ]
}

/** One word on what a series shows. */
export function verdict({ evidence }: SeriesCheck): string {
  return { none: '-', possible: 'possible', drift: 'DRIFT' }[evidence]
}

/** Four significant digits. */
export function number(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : '-'
}

export function share(value: number): string {
  return `${(100 * value).toFixed(value > 0 && value < 0.001 ? 3 : 1)} %`
}

/** Decisions that changed, most frequent first: from, to, rows. */
export function changedDecisions({ matrix, signature: { target } }: Replayed): [string, string, number][] {
  if (target.type !== 'class') return []
  const { classes } = target
  return Array.from(matrix, (rows, at): [string, string, number] => [
    classes[Math.floor(at / classes.length)]!,
    classes[at % classes.length]!,
    rows,
  ])
    .filter(([before, after, rows]) => before !== after && rows > 0)
    .sort((a, b) => b[2] - a[2])
}

function changed(replayed: Replayed): string[] {
  const decisions = changedDecisions(replayed)
  if (decisions.length === 0) return []
  const table = formatTable(
    [
      { title: 'was', align: 'left' },
      { title: 'is now', align: 'left' },
      { title: 'rows', align: 'right' },
    ],
    decisions
      .slice(0, MOST_LINES)
      .map(([before, after, rows]) => [before.slice(0, 30), after.slice(0, 30), count(rows)]),
  )
  return [...table, ...rest(decisions.length), '']
}

function drifted({ drift }: Replayed): string[] {
  if (!drift.enough) return ['Too few rows to tell drift.']
  const sorted = drift.series.toSorted((a, b) => a.qValue - b.qValue)
  const table = formatTable(
    [
      { title: 'against training', align: 'left' },
      { title: 'drift', align: 'left' },
      { title: 'q', align: 'right' },
      { title: 'PSI', align: 'right' },
      { title: 'JS', align: 'right' },
      { title: 'missing', align: 'right' },
      { title: 'outside', align: 'right' },
    ],
    sorted
      .slice(0, MOST_LINES)
      .map((series) => [
        series.name,
        verdict(series),
        series.qValue.toPrecision(2),
        series.psi.toFixed(3),
        series.jensenShannon.toFixed(3),
        share(series.missing),
        share(series.outside),
      ]),
  )
  return [...table, ...rest(sorted.length)]
}

function rest(all: number): string[] {
  return all > MOST_LINES ? [`… and ${count(all - MOST_LINES)} more on the page`] : []
}
