/** Writes records to the directory it is given until it is killed; prints how many were surely written. */
import { FileSink, PredictionLog, RecordLines } from '../../src/index.ts'

const records = new RecordLines({
  signature: { features: [{ name: 'x', type: 'number' }], target: { name: 'y', type: 'number' } },
  model: 'm',
  version: '1',
  sha256: 'ab'.repeat(32),
  features: 'all',
})
const log = new PredictionLog(new FileSink({ directory: process.argv[2] }), { segmentBytes: 300_000 })
const values = Float32Array.of(1.5)
const answers = { rows: 1, outputs: Float64Array.of(2), classIds: [] }

for (let id = 0; ; ) {
  for (let line = 0; line < 500; line++) {
    records.add({ id: `${process.pid}.${id++}`, time: Date.now(), latencyUs: 1 }, values, answers)
  }
  const { bytes, count } = records.take()
  log.write(bytes, count)
  await log.flush()
  console.log(log.counts.written)
}
