import { styleText } from 'node:util'

/** Where a person reads: standard output, or a test's own sink. */
export interface Output {
  write(text: string): unknown
}

type Format = Parameters<typeof styleText>[0]

const WIDTH = 80

/** What is printed, in 80 columns, and what was found to be off. */
export class Report {
  readonly #output: Output
  readonly #coloured: boolean
  #problems = 0

  constructor(output: Output, { coloured = false }: { coloured?: boolean } = {}) {
    this.#output = output
    this.#coloured = coloured
  }

  get problems(): number {
    return this.#problems
  }

  heading(text: string): void {
    this.#output.write(
      `\n${wrap(text)
        .map((line) => this.paint('bold', line))
        .join('\n')}\n`,
    )
  }

  /** A paragraph, two columns in. */
  say(text: string, format?: Format): void {
    for (const line of wrap(text, '  ')) this.line(format ? this.paint(format, line) : line)
  }

  /** A line as it is. */
  line(text: string): void {
    this.#output.write(`${text.trimEnd()}\n`)
  }

  /** Something that is not as it should be, in one sentence. */
  problem(text: string): void {
    this.#problems++
    this.say(`✖ ${text}`, 'red')
  }

  /** Rows of cells below their heads, columns as wide as their widest cell. */
  table(heads: readonly string[], rows: readonly (readonly Cell[])[]): void {
    const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column].text.length)))
    this.line(this.paint('dim', `  ${heads.map((head, column) => head.padEnd(widths[column])).join('   ')}`))
    for (const row of rows) {
      const cells = row.map(({ text, format, right }, column) => {
        const padded = right ? text.padStart(widths[column]) : text.padEnd(widths[column])
        return format ? this.paint(format, padded) : padded
      })
      this.line(`  ${cells.join('   ')}`)
    }
  }

  /** Names and values below each other. */
  pairs(pairs: readonly (readonly [name: string, value: string])[]): void {
    const width = Math.max(...pairs.map(([name]) => name.length))
    for (const [name, value] of pairs) {
      const [first, ...more] = wrap(value, ' '.repeat(width + 5))
      this.line(`  ${this.paint('dim', name.padEnd(width))}   ${first.trimStart()}`)
      for (const line of more) this.line(line)
    }
  }

  paint(format: Format, text: string): string {
    return this.#coloured ? styleText(format, text, { validateStream: false }) : text
  }
}

export interface Cell {
  readonly text: string
  readonly format?: Format
  /** Stands at the right end of its column. */
  readonly right?: boolean
}

/** Breaks at spaces into lines of at most 80 columns, each after `indent`; a longer word has a line of its own. */
export function wrap(text: string, indent = ''): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent.length + line.length + 1 + word.length > WIDTH) {
      lines.push(indent + line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, indent + line]
}

/** At most `room` columns of a text that others wrote: on one line, the rest an ellipsis. */
export function shorten(text: string, room: number): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ')
  return line.length <= room ? line : `${line.slice(0, room - 1)}…`
}

/** 1234567 -> 1,234,567. */
export function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 })
}

/** "1 row", "2,000 rows". */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`
}
