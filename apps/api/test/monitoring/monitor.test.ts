import t, { type Test } from 'tap'
import { MONITOR_DEFAULTS, Monitor, type MonitorSettings } from '../../src/monitoring/monitor.ts'
import { batchOf, drawn, irisFacts } from './facts.ts'

function monitor(t: Test, settings: Partial<MonitorSettings> = {}): Monitor {
  const made = new Monitor({ ...MONITOR_DEFAULTS, ...settings })
  t.teardown(() => made.close())
  return made
}

t.test('shifted traffic becomes drift after two checks, unshifted does not', async (t) => {
  const facts = irisFacts()
  for (const [name, shift, state] of [
    ['unshifted', 0, 'none'],
    ['shifted', 1.5, 'drift'],
  ] as const) {
    const watch = monitor(t)
    watch.serve([facts])
    const [watched] = watch.served()
    for (let check = 0; check < 10; check++) {
      const rows = drawn(60, check + 1).map(([first, ...rest]) => [first! + shift, ...rest])
      watch.take(batchOf(facts, rows, `check${check}`))
      watch.check()
      if (check === 0) t.equal(watched!.report.state, 'none', `${name}: one check moves nothing`)
    }
    t.equal(watched!.report.rows, 600)
    t.equal(watched!.report.state, state, name)
    const drifted = watched!.report.series.filter((series) => series.state === 'drift').map((series) => series.name)
    t.strictSame(drifted, shift > 0 ? ['sepal_length'] : [])
  }
})

t.test('labels find the version that predicted; the rest count for the one that is told', async (t) => {
  const watch = monitor(t)
  const [old, next] = [irisFacts('1'), irisFacts('2')]
  watch.serve([old])
  watch.take(batchOf(old, drawn(3, 1), 'old'))
  watch.serve([next])
  watch.take(batchOf(next, drawn(3, 2), 'next'))
  const labels = ['old.0', 'next.1', 'unknown'].map((id) => ({ id, label: 'setosa' }))
  const key = JSON.stringify(['iris', '2', next.sha256])
  t.strictSame(watch.feedback(labels, key), ['matched', 'matched', 'unmatched'])
  t.strictSame(watch.feedback(labels.slice(2), undefined), ['unmatched'])
  t.strictSame(
    watch.all().map(({ facts, results }) => [facts.version, results.matched, results.unmatched]),
    [
      ['1', 1, 0],
      ['2', 1, 1],
    ],
  )
  t.strictSame(
    watch.served().map(({ facts }) => facts.version),
    ['2'],
  )
})

t.test('what is no longer served is forgotten, the oldest first', async (t) => {
  const watch = monitor(t)
  for (let version = 0; version < 20; version++) watch.serve([irisFacts(String(version))])
  t.strictSame(
    watch.all().map(({ facts }) => facts.version),
    Array.from({ length: 16 }, (_, i) => String(i + 4)),
  )
})
