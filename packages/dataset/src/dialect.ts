import Papa from 'papaparse'

/** How a file separates fields and records. */
export interface Dialect {
  readonly delimiter: string
  /** `\n` also ends the records of a file with `\r\n`: the `\r` is white space around the last value. */
  readonly newline: '\n' | '\r'
}

const DELIMITERS = [',', ';', '\t']
const SAMPLED = 20 // records

/**
 * The dialect of a file that begins with `head`; `whole` when that is all of it. Of the delimiters the best is the one
 * whose header holds the target, then the one that gives all sampled records as many fields, then the one with the most.
 */
export function detectDialect(head: string, whole: boolean, target: string, delimiter?: string): Dialect {
  const newline = detectNewline(head)
  if (delimiter !== undefined) return { delimiter, newline }
  let best = DELIMITERS[0]
  let most = -1
  for (const candidate of DELIMITERS) {
    const fitness = fit(sample(head, whole, candidate, newline), target)
    if (fitness > most) {
      best = candidate
      most = fitness
    }
  }
  return { delimiter: best, newline }
}

/** The first line end outside quotes. */
function detectNewline(head: string): '\n' | '\r' {
  let open = false
  for (let i = 0; i < head.length; i++) {
    const char = head[i]
    if (char === '"') open = !open
    else if (open) continue
    else if (char === '\n') return '\n'
    else if (char === '\r') return head[i + 1] === '\n' ? '\n' : '\r'
  }
  return '\n'
}

function sample(head: string, whole: boolean, delimiter: string, newline: string): string[][] {
  const parser = new Papa.Parser({ delimiter, newline: newline as '\n' | '\r', preview: SAMPLED })
  const complete: string[][] = parser.parse(head, 0, !whole).data
  const records: string[][] = complete.length > 0 ? complete : parser.parse(head, 0, false).data
  return records.filter((record) => record.length > 1 || record[0].trim() !== '')
}

// More than the fields of any header, so that each rule outweighs those after it.
const RULE = 2 ** 24

function fit(records: readonly string[][], target: string): number {
  const [header] = records
  if (header === undefined) return 0
  const named = header.some((name) => name.trim() === target) ? 1 : 0
  const even = header.length > 1 && records.every((record) => record.length === header.length) ? 1 : 0
  return (2 * named + even) * RULE + header.length
}
