import { PassThrough } from 'node:stream'
import t from 'tap'
import { PredictionLog, StreamSink } from '../../src/index.ts'

t.test('all segments go to one stream, as fast as it takes them', async (t) => {
  const stream = new PassThrough({ highWaterMark: 4 })
  let text = ''
  stream.on('data', (chunk) => {
    text += chunk
  })
  const log = new PredictionLog(new StreamSink(stream), { segmentBytes: 1 })
  for (const line of ['a\n', 'bbbbbbbb\n', 'c\n']) {
    log.write(line)
    await log.flush()
  }
  await log.close()
  t.equal(text, 'a\nbbbbbbbb\nc\n')
  t.notOk(stream.writableEnded)
})
