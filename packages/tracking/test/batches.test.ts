import fc from 'fast-check'
import t from 'tap'
import { BATCH_LIMITS, type Batch, splitBatch } from '../src/batches.ts'

const metric = (key: string) => ({ key, value: 1, timestamp: 1, step: 0 })
const entry = (key: string, value = 'v') => ({ key, value })
const times = <T>(count: number, make: (key: string) => T) =>
  Array.from({ length: count }, (_, index) => make(`k${index}`))
const sizes = (batches: Batch[]) =>
  batches.map(({ metrics, params, tags }) => [metrics.length, params.length, tags.length])

t.test('a small batch is one request, an empty one none', async (t) => {
  const batch = { metrics: [metric('a')], params: [entry('b')], tags: [entry('c')] }
  t.same(splitBatch(batch), [batch])
  t.same(splitBatch({ metrics: [], params: [], tags: [] }), [])
})

t.test('1000 metrics, 100 params, 100 tags and 1000 items of all kinds a request', async (t) => {
  t.same(sizes(splitBatch({ metrics: times(2001, metric), params: [], tags: [] })), [
    [1000, 0, 0],
    [1000, 0, 0],
    [1, 0, 0],
  ])
  t.same(sizes(splitBatch({ metrics: times(1000, metric), params: [], tags: [entry('t')] })), [
    [999, 0, 1],
    [1, 0, 0],
  ])
  t.same(sizes(splitBatch({ metrics: [], params: times(101, entry), tags: times(150, entry) })), [
    [0, 100, 0],
    [0, 1, 100],
    [0, 0, 50],
  ])
})

t.test('a megabyte a request', async (t) => {
  const batches = splitBatch({ metrics: [], params: [], tags: times(300, (key) => entry(key, '🌲'.repeat(8000))) })
  t.ok(batches.length > 9)
  for (const batch of batches) t.ok(JSON.stringify(batch).length <= 1_000_100)
})

t.test('nothing is lost, doubled or put out of order', async () => {
  const count = fc.integer({ min: 0, max: 1200 })
  fc.assert(
    fc.property(count, count, count, (metrics, params, tags) => {
      const batch = { metrics: times(metrics, metric), params: times(params, entry), tags: times(tags, entry) }
      const split = splitBatch(batch)
      return (['metrics', 'params', 'tags'] as const).every((kind) => {
        const joined = split.flatMap((part) => part[kind] as object[])
        const within = split.every((part) => part[kind].length <= BATCH_LIMITS[kind])
        return within && JSON.stringify(joined) === JSON.stringify(batch[kind])
      })
    }),
    { numRuns: 50 },
  )
})

t.test('nothing but the three kinds goes along', async (t) => {
  const batch = { op: 'batch', metrics: [metric('a')], params: [], tags: [] }
  t.same(Object.keys(splitBatch(batch)[0]!), ['metrics', 'params', 'tags'])
})
