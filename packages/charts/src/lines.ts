import { type Axis, horizontalAxis, verticalAxis } from './axis.ts'
import { ChartsError } from './errors.ts'
import { escapeXml } from './escape.ts'
import { emptyFrame, frame, rule, type Setting, type Sheet, sheetOf, widest } from './frame.ts'
import { formatNumber } from './number.ts'
import { lineClass, MOST_SERIES } from './palette.ts'
import { drawable, extent } from './scale.ts'
import { coordinate, ellipsis, text, textWidth } from './text.ts'

export interface Series {
  readonly name: string
  readonly x: ArrayLike<number>
  /** One an x; what is not finite is a gap. */
  readonly y: ArrayLike<number>
}

export interface LinesOptions extends Setting {
  /** At most 24 are drawn. */
  readonly series: readonly Series[]
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  /** Values that the axes hold in any case. */
  readonly xHolds?: readonly number[]
  readonly yHolds?: readonly number[]
  /** A value of the horizontal axis, within that of the series, that is marked. */
  readonly xMark?: number
}

const PLOT_HEIGHT = 240
const LEGEND_ROW = 22
const KEY = 22
const NAME_ROOM = 180
/** Longer series are thinned to the extremes of each half pixel. */
const MOST_POINTS = 2000
/** Series of at most as many points show each of them. */
const MARKED_POINTS = 16

interface Point {
  readonly x: number
  readonly y: number
}

/**
 * Lines over a common pair of axes, as an SVG document; points are joined in the given order.
 *
 * @throws ChartsError CHARTS_ERR_SHAPE when the x and y of a series differ in number
 */
export function lines({
  series,
  title,
  xLabel,
  yLabel,
  xHolds = [],
  yHolds = [],
  xMark,
  ...setting
}: LinesOptions): string {
  const sheet = sheetOf(setting)
  const { page, width, margin } = sheet
  const shown = series.slice(0, MOST_SERIES)
  const points = shown.map(pointsOf)
  const placed = points.flat().filter(({ x, y }) => !Number.isNaN(x) && !Number.isNaN(y))
  const xs = extent(
    held(
      placed.map(({ x }) => x),
      xHolds,
    ),
  )
  const ys = extent(
    held(
      placed.map(({ y }) => y),
      yHolds,
    ),
  )
  if (!xs || !ys) return emptyFrame(title, sheet)

  const keys = shown.length > 1 ? legend(shown, sheet) : { body: '', rows: 0 }
  const top = sheet.top + keys.rows * LEGEND_ROW + 26
  const bottom = top + PLOT_HEIGHT
  const y = verticalAxis(...ys, { from: bottom, to: top, ticks: 5 })
  const left = margin + widest(y.labels, 12) + 10
  const right = width - margin - 16
  const whole = placed.every((point) => Number.isInteger(point.x))
  const x = horizontalAxis(...xs, { from: left, to: right, ticks: Math.round(width / 90), whole })
  const body = [
    keys.body,
    text(margin, top - 20, ellipsis(yLabel, width - 2 * margin, 12), { look: 'muted' }),
    ...y.ticks.map((tick, index) => [
      rule('grid', left, y.at(tick), right, y.at(tick)),
      text(left - 10, y.at(tick), y.labels[index], { look: 'muted', anchor: 'end' }),
    ]),
    rule('axis', left, bottom, right, bottom),
    ...x.ticks.map((tick, index) =>
      text(x.at(tick), bottom + 16, x.labels[index], { look: 'muted', anchor: 'middle' }),
    ),
    text((left + right) / 2, bottom + 40, ellipsis(xLabel, right - left, 12), { look: 'muted', anchor: 'middle' }),
    ...points.map((line, index) => drawLine(line, index, x, y)),
    xMark !== undefined && xMark >= xs[0] && xMark <= xs[1]
      ? markLine(x.at(xMark), top, bottom, formatNumber(xMark))
      : '',
  ]
  return frame({
    page,
    width,
    height: bottom + 64,
    title,
    description: describe(shown, points, series.length, xLabel, yLabel),
    body: body.flat().join(''),
  })
}

/** Of nothing there is no axis, whatever it is to hold. */
function held(values: readonly number[], holds: readonly number[]): readonly number[] {
  return values.length > 0 ? [...values, ...holds] : []
}

function pointsOf({ name, x, y }: Series): Point[] {
  if (x.length !== y.length) {
    throw new ChartsError('CHARTS_ERR_SHAPE', `Series "${name}" has ${y.length} y for ${x.length} x.`)
  }
  return Array.from(x, (value, index) => ({ x: drawable(value), y: drawable(y[index]) }))
}

/** A key and a name for each series below the title: in one row, or in the columns of several. */
function legend(series: readonly Series[], { width, margin, top }: Sheet): { body: string; rows: number } {
  const names = series.map(({ name }) => ellipsis(name, NAME_ROOM, 12))
  const widths = names.map((name) => KEY + 8 + textWidth(name, 12) + 18)
  const room = width - 2 * margin + 18
  const oneRow = widths.reduce((sum, width) => sum + width, 0) <= room
  const pitch = Math.max(...widths)
  const columns = oneRow ? names.length : Math.max(Math.floor(room / pitch), 1)
  let x = margin
  const body = names.map((name, index) => {
    if (index % columns === 0) x = margin
    const middle = top + Math.floor(index / columns) * LEGEND_ROW
    const key = `<path class="${lineClass(index)}" d="M${coordinate(x)} ${middle}h${KEY}"/>`
    const entry = key + text(x + KEY + 8, middle, name)
    x += oneRow ? widths[index] : pitch
    return entry
  })
  return { body: body.join(''), rows: Math.ceil(names.length / columns) }
}

function drawLine(points: readonly Point[], index: number, x: Axis, y: Axis): string {
  const fill = lineClass(index).split(' ')[1].replace('s', 'f')
  const path: string[] = []
  const marks: string[] = []
  let before = false
  for (const [at, point] of thinned(points, x).entries()) {
    const gap = Number.isNaN(point.x) || Number.isNaN(point.y)
    if (!gap) {
      const place = [coordinate(x.at(point.x)), coordinate(y.at(point.y))]
      path.push(`${before ? 'L' : 'M'}${place.join(' ')}`)
      const alone = !before && !hasPlace(points[at + 1])
      if (points.length <= MARKED_POINTS || (alone && points.length <= MOST_POINTS)) {
        marks.push(`<circle class="${fill}" cx="${place[0]}" cy="${place[1]}" r="3"/>`)
      }
    }
    before = !gap
  }
  if (path.length === 0) return ''
  return `<path class="${lineClass(index)}" d="${path.join('')}"/>${marks.join('')}`
}

function markLine(x: number, top: number, bottom: number, value: string): string {
  const ends = `M${coordinate(x)} ${coordinate(top)}V${coordinate(bottom)}`
  return `<g><title>${escapeXml(value)}</title><path class="line ink dotted" d="${ends}"/></g>`
}

function hasPlace(point: Point | undefined): boolean {
  return point !== undefined && !Number.isNaN(point.x) && !Number.isNaN(point.y)
}

/** The first, lowest, highest and last of the consecutive points that share half a pixel, where there are many. */
function thinned(points: readonly Point[], x: Axis): readonly Point[] {
  if (points.length <= MOST_POINTS) return points
  const kept: Point[] = []
  for (let start = 0; start < points.length; ) {
    const column = halfPixel(points[start], x)
    let end = start
    let lowest = start
    let highest = start
    while (end < points.length && Object.is(halfPixel(points[end], x), column)) {
      if (points[end].y < points[lowest].y) lowest = end
      if (points[end].y > points[highest].y) highest = end
      end++
    }
    const chosen = new Set([start, lowest, highest, end - 1].sort((a, b) => a - b))
    for (const index of chosen) kept.push(points[index])
    start = end
  }
  return kept
}

/** NaN for a gap, so that gaps are columns of their own. */
function halfPixel(point: Point, x: Axis): number {
  return Number.isNaN(point.y) ? Number.NaN : Math.round(x.at(point.x) * 2)
}

function describe(
  series: readonly Series[],
  points: readonly (readonly Point[])[],
  all: number,
  xLabel: string,
  yLabel: string,
): string {
  const sentences = points.map((line, index) => {
    const there = line.filter(hasPlace)
    const { name } = series[index]
    if (there.length === 0) return `${name} has no data.`
    const [first, last] = [there[0], there[there.length - 1]]
    const end = there.length > 1 ? ` to ${formatNumber(last.y)} at ${formatNumber(last.x)}` : ''
    return `${name}: ${formatNumber(first.y)} at ${formatNumber(first.x)}${end}.`
  })
  const left = all > series.length ? ` The first ${series.length} of ${all} series are shown.` : ''
  return `${yLabel} by ${xLabel}. ${sentences.join(' ')}${left}`
}
