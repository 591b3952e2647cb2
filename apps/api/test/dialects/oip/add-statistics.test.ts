import fc from 'fast-check'
import t from 'tap'
import { addStatistics } from '../../../src/dialects/oip/add-statistics.ts'
import { ModelStatistics, type ModelStats } from '../../../src/dialects/oip/statistics.ts'
import type { ServedModel } from '../../../src/model/served.ts'

const model = (version: string) => ({ name: 'iris', version }) as ServedModel

/** Requests to one of two versions, as each process answered them: its rows, or 0 for one that failed. */
const requests = fc.array(fc.record({ version: fc.constantFrom('1', '2'), rows: fc.nat(5), took: fc.nat(100) }))

function statisticsOf(answered: readonly { version: string; rows: number; took: number }[]): ModelStats[] {
  const known = new Map<string, ModelStatistics>()
  for (const { version, rows, took } of answered) {
    const statistics = known.get(version) ?? new ModelStatistics()
    known.set(version, statistics)
    if (rows === 0) statistics.failed(0, took)
    else
      statistics.succeeded(rows, { arrived: 0, started: took, read: 2 * took, predicted: 4 * took, written: 7 * took })
  }
  return [...known].map(([version, statistics]) => statistics.show(model(version)))
}

/** In an order that says nothing, and without the time of day. */
function sorted(stats: readonly ModelStats[]) {
  return stats
    .map((one) => ({
      ...one,
      last_inference: one.last_inference > 0,
      batch_stats: one.batch_stats.toSorted((a, b) => a.batch_size - b.batch_size),
    }))
    .toSorted((a, b) => Number(a.version) - Number(b.version))
}

t.test('several processes add up to one that answered all', async (t) => {
  fc.assert(
    fc.property(fc.array(requests, { maxLength: 4 }), (processes) => {
      const sum = addStatistics(processes.map(statisticsOf))
      t.strictSame(sorted(sum), sorted(statisticsOf(processes.flat())))
    }),
  )
})

t.test('the last inference is the latest of all', async (t) => {
  const [stats] = statisticsOf([{ version: '1', rows: 1, took: 1 }])
  const sum = addStatistics([[{ ...stats!, last_inference: 5 }], [{ ...stats!, last_inference: 9 }], [stats!]])
  t.equal(sum[0]!.last_inference, stats!.last_inference)
  t.equal(sum[0]!.execution_count, 3)
  t.strictSame(addStatistics([]), [])
})
