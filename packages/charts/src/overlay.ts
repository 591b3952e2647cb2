import { type Axis, horizontalAxis } from './axis.ts'
import { ChartsError } from './errors.ts'
import { escapeXml } from './escape.ts'
import { emptyFrame, frame, rule, type Setting, type Sheet, sheetOf, widest } from './frame.ts'
import { formatNumber } from './number.ts'
import { drawable } from './scale.ts'
import { coordinate, ellipsis, text, textWidth } from './text.ts'

export interface OverlayOptions extends Setting {
  /** The bins, in their order. */
  readonly labels: readonly string[]
  /** Shares, one a bin; what is not finite is drawn as 0. */
  readonly reference: ArrayLike<number>
  readonly current: ArrayLike<number>
  readonly title: string
  /** What the shares are of. */
  readonly valueLabel: string
  /** What the two are called. */
  readonly names?: readonly [reference: string, current: string]
}

const MOST_BINS = 60
const PITCH = 22
const BAR = 12
/** Most of the width that labels take: 180 pixels, or a third. */
const LABEL_ROOM = 180
const LEGEND = 30

/**
 * Two histograms laid over each other, as an SVG document: a bar a bin for the current shares, and a line across it where the
 * reference ends. Of more than 60 bins the first are shown.
 *
 * @throws ChartsError CHARTS_ERR_SHAPE when labels and shares differ in number
 */
export function overlay(options: OverlayOptions): string {
  const { labels, reference, current, title, valueLabel, names = ['reference', 'current'] } = options
  if (labels.length !== reference.length || labels.length !== current.length) {
    throw new ChartsError(
      'CHARTS_ERR_SHAPE',
      `There are ${reference.length} and ${current.length} shares for ${labels.length} bins.`,
    )
  }
  const sheet = sheetOf(options)
  const { page, width, margin } = sheet
  if (labels.length === 0) return emptyFrame(title, sheet)
  const labelRoom = Math.min(LABEL_ROOM, width / 3)
  const shown = labels.slice(0, MOST_BINS)
  const share = (of: ArrayLike<number>, bin: number) => Math.max(0, drawable(of[bin]) || 0)
  const top = sheet.top + LEGEND
  const bottom = top + shown.length * PITCH
  const left = margin + Math.min(widest(shown, 12), labelRoom) + 12
  const most = Math.max(...shown.map((_, bin) => Math.max(share(reference, bin), share(current, bin))), 1e-9)
  const x = horizontalAxis(0, most, { from: left, to: width - margin - 16, ticks: 5 })
  const body = [
    legend(names, sheet),
    ...x.ticks.map((tick) => rule('grid', x.at(tick), top, x.at(tick), bottom)),
    ...shown.map((label, bin) =>
      drawBin(label, share(reference, bin), share(current, bin), top + bin * PITCH, left, labelRoom, x, names),
    ),
    rule('axis', x.at(0), top, x.at(0), bottom),
    ...x.ticks.map((tick, index) =>
      text(x.at(tick), bottom + 14, x.labels[index], { look: 'muted', anchor: 'middle' }),
    ),
    text((left + width - margin) / 2, bottom + 36, ellipsis(valueLabel, width - left - margin, 12), {
      look: 'muted',
      anchor: 'middle',
    }),
  ]
  const list = shown.map(
    (label, bin) => `${label} ${formatNumber(share(reference, bin))} to ${formatNumber(share(current, bin))}`,
  )
  const description = `${valueLabel}, ${names[0]} to ${names[1]}: ${list.join(', ')}.`
  return frame({ page, width, height: bottom + 56, title, description, body: body.join('') })
}

/** What bars and lines are; the same below every histogram. */
export function legend([reference, current]: readonly [string, string], { top, margin }: Sheet): string {
  const y = top + 8
  const next = margin + 22 + textWidth(current, 12) + 24
  return [
    `<rect class="f0" x="${margin}" y="${y - 6}" width="14" height="12" rx="2"/>`,
    text(margin + 20, y, current),
    `<path class="line s1" d="M${coordinate(next + 7)} ${y - 8}v16"/>`,
    text(next + 20, y, reference),
  ].join('')
}

function drawBin(
  label: string,
  reference: number,
  current: number,
  top: number,
  left: number,
  room: number,
  x: Axis,
  names: readonly [string, string],
): string {
  const middle = top + PITCH / 2
  const tooltip = `${label}: ${names[0]} ${formatNumber(reference)}, ${names[1]} ${formatNumber(current)}`
  const width = coordinate(x.at(current) - x.at(0))
  return [
    text(left - 12, middle, ellipsis(label, room, 12), { anchor: 'end' }),
    `<g><title>${escapeXml(tooltip)}</title>`,
    `<rect class="f0" x="${coordinate(x.at(0))}" y="${coordinate(middle - BAR / 2)}" width="${width}" height="${BAR}" rx="2"/>`,
    `<path class="line s1" d="M${coordinate(x.at(reference))} ${coordinate(middle - PITCH / 2 + 2)}v${PITCH - 4}"/></g>`,
  ].join('')
}
