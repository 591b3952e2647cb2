import { type PredictionRecord, readLog } from '@copse/monitoring'
import { fileWriter, ParquetWriter } from 'hyparquet-writer'

/** Rows of a row group, which is what memory holds. */
const GROUP = 10_000

type Cell = string | number | Date | undefined
type Kind = 'text' | 'number' | 'time'

interface Column {
  readonly name: string
  readonly kind: Kind
  readonly cell: (record: PredictionRecord) => Cell
}

/** Writes the predictions of a log as a Parquet file and returns their number. The log is read twice: for columns, for rows. */
export async function writeParquet(log: string, file: string): Promise<number> {
  const columns = [...FIXED, ...(await featureColumns(log))]
  const writer = new ParquetWriter({
    writer: fileWriter(file),
    schema: [{ name: 'root', num_children: columns.length }, ...columns.map(schemaOf)],
  })
  let rows = 0
  let group: PredictionRecord[] = []
  const write = async () => {
    if (group.length === 0) return
    const columnData = columns.map(({ name, cell }) => ({ name, data: group.map(cell) }))
    await writer.write({ columnData, rowGroupSize: GROUP })
    rows += group.length
    group = []
  }
  for await (const record of readLog(log)) {
    if ('id' in record && group.push(record) === GROUP) await write()
  }
  await write()
  await writer.finish()
  return rows
}

const FIXED: readonly Column[] = [
  { name: 'id', kind: 'text', cell: ({ id }) => id },
  { name: 'time', kind: 'time', cell: ({ time }) => new Date(time) },
  { name: 'model', kind: 'text', cell: ({ model }) => model },
  { name: 'version', kind: 'text', cell: ({ version }) => version },
  { name: 'sha256', kind: 'text', cell: ({ sha256 }) => sha256 },
  { name: 'trace', kind: 'text', cell: ({ trace }) => trace },
  { name: 'latency_us', kind: 'number', cell: ({ latency_us }) => latency_us },
  { name: 'class', kind: 'text', cell: ({ output }) => ('class' in output ? output.class : undefined) },
  {
    name: 'confidence',
    kind: 'number',
    cell: ({ output }) => ('class' in output ? Math.max(...output.probabilities) : undefined),
  },
  { name: 'value', kind: 'number', cell: ({ output }) => ('value' in output ? output.value : undefined) },
]

async function featureColumns(log: string): Promise<Column[]> {
  const kinds = new Map<string, Kind>()
  for await (const record of readLog(log)) {
    if (!('id' in record)) continue
    for (const [name, value] of Object.entries(record.features)) {
      if (typeof value === 'string' || !kinds.has(name)) kinds.set(name, typeof value === 'string' ? 'text' : 'number')
    }
  }
  return Array.from(
    kinds,
    ([name, kind]): Column => ({
      name: `feature.${name}`,
      kind,
      cell: ({ features }) => {
        const value = Object.hasOwn(features, name) ? features[name] : undefined
        return value === null || value === undefined ? undefined : kind === 'text' ? String(value) : value
      },
    }),
  )
}

function schemaOf({ name, kind }: Column) {
  const repetition_type = 'OPTIONAL' as const
  if (kind === 'text') return { name, repetition_type, type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const
  if (kind === 'time') return { name, repetition_type, type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' } as const
  return { name, repetition_type, type: 'DOUBLE' } as const
}
