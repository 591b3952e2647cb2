import t from 'tap'
import { feedbackLine, parseRecord } from '../../src/index.ts'

t.test('a label is a line of its own', async (t) => {
  const time = 1_700_000_000_007
  t.strictSame(parseRecord(feedbackLine('0190-a', 'yes', 'matched', time).trimEnd()), {
    feedback: '0190-a',
    time: '2023-11-14T22:13:20.007Z',
    label: 'yes',
    result: 'matched',
  })
})
