import t from 'tap'
import { ALLOWED_BYTES, measureCsv } from '../bench/csv.ts'

t.setTimeout(300_000)

t.test('a file of 100 MB is read in the memory of its columns and a constant', async (t) => {
  const { fileBytes, rows, features, ownBytes, peakBytes } = await measureCsv(100)
  t.ok(fileBytes > 100e6)
  t.equal(ownBytes, rows * (features * 4 + 2))
  t.ok(peakBytes < ownBytes + ALLOWED_BYTES, `${peakBytes} bytes at the peak, ${ownBytes} of them columns`)
})
