import { overlay } from '@copse/charts'
import type { SeriesCheck } from '@copse/monitoring'
import { count } from '../output.ts'
import { changedDecisions, facts, number, share, verdict } from './report.ts'
import type { Replayed } from './score.ts'

/** Series whose histograms are drawn: those that differ most. */
const MOST_CHARTS = 24

/** What came of a replay as one HTML document that needs nothing else. */
export function replayPage(model: string, replayed: Replayed): string {
  const { drift } = replayed
  const sorted = drift.series.toSorted((a, b) => a.qValue - b.qValue || b.psi - a.psi)
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>Replay with ${escapeHtml(model)}</title><style>${STYLE}</style>`,
    `<main><h1>Replay with ${escapeHtml(model)}</h1>`,
    ...facts(model, replayed).map((fact) => `<p>${escapeHtml(fact)}</p>`),
    '<h2>Changed decisions</h2>',
    decisions(replayed),
    '<h2>Drift against the training of this model</h2>',
    drift.enough ? '' : '<p>There are too few rows to tell drift.</p>',
    table(
      ['', 'drift', 'q', 'PSI', 'by chance', 'JS', 'missing', 'in training', 'outside'],
      sorted.map((series) => driftRow(series)),
    ),
    '<p class="note">q is the p-value of all tests of a row, adjusted for the number of rows (Benjamini and Hochberg). Possible: ',
    'q up to .05. Drift: q up to .01 and a difference that matters. Outside: out of the range, or of the levels, of training.</p>',
    ...sorted.slice(0, MOST_CHARTS).map((series) => chart(series, replayed)),
    '</main></html>\n',
  ].join('\n')
}

function decisions(replayed: Replayed): string {
  const { changes, signature } = replayed
  if (changes.length === 0) return '<p>None.</p>'
  const isClass = signature.target.type === 'class'
  const counts = changedDecisions(replayed).slice(0, 50)
  const examples = changes.map(({ id, before, after, distance }) => [
    id,
    isClass ? before : number(Number(before)),
    isClass ? after : number(Number(after)),
    isClass ? share(distance) : number(distance),
  ])
  return [
    isClass
      ? table(
          ['was', 'is now', 'rows'],
          counts.map(([before, after, rows]) => [before, after, count(rows)]),
        )
      : '',
    '<h3>Those that moved most</h3>',
    table(['prediction', 'was', 'is now', isClass ? 'of the probability moved' : 'difference'], examples),
  ].join('\n')
}

function driftRow(series: SeriesCheck): string[] {
  return [
    series.role === 'feature' ? series.name : `${series.name} (${series.role})`,
    verdict(series),
    series.qValue.toPrecision(2),
    series.psi.toFixed(3),
    series.expectedPsi.toFixed(3),
    series.jensenShannon.toFixed(3),
    share(series.missing),
    share(series.referenceMissing),
    share(series.outside),
  ]
}

function chart(check: SeriesCheck, { layout, cells }: Replayed): string {
  const series = layout.series.find(({ name, role }) => name === check.name && role === check.role)!
  const { start, bins, reference, edges, levels, type } = series
  const ofBins = (counts: Float64Array) => {
    const total = counts.reduce((sum, rows) => sum + rows, 0)
    return counts.map((rows) => (total > 0 ? rows / total : 0))
  }
  const between = (bin: number): string => {
    if (bins === 1) return 'all'
    if (bin === 0) return `≤ ${number(edges[0]!)}`
    return bin === bins - 1 ? `> ${number(edges[bin - 1]!)}` : `${number(edges[bin - 1]!)} – ${number(edges[bin]!)}`
  }
  const labels = Array.from({ length: bins }, (_, bin) =>
    type === 'number' ? between(bin) : (levels[bin] ?? 'all other levels'),
  )
  return overlay({
    labels,
    reference: ofBins(reference.subarray(0, bins)),
    current: ofBins(cells.subarray(start, start + bins)),
    title: `${check.name}: ${check.evidence === 'none' ? 'no drift' : verdict(check).toLowerCase()}`,
    valueLabel: 'Share of rows',
    names: ['training', 'logged'],
  })
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: 'th' | 'td', of: readonly string[]) =>
    of.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')
  const body = rows.map((row) => `<tr${row[1] === 'DRIFT' ? ' class="drift"' : ''}>${cells('td', row)}</tr>`)
  return `<div class="wide"><table><thead><tr>${cells('th', titles)}</tr></thead><tbody>${body.join('\n')}</tbody></table></div>`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

const STYLE = `
:root{color-scheme:light dark}
body{margin:0;font:15px/1.5 system-ui,sans-serif;background:light-dark(#f5f7f9,#0c1014);color:light-dark(#17202b,#e8edf2)}
main{max-width:760px;margin:0 auto;padding:24px 16px 64px}
h1{font-size:24px;line-height:1.25;overflow-wrap:anywhere}
h2{font-size:18px;margin-top:40px}
h3{font-size:15px}
p{margin:6px 0}
.note{color:light-dark(#586473,#9da9b6);font-size:13px}
.wide{overflow-x:auto;margin:12px 0}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:13px;width:100%}
th,td{padding:5px 10px 5px 0;text-align:left;border-bottom:1px solid light-dark(#dde3e9,#28313b);white-space:nowrap}
td{max-width:280px;overflow:hidden;text-overflow:ellipsis}
.drift td{font-weight:600}
svg.copse-chart{display:block;max-width:100%;height:auto;margin:16px 0}`
