import { WIDTH } from './output.ts'

export interface Column {
  readonly title: string
  readonly align: 'left' | 'right'
}

/**
 * Lines of a plain table, two spaces between columns. The first column is cut with `…` when a line would exceed 80
 * columns.
 */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map((column, c) => Math.max(column.title.length, ...rows.map((row) => (row[c] ?? '').length)))
  const excess = sum(widths) + 2 * (columns.length - 1) - WIDTH
  if (excess > 0) widths[0] = Math.max(8, widths[0]! - excess)
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, c) => fit(cells[c] ?? '', widths[c]!, column.align))
      .join('  ')
      .trimEnd()
  return [line(columns.map((column) => column.title)), ...rows.map(line)]
}

function fit(cell: string, width: number, align: 'left' | 'right'): string {
  const text = cell.length > width ? `${cell.slice(0, width - 1)}…` : cell
  return align === 'left' ? text.padEnd(width) : text.padStart(width)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
