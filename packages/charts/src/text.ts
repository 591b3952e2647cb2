import { escapeXml } from './escape.ts'

export interface TextOptions {
  /** Class names of the style sheet. */
  readonly look?: string
  readonly anchor?: 'start' | 'middle' | 'end'
  /** Degrees clockwise around (x, y). */
  readonly turn?: number
}

/** A text whose middle is at height `y`. */
export function text(x: number, y: number, content: string, options: TextOptions = {}): string {
  const { look, anchor, turn } = options
  const attributes = [
    ` x="${coordinate(x)}" y="${coordinate(y)}" dy=".35em"`,
    look ? ` class="${look}"` : '',
    anchor && anchor !== 'start' ? ` text-anchor="${anchor}"` : '',
    turn ? ` transform="rotate(${turn} ${coordinate(x)} ${coordinate(y)})"` : '',
  ]
  return `<text${attributes.join('')}>${escapeXml(content)}</text>`
}

/** Two decimals at most: a fiftieth of what a screen shows, and the same bytes everywhere. */
export function coordinate(value: number): string {
  return String(Math.round(value * 100) / 100 + 0)
}

/** The width of a text in pixels, a little above what the sans-serif fonts of the style sheet need. */
export function textWidth(content: string, size: number): number {
  let em = 0
  for (const character of content) em += characterWidth(character)
  return em * size
}

/** The text, or as much of its beginning as fits `width` with an ellipsis. */
export function ellipsis(content: string, width: number, size: number): string {
  if (textWidth(content, size) <= width) return content
  let room = width - textWidth('…', size)
  let kept = ''
  for (const character of content) {
    room -= characterWidth(character) * size
    if (room < 0) break
    kept += character
  }
  return `${kept.trimEnd()}…`
}

function characterWidth(character: string): number {
  if (/[ijl.,;:'|!I ]/.test(character)) return 0.32
  if (/[frt()[\]{}/\\"`*-]/.test(character)) return 0.42
  if (/[mwMW@%…]/.test(character)) return 0.98
  if (/[A-Z&#<>=+~^]/.test(character)) return 0.74
  if (/[ -~]/.test(character)) return 0.62
  if (/\p{M}/u.test(character)) return 0
  return /[\u1100-\u115F\u2E80-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFFE6]|[\u{10000}-\u{10FFFF}]/u.test(character)
    ? 1.05
    : 0.7
}
