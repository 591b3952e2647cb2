import { escapeXml } from './escape.ts'
import { STYLE } from './palette.ts'
import { coordinate, ellipsis, text, textWidth } from './text.ts'

/** Where a chart stands. */
export interface Setting {
  /** Pixels, from 200; default 640. */
  readonly width?: number
  /**
   * A `document` (default) brings its style sheet, its paper and a heading. On a `page` there are those already, so it leaves
   * them out: see `pageStyle`.
   */
  readonly within?: 'document' | 'page'
}

/** What a chart is drawn on. */
export interface Sheet {
  readonly page: boolean
  readonly width: number
  /** Free room around everything, in pixels. */
  readonly margin: number
  /** Where the drawing begins, without and with a note. */
  readonly top: number
  readonly topWithNote: number
}

const WIDTH = 640
const LEAST_WIDTH = 200

export function sheetOf({ width = WIDTH, within = 'document' }: Setting): Sheet {
  const page = within === 'page'
  return {
    page,
    width: Math.max(width, LEAST_WIDTH),
    ...(page ? { margin: 2, top: 10, topWithNote: 28 } : { margin: 24, top: 56, topWithNote: 76 }),
  }
}

export interface FrameOptions {
  readonly page: boolean
  readonly width: number
  readonly height: number
  readonly title: string
  /** A line below the title. */
  readonly note?: string | undefined
  /** What the picture says, in sentences, for those who do not see it. */
  readonly description: string
  /** SVG elements. */
  readonly body: string
}

/** A whole SVG document: what every chart has around its drawing. */
export function frame({ page, width, height, title, note, description, body }: FrameOptions): string {
  const size = `width="${coordinate(width)}" height="${coordinate(height)}"`
  const { margin, topWithNote } = sheetOf({ width, within: page ? 'page' : 'document' })
  const room = width - 2 * margin
  const backdrop = [
    `<rect class="paper" ${size} rx="8"/>`,
    text(margin, 30, ellipsis(title, room, 16), { look: 'title' }),
  ]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="copse-chart" role="img" ${size}`,
    ` viewBox="0 0 ${coordinate(width)} ${coordinate(height)}">`,
    `<title>${escapeXml(title)}</title><desc>${escapeXml(description)}</desc>`,
    page ? '' : `<style>${STYLE}</style>${backdrop.join('')}`,
    note ? text(margin, topWithNote - (page ? 18 : 24), ellipsis(note, room, 12), { look: 'muted' }) : '',
    body,
    '</svg>\n',
  ].join('')
}

/** A chart of nothing. */
export function emptyFrame(title: string, { page, width, top }: Sheet): string {
  const body = text(width / 2, top + 60, 'No data', { look: 'muted', anchor: 'middle' })
  return frame({ page, width, height: top + 120, title, description: 'There is no data.', body })
}

/** A horizontal or vertical line. */
export function rule(look: 'grid' | 'axis', x1: number, y1: number, x2: number, y2: number): string {
  const ends = [x1, y1, x2, y2].map(coordinate)
  return `<line class="${look}" x1="${ends[0]}" y1="${ends[1]}" x2="${ends[2]}" y2="${ends[3]}"/>`
}

/** The width of the widest text. */
export function widest(texts: readonly string[], size: number): number {
  return texts.reduce((width, content) => Math.max(width, textWidth(content, size)), 0)
}
