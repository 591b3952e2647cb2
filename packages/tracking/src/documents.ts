import { bad } from './guards.ts'
import type { Table } from './types.ts'

/** A JSON document, indented by two. Throws TRACKING_ERR_VALUE for what JSON cannot hold. */
export function toJsonDocument(value: object, path: string): string {
  if (!path.endsWith('.json')) throw bad(`A dictionary is stored as JSON: ${JSON.stringify(path)} must end in .json`)
  const text = JSON.stringify(value, null, 2)
  if (text === undefined) throw bad(`The dictionary for ${path} must be JSON, not a ${typeof value}`)
  return `${text}\n`
}

/** A table as MLflow's page of evaluations reads it: pandas' split form. Rows are given as objects, or with their columns. */
export function toTableDocument(table: Table, path: string): string {
  if (!path.endsWith('.json')) throw bad(`A table is stored as JSON: ${JSON.stringify(path)} must end in .json`)
  if ('columns' in table) {
    const { columns, data } = table as { columns: readonly string[]; data: readonly (readonly unknown[])[] }
    const uneven = data.findIndex((row) => row.length !== columns.length)
    if (uneven >= 0) throw bad(`Row ${uneven} of the table for ${path} has not as many cells as there are columns`)
    return JSON.stringify({ columns, data })
  }
  const columns = [...new Set(table.flatMap((row) => Object.keys(row)))]
  return JSON.stringify({
    columns,
    data: table.map((row) => columns.map((name) => (Object.hasOwn(row, name) ? row[name] : null))),
  })
}

/** Checks that a picture is what its name says. */
export function checkFigure(figure: string | Uint8Array, path: string): string | Uint8Array {
  const bytes = typeof figure === 'string' ? Buffer.from(figure) : figure
  const isPng = Buffer.from(bytes.subarray(0, 8)).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))
  const isSvg = /^\s*(<[?!][^>]*>\s*)*<svg[\s>]/.test(Buffer.from(bytes.subarray(0, 4096)).toString())
  if ((path.endsWith('.png') && isPng) || (path.endsWith('.svg') && isSvg)) return figure
  throw bad(`The figure ${JSON.stringify(path)} must be an SVG document ending in .svg or a PNG ending in .png`)
}
