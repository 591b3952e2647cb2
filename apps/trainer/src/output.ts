/** Where a person reads: standard output, or a test's own sink. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
}

/** Width of everything that is printed. */
export const WIDTH = 80

/** Writes text wrapped at 80 columns; lines after the first begin with `indent`. */
export function say(output: Output, text: string, indent = ''): void {
  output.write(`${wrap(text, indent)}\n`)
}

/** Breaks at spaces so that no line exceeds 80 columns, unless one word does. */
export function wrap(text: string, indent = ''): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line.trim() !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = indent + word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line].join('\n')
}

/** 1234567 -> 1,234,567. */
export function count(value: number): string {
  return value.toLocaleString('en-US')
}

/** "1 row", "2 rows". */
export function plural(value: number, noun: string, many = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : many}`
}

/** At most `limit` names, then how many more there are. */
export function list(names: readonly string[], limit = 6): string {
  if (names.length <= limit) return names.join(', ')
  return `${names.slice(0, limit).join(', ')} and ${count(names.length - limit)} more`
}
