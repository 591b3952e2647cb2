import { verticalAxis } from './axis.ts'
import { ChartsError } from './errors.ts'
import { escapeXml } from './escape.ts'
import { emptyFrame, frame, rule, type Setting, sheetOf, widest } from './frame.ts'
import { formatNumber, formatShare } from './number.ts'
import { legend } from './overlay.ts'
import { drawable } from './scale.ts'
import { coordinate, text } from './text.ts'

export interface HistogramOptions extends Setting {
  /** Ends of the bins from the lowest to the highest, one more than bins; -Infinity and Infinity are open ends. */
  readonly edges: ArrayLike<number>
  /** Shares of 0 to 1, one a bin; what is not finite is drawn as 0. */
  readonly reference: ArrayLike<number>
  readonly current: ArrayLike<number>
  readonly title: string
  /** What is counted, with its unit. */
  readonly valueLabel: string
  /** What the two are called. */
  readonly names?: readonly [reference: string, current: string]
}

const PLOT_HEIGHT = 120
const LEGEND = 30

/**
 * Two histograms of a number laid over each other, as an SVG document: columns are the current shares, the stepped line is the
 * reference. All bins are drawn equally wide, so bins of equal counts make a flat line.
 *
 * @throws ChartsError CHARTS_ERR_SHAPE when edges and shares do not fit
 */
export function histogram(options: HistogramOptions): string {
  const { edges, reference, current, title, valueLabel, names = ['reference', 'current'] } = options
  const bins = reference.length
  if (current.length !== bins || (bins > 0 && edges.length !== bins + 1)) {
    throw new ChartsError(
      'CHARTS_ERR_SHAPE',
      `There are ${bins} and ${current.length} shares and ${edges.length} edges, which must be one more than the bins.`,
    )
  }
  const sheet = sheetOf(options)
  const { page, width, margin } = sheet
  if (bins === 0) return emptyFrame(title, sheet)
  const share = (of: ArrayLike<number>, bin: number) => Math.max(0, drawable(of[bin]) || 0)
  const shares = Array.from({ length: bins }, (_, bin) => ({
    range: rangeText(edges[bin], edges[bin + 1]),
    before: share(reference, bin),
    now: share(current, bin),
  }))
  const most = Math.max(...shares.map(({ before, now }) => Math.max(before, now)), 1e-9)
  const top = sheet.top + LEGEND
  const bottom = top + PLOT_HEIGHT
  const y = verticalAxis(0, most, { from: bottom, to: top, ticks: 3 })
  const yLabels = y.ticks.map(formatShare)
  const left = margin + widest(yLabels, 12) + 10
  const pitch = (width - margin - left) / bins
  const height = (value: number) => bottom - y.at(value)
  const columns = shares.map(({ range, before, now }, bin) => {
    const tooltip = `${range}: ${names[0]} ${formatShare(before)}, ${names[1]} ${formatShare(now)}`
    const x = left + bin * pitch
    return [
      `<g><title>${escapeXml(tooltip)}</title>`,
      `<rect class="f0" x="${coordinate(x + 1)}" y="${coordinate(y.at(now))}" width="${coordinate(pitch - 2)}" height="${coordinate(height(now))}"/>`,
      // What the pointer meets where nothing is drawn.
      `<rect fill-opacity="0" x="${coordinate(x)}" y="${top}" width="${coordinate(pitch)}" height="${PLOT_HEIGHT}"/></g>`,
    ].join('')
  })
  const steps = shares.map(({ before }) => `V${coordinate(y.at(before))}h${coordinate(pitch)}`)
  const body = [
    legend(names, sheet),
    ...y.ticks.map((tick, index) => [
      rule('grid', left, y.at(tick), width - margin, y.at(tick)),
      text(left - 10, y.at(tick), yLabels[index], { look: 'muted', anchor: 'end' }),
    ]),
    ...columns,
    `<path class="line s1" d="M${coordinate(left)} ${bottom}${steps.join('')}V${bottom}"/>`,
    rule('axis', left, bottom, width - margin, bottom),
    ...edgeLabels(edges, left, pitch, bottom + 16, width - margin),
    text((left + width - margin) / 2, bottom + 38, valueLabel, { look: 'muted', anchor: 'middle' }),
  ]
  const list = shares.map(({ range, before, now }) => `${range} ${formatShare(before)} to ${formatShare(now)}`)
  const description = `Share of rows by ${valueLabel}, ${names[0]} to ${names[1]}: ${list.join(', ')}.`
  return frame({ page, width, height: bottom + 52, title, description, body: body.flat().join('') })
}

/** The values of one bin, in words. */
export function rangeText(low: number, high: number): string {
  if (low === Number.NEGATIVE_INFINITY) return high === Number.POSITIVE_INFINITY ? 'all' : `≤ ${formatNumber(high)}`
  if (high === Number.POSITIVE_INFINITY) return `> ${formatNumber(low)}`
  return `${formatNumber(low)} – ${formatNumber(high)}`
}

/** Finite edges below their places, as many as do not touch. */
function edgeLabels(edges: ArrayLike<number>, left: number, pitch: number, y: number, right: number): string[] {
  const drawn: string[] = []
  let free = Number.NEGATIVE_INFINITY
  for (const [index, edge] of Array.from(edges).entries()) {
    if (!Number.isFinite(edge)) continue
    const label = formatNumber(edge)
    const half = widest([label], 12) / 2
    const x = Math.min(Math.max(left + index * pitch, half), right - half + 2)
    if (x - half < free) continue
    drawn.push(text(x, y, label, { look: 'muted', anchor: 'middle' }))
    free = x + half + 8
  }
  return drawn
}
