import { escapeXml } from './escape.ts'
import { STYLE } from './palette.ts'
import { coordinate, ellipsis, text, textWidth } from './text.ts'

/** Free room around everything, in pixels. */
export const MARGIN = 24

/** Where the drawing begins below a title, without and with a note. */
export const TOP = 56
export const TOP_WITH_NOTE = 76

export interface FrameOptions {
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
export function frame({ width, height, title, note, description, body }: FrameOptions): string {
  const size = `width="${coordinate(width)}" height="${coordinate(height)}"`
  const room = width - 2 * MARGIN
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="copse-chart" role="img" ${size}`,
    ` viewBox="0 0 ${coordinate(width)} ${coordinate(height)}">`,
    `<title>${escapeXml(title)}</title><desc>${escapeXml(description)}</desc><style>${STYLE}</style>`,
    `<rect class="paper" ${size} rx="8"/>`,
    text(MARGIN, 30, ellipsis(title, room, 16), { look: 'title' }),
    note ? text(MARGIN, 52, ellipsis(note, room, 12), { look: 'muted' }) : '',
    body,
    '</svg>\n',
  ].join('')
}

/** A chart of nothing. */
export function emptyFrame(title: string, width = 640): string {
  const body = text(width / 2, 116, 'No data', { look: 'muted', anchor: 'middle' })
  return frame({ width, height: 176, title, description: 'There is no data.', body })
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
