import { type Axis, horizontalAxis } from './axis.ts'
import { ChartsError } from './errors.ts'
import { escapeXml } from './escape.ts'
import { emptyFrame, frame, rule, type Setting, sheetOf, widest } from './frame.ts'
import { formatAlike, formatNumber } from './number.ts'
import { drawable, extent } from './scale.ts'
import { coordinate, ellipsis, text } from './text.ts'

export interface BarsOptions extends Setting {
  readonly labels: readonly string[]
  /** One a label; what is not finite is shown as "n/a". */
  readonly values: ArrayLike<number>
  readonly title: string
  /** What the values are, with their unit. */
  readonly valueLabel: string
}

/** Bars a chart shows; of more, those of the greatest size. */
const MOST_BARS = 40
const BAR = 18
const PITCH = 28
/** Most of the width that labels take: 200 pixels, or a third. */
const LABEL_ROOM = 200

interface Bar {
  readonly label: string
  /** NaN where there is nothing to draw. */
  readonly value: number
}

/**
 * Horizontal bars, one a label in the given order, as an SVG document.
 *
 * @throws ChartsError CHARTS_ERR_SHAPE when labels and values differ in number
 */
export function bars({ labels, values, title, valueLabel, ...setting }: BarsOptions): string {
  if (labels.length !== values.length) {
    throw new ChartsError('CHARTS_ERR_SHAPE', `There are ${values.length} values for ${labels.length} bars.`)
  }
  const shown = largest(labels.map((label, index) => ({ label, value: drawable(values[index]) })))
  const sheet = sheetOf(setting)
  const { page, width, margin } = sheet
  if (shown.length === 0) return emptyFrame(title, sheet)
  const labelRoom = Math.min(LABEL_ROOM, width / 3)

  const note =
    shown.length < labels.length ? `The ${shown.length} largest of ${formatNumber(labels.length)}` : undefined
  const top = note ? sheet.topWithNote : sheet.top
  const bottom = top + shown.length * PITCH
  const [low, high] = extent([0, ...shown.map(({ value }) => value)])!
  const numbers = formatAlike(shown.map(({ value }) => value))
  const beside = widest(numbers, 12) + 8
  const left =
    margin +
    Math.min(
      widest(
        shown.map(({ label }) => label),
        12,
      ),
      labelRoom,
    ) +
    12
  const x = horizontalAxis(low, high, {
    from: left + (low < 0 ? beside : 0),
    to: width - margin - (high > 0 || low === high ? beside : 0),
    ticks: 5,
  })
  const middle = (x.at(x.ticks[0]) + x.at(x.ticks[x.ticks.length - 1])) / 2
  const body = [
    ...x.ticks.map((tick) => rule('grid', x.at(tick), top, x.at(tick), bottom)),
    ...shown.map((bar, index) => drawBar(bar, numbers[index], top + index * PITCH, left, labelRoom, x)),
    rule('axis', x.at(0), top, x.at(0), bottom),
    ...x.ticks.map((tick, index) =>
      text(x.at(tick), bottom + 14, x.labels[index], { look: 'muted', anchor: 'middle' }),
    ),
    text(middle, bottom + 36, ellipsis(valueLabel, width - left - margin, 12), { look: 'muted', anchor: 'middle' }),
  ]
  const description = describe(shown, labels.length, valueLabel)
  return frame({ page, width, height: bottom + 60, title, note, description, body: body.join('') })
}

/** At most MOST_BARS bars, in their order. */
function largest(all: readonly Bar[]): readonly Bar[] {
  if (all.length <= MOST_BARS) return all
  const size = ({ value }: Bar) => (Number.isNaN(value) ? -1 : Math.abs(value))
  const kept = new Set(all.toSorted((a, b) => size(b) - size(a)).slice(0, MOST_BARS))
  return all.filter((bar) => kept.has(bar))
}

function drawBar({ label, value }: Bar, number: string, top: number, left: number, room: number, x: Axis): string {
  const middle = top + PITCH / 2
  const zero = x.at(0)
  const end = Number.isNaN(value) ? zero : x.at(value)
  const short = ellipsis(label, room, 12)
  return [
    text(left - 12, middle, short, { anchor: 'end' }),
    value ? strip(zero, end, middle, `${label}: ${formatNumber(value)}`) : '',
    text(value < 0 ? end - 6 : end + 6, middle, number, {
      look: Number.isNaN(value) ? 'muted' : 'strong',
      anchor: value < 0 ? 'end' : 'start',
    }),
  ].join('')
}

/** A bar from the zero line, its outer corners rounded. */
function strip(zero: number, end: number, middle: number, tooltip: string): string {
  const radius = Math.min(3, Math.abs(end - zero))
  const out = end < zero ? -radius : radius
  const [x0, x1] = [coordinate(zero), coordinate(end - out)]
  const [dx, dy] = [coordinate(out), coordinate(radius)]
  const side = coordinate(BAR - 2 * radius)
  const path = `M${x0} ${coordinate(middle - BAR / 2)}H${x1}q${dx} 0 ${dx} ${dy}v${side}q0 ${dy} ${coordinate(-out)} ${dy}H${x0}Z`
  return `<path class="f${end < zero ? 1 : 0}" d="${path}"><title>${escapeXml(tooltip)}</title></path>`
}

function describe(shown: readonly Bar[], all: number, valueLabel: string): string {
  const list = shown.map(({ label, value }) => `${label} ${formatNumber(value)}`).join(', ')
  const which = shown.length < all ? `The ${shown.length} largest of ${formatNumber(all)} bars` : `${all} bars`
  return `${which} of ${valueLabel}: ${list}.`
}
