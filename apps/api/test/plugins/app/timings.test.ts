import t from 'tap'
import { Timings } from '../../../src/plugins/app/timings.ts'

t.test('every value reaches every observer once, in order', async (t) => {
  const seen: number[][] = [[], []]
  const timings = new Timings(seen.map((values) => ({ observe: (value) => void values.push(value) })))
  const values = Array.from({ length: 1000 }, (_, i) => i / 7)
  for (const value of values) timings.add(value)
  t.ok(seen[0]!.length > 0 && seen[0]!.length < 1000, 'blocks do not wait')
  timings.flush()
  timings.flush()
  t.strictSame(seen, [values, values])
})
