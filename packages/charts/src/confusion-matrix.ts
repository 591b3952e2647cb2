import { type ConfusionTable, confusionTable, MOST_CLASSES, sum } from './confusion-table.ts'
import { escapeXml } from './escape.ts'
import { emptyFrame, frame, type Setting, type Sheet, sheetOf, widest } from './frame.ts'
import { formatCompact, formatNumber, formatShare } from './number.ts'
import { coordinate, ellipsis, text, textWidth } from './text.ts'

export interface ConfusionMatrixOptions extends Setting {
  readonly classes: readonly string[]
  /** Row-major [actual * classes + predicted]; finite and at least 0. */
  readonly matrix: ArrayLike<number>
  readonly title: string
}

const LABEL_ROOM = 150
const LEAST_WIDTH = 360
/** Pixels of a cell where there is room, and where that lets its label stand across. */
const PITCH = 84
const MOST_PITCH = 128

/**
 * A confusion matrix as an SVG document: rows are actual and columns predicted classes, a cell's shade is its share of
 * the row, the margins show recall and precision.
 *
 * @throws ChartsError CHARTS_ERR_SHAPE, CHARTS_ERR_VALUE
 */
export function confusionMatrix({ classes, matrix, title, ...setting }: ConfusionMatrixOptions): string {
  const sheet = sheetOf(setting)
  const table = confusionTable(classes, matrix)
  if (table.total === 0) return emptyFrame(title, sheet)

  const size = layout(table, sheet)
  const folded = classes.length > MOST_CLASSES ? `; ${MOST_CLASSES - 1} of ${classes.length} classes by name` : ''
  const note = `${rowsText(table.total)}, ${formatShare(sum(table.correct) / table.total)} correct${folded}`
  return frame({
    page: sheet.page,
    width: size.width,
    height: size.height,
    title,
    note,
    description: describe(table, classes.length),
    body: [axes(table, size, sheet), cells(table, size), margins(table, size)].join(''),
  })
}

interface Layout {
  readonly width: number
  readonly height: number
  /** Pixels from one cell to the next. */
  readonly pitch: number
  /** Where the first cell begins. */
  readonly left: number
  readonly top: number
  readonly labelSize: 10 | 12
  readonly labelRoom: number
  /** Column labels stand on their side. */
  readonly upright: boolean
  readonly precision: boolean
}

/** In a document the cells have 640 pixels, whatever stands beside them; on a page all of it has the sheet's width. */
function layout({ classes }: ConfusionTable, { page, width, margin, topWithNote }: Sheet): Layout {
  const labelRoom = Math.min(LABEL_ROOM, page ? width / 4 : LABEL_ROOM)
  const cells = page ? width - 94 - 2 * margin - Math.min(widest(classes, 12), labelRoom) : 640
  const room = Math.max(Math.floor(cells / classes.length), 14)
  const labelSize = room < 18 ? 10 : 12
  const label = Math.min(widest(classes, labelSize), labelRoom)
  const upright = label + 8 > Math.min(room, MOST_PITCH)
  const pitch = Math.min(room, upright ? PITCH : Math.max(PITCH, Math.ceil(label + 8)))
  const side = pitch * classes.length
  const precision = pitch >= 40
  const left = margin + Math.max(22 + label, precision ? textWidth('Precision', 12) : 0) + 10
  const top = topWithNote + 22 + (upright ? label + 10 : 20)
  return {
    width: Math.max(left + side + 62 + margin, page ? 0 : LEAST_WIDTH),
    height: top + side + (precision ? 34 : 4) + margin,
    pitch,
    left,
    top,
    labelSize,
    labelRoom,
    upright,
    precision,
  }
}

function axes(
  { classes }: ConfusionTable,
  { pitch, left, top, labelSize, labelRoom, upright }: Layout,
  { margin, topWithNote }: Sheet,
): string {
  const side = pitch * classes.length
  const look = labelSize === 10 ? 'small' : ''
  const labels = classes.map((name, index) => {
    const middle = (index + 0.5) * pitch
    const short = ellipsis(name, labelRoom, labelSize)
    return [
      text(left - 10, top + middle, short, { look, anchor: 'end' }),
      upright
        ? text(left + middle, top - 8, short, { look, turn: -90 })
        : text(left + middle, top - 13, short, { look, anchor: 'middle' }),
    ].join('')
  })
  return [
    text(left + side / 2, topWithNote + 8, 'Predicted', { look: 'muted', anchor: 'middle' }),
    text(margin + 8, top + side / 2, 'Actual', { look: 'muted', anchor: 'middle', turn: -90 }),
    ...labels,
  ].join('')
}

function cells(table: ConfusionTable, { pitch, left, top }: Layout): string {
  const { classes, counts, actual } = table
  const gap = pitch >= 40 ? 3 : 1
  const size = coordinate(pitch - gap)
  const write = writer(counts, pitch)
  const drawn = counts.map((row, of) =>
    row.map((count, as) => {
      const x = left + as * pitch + gap / 2
      const y = top + of * pitch + gap / 2
      const box = `x="${coordinate(x)}" y="${coordinate(y)}" width="${size}" height="${size}" rx="${gap + 1}"`
      if (count === 0) return `<rect class="empty" ${box}/>`
      const share = count / actual[of]
      const opacity = coordinate(write ? shade(share) : bareShade(share))
      const tooltip = `${classes[of]} predicted as ${classes[as]}: ${rowsText(count)}, ${formatShare(share)}`
      return [
        `<rect class="${of === as ? 'f0' : 'f1'}" fill-opacity="${opacity}" ${box}>`,
        `<title>${escapeXml(tooltip)}</title></rect>`,
        write?.(count, share, x + (pitch - gap) / 2, y + (pitch - gap) / 2) ?? '',
      ].join('')
    }),
  )
  return drawn.flat().join('')
}

/**
 * The opacity of a cell with a text. It leaves out .53 to .85, where ink in the dark scheme or paper in the light one
 * cannot be read on the colour, and so tells most of a row from less.
 */
export function shade(share: number): number {
  return share < 0.5 ? 0.12 + 0.8 * share : 0.72 + 0.28 * share
}

/** The opacity of a cell without a text, which even a small share lifts from the paper. */
function bareShade(share: number): number {
  return 0.25 + 0.75 * Math.sqrt(share)
}

type Writer = (count: number, share: number, x: number, y: number) => string

/** How counts are written into cells: all in one size, in full or else shortened; not at all where one would not fit. */
function writer(counts: ConfusionTable['counts'], pitch: number): Writer | undefined {
  const all = [...new Set(counts.flat())]
  const fits = (format: (count: number) => string, size: number) => widest(all.map(format), size) <= pitch - 5
  const format = fits(formatNumber, 10) ? formatNumber : formatCompact
  if (pitch < 20 || !fits(format, 10)) return undefined
  const shares = pitch >= 52 && fits(format, 15)
  const look = shares ? 'count' : fits(format, 12) ? 'strong' : 'small'
  return (count, share, x, y) => {
    const inverse = share >= 0.5 ? ' inverse' : ''
    const number = text(x, shares ? y - 6 : y, format(count), { look: look + inverse, anchor: 'middle' })
    return shares ? number + text(x, y + 11, formatShare(share), { look: `small${inverse}`, anchor: 'middle' }) : number
  }
}

/** Recall at the right of each row and precision below each column. */
function margins(
  { classes, correct, actual, predicted }: ConfusionTable,
  { pitch, left, top, labelSize, precision }: Layout,
) {
  const side = pitch * classes.length
  const look = `muted${labelSize === 10 ? ' small' : ''}`
  const recalls = classes.map((_, index) =>
    text(left + side + 54, top + (index + 0.5) * pitch, formatShare(correct[index] / actual[index]), {
      look,
      anchor: 'end',
    }),
  )
  const precisions = classes.map((_, index) =>
    text(left + (index + 0.5) * pitch, top + side + 14, formatShare(correct[index] / predicted[index]), {
      look,
      anchor: 'middle',
    }),
  )
  return [
    text(left + side + 54, top - 13, 'Recall', { look: 'muted', anchor: 'end' }),
    ...recalls,
    ...(precision
      ? [text(left - 10, top + side + 14, 'Precision', { look: 'muted', anchor: 'end' }), ...precisions]
      : []),
  ].join('')
}

function describe({ classes, counts, actual, total, correct }: ConfusionTable, all: number): string {
  const right = `${formatShare(sum(correct) / total)} of ${rowsText(total)} of ${all} classes are predicted correctly.`
  let [count, worst] = [0, '']
  for (const [of, row] of counts.entries()) {
    for (const [as, wrong] of row.entries()) {
      if (of === as || wrong <= count) continue
      count = wrong
      worst = ` The most frequent mistake: ${classes[of]} predicted as ${classes[as]}, ${formatNumber(wrong)} of ${rowsText(actual[of])}.`
    }
  }
  return right + worst
}

function rowsText(count: number): string {
  return `${formatNumber(count)} ${count === 1 ? 'row' : 'rows'}`
}
