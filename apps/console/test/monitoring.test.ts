import t from 'tap'
import { type Drift, readMonitoring } from '../src/monitoring.ts'
import { DRIFT } from './answers.ts'

t.test('an answer is what the route answers', async (t) => {
  t.equal(readMonitoring<Drift>(DRIFT), DRIFT)
})

t.test('what is no object is refused in a sentence', async (t) => {
  for (const json of [null, undefined, 7, 'drift', [], true]) {
    t.throws(() => readMonitoring(json), { name: 'Refusal', message: /^The service answered something that this page/ })
  }
})
