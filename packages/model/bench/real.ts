import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Table } from '../src/table.ts'
import { tableOf } from './like.ts'
import { DATA, DATA_DIRECTORY } from './peers.ts'

/** The training parts of letter and diamonds, as `--peers` wrote them; none where it never ran. Categories are whole numbers in them. */
export const REAL: Readonly<Record<string, () => Table>> = Object.fromEntries(
  DATA.filter(({ name }) => name !== 'syn100k' && existsSync(join(DATA_DIRECTORY, `${name}.y`))).map((data) => [
    `${data.name} (real)`,
    () => readTable(data),
  ]),
)

function readTable({ name, trained, features, classes }: (typeof DATA)[number]): Table {
  const values = new Float32Array(bytesOf(`${name}.x`))
  const target = new Float64Array(bytesOf(`${name}.y`)).subarray(0, trained)
  const columns = Array.from({ length: features }, (_, f) =>
    Float32Array.from({ length: trained }, (_, row) => values[row * features + f]),
  )
  if (classes === 0) return tableOf(columns, target, { name: 'y', type: 'number' })
  const labels = Array.from({ length: classes }, (_, k) => `${k}`)
  return tableOf(columns, Uint16Array.from(target), { name: 'y', type: 'class', classes: labels })
}

function bytesOf(name: string): ArrayBuffer {
  return new Uint8Array(readFileSync(join(DATA_DIRECTORY, name))).buffer
}
