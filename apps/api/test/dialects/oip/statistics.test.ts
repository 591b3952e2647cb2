import t from 'tap'
import { ModelStatistics } from '../../../src/dialects/oip/statistics.ts'
import type { ServedModel } from '../../../src/model/served.ts'

const model = { name: 'iris', version: '3' } as ServedModel

t.test('counts and nanoseconds, by part and by batch size', async (t) => {
  const statistics = new ModelStatistics()
  t.match(statistics.show(model), {
    name: 'iris',
    version: '3',
    last_inference: 0,
    inference_count: 0,
    batch_stats: [],
  })
  const marks = { arrived: 10, started: 11, read: 13, predicted: 16, written: 20 }
  statistics.succeeded(5, marks)
  statistics.succeeded(1, marks)
  statistics.succeeded(5, marks)
  statistics.failed(0, 0.5)
  const shown = statistics.show(model)
  t.ok(shown.last_inference > Date.now() - 60_000)
  t.match(shown, {
    inference_count: 11,
    execution_count: 3,
    inference_stats: {
      success: { count: 3, ns: 30e6 },
      fail: { count: 1, ns: 500_000 },
      queue: { count: 3, ns: 3e6 },
      compute_input: { count: 3, ns: 6e6 },
      compute_infer: { count: 3, ns: 9e6 },
      compute_output: { count: 3, ns: 12e6 },
      cache_hit: { count: 0, ns: 0 },
      cache_miss: { count: 0, ns: 0 },
    },
    batch_stats: [
      { batch_size: 5, compute_infer: { count: 2, ns: 6e6 } },
      { batch_size: 1, compute_infer: { count: 1, ns: 3e6 } },
    ],
  })
})

t.test('memory does not grow with the batch sizes', async (t) => {
  const statistics = new ModelStatistics()
  const marks = { arrived: 0, started: 0, read: 0, predicted: 0, written: 0 }
  for (let rows = 1; rows <= 10_000; rows++) statistics.succeeded(rows, marks)
  t.equal(statistics.show(model).batch_stats.length, 100)
  t.equal(statistics.show(model).execution_count, 10_000)
})
