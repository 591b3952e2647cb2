import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parquetReadObjects } from 'hyparquet'
import t from 'tap'
import { writeParquet } from '../../src/replay/parquet.ts'

t.test('the predictions of a log are read back from Parquet', async (t) => {
  const common = { time: '2026-11-01T00:00:00.005Z', model: 'gems', version: '1', sha256: 'ab', latency_us: 30 }
  const lines = [
    {
      ...common,
      id: 'a',
      trace: 't',
      features: { carat: 1.5, cut: 'fair' },
      output: { class: 'no', probabilities: [0.75, 0.25] },
    },
    { ...common, id: 'b', features: { carat: null, cut: -1 }, output: { value: 7 } },
    { feedback: 'a', time: common.time, label: 'no', result: 'matched' },
  ]
  const directory = t.testdir({ 'a.ndjson': lines.map((line) => `${JSON.stringify(line)}\n`).join('') })
  const file = join(directory, 'log.parquet')
  t.equal(await writeParquet(directory, file), 2)
  const bytes = readFileSync(file)
  const rows = await parquetReadObjects({ file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) })
  t.equal(rows.length, 2)
  t.match(rows[0], { id: 'a', trace: 't', class: 'no', confidence: 0.75, 'feature.carat': 1.5, 'feature.cut': 'fair' })
  t.match(rows[1], { id: 'b', value: 7, latency_us: 30, 'feature.cut': '-1' })
  t.equal(new Date(rows[0]!.time).toISOString(), common.time)
  for (const key of ['trace', 'class', 'confidence', 'feature.carat']) t.notOk(rows[1]![key], key)
})
