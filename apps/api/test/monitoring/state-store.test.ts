import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { MONITOR_DEFAULTS } from '../../src/monitoring/monitor.ts'
import { StateStore } from '../../src/monitoring/state-store.ts'
import { batchOf, drawn, irisFacts } from './facts.ts'

function store(t: Test, directory = join(t.testdir(), 'monitoring')) {
  const lines: { reason?: string }[] = []
  const log = { warn: (about: object) => void lines.push(about), error: (about: object) => void lines.push(about) }
  return { directory, lines, store: new StateStore(directory, log) }
}

t.test('a version goes on where it was, and only when something is new is it written', async (t) => {
  const { store: first, directory, lines } = store(t)
  const facts = { ...irisFacts(), name: 'a/../b', version: '.' }
  const watched = first.open(facts, MONITOR_DEFAULTS)
  await first.save([watched])
  t.throws(() => readdirSync(directory), 'nothing was known')
  watched.take(batchOf(facts, drawn(60, 1)))
  watched.label('id.7', 'setosa')
  watched.check()
  await first.save([watched])
  t.strictSame(readdirSync(directory), ['a%2F%2e%2e%2Fb'])
  const [name] = readdirSync(join(directory, 'a%2F%2e%2e%2Fb'))
  t.equal(name, `%2e-${facts.sha256.slice(0, 12)}.json`)

  const again = store(t, directory).store.open(facts, MONITOR_DEFAULTS)
  t.equal(JSON.stringify(again), JSON.stringify(watched))
  t.ok(again.knows('id.7'))
  t.strictSame(
    again.report.series.map(({ state }) => state),
    watched.report.series.map(({ state }) => state),
  )
  t.strictSame(lines, [])
})

t.test('a file is what was known when it was begun, whatever comes while it is written', async (t) => {
  const { store: first, directory } = store(t)
  const facts = irisFacts()
  const watched = first.open(facts, MONITOR_DEFAULTS)
  watched.take(batchOf(facts, drawn(9000, 1)))
  watched.label('id.7', 'setosa')
  const { name, version, sha256 } = facts
  const before = JSON.stringify({
    format: 'copse-monitoring',
    version: 1,
    model: { name, version, sha256 },
    ...watched.toJSON(),
  })
  const saving = first.save([watched])
  await turn()
  watched.take(batchOf(facts, drawn(100, 2), 'later'))
  watched.label('id.8', 'setosa')
  await saving
  const [file] = readdirSync(join(directory, 'iris'))
  t.equal(readFileSync(join(directory, 'iris', file!), 'utf8'), before)
})

t.test('what is of another model, torn or no state is refused with its reason', async (t) => {
  const { store: first, directory, lines } = store(t)
  const facts = irisFacts()
  const watched = first.open(facts, MONITOR_DEFAULTS)
  watched.take(batchOf(facts, drawn(60, 1)))
  await first.save([watched])
  const path = join(directory, 'iris', readdirSync(join(directory, 'iris'))[0]!)
  const text = readFileSync(path, 'utf8')
  const json = JSON.parse(text)
  for (const content of [
    '',
    text.slice(0, -9),
    'null',
    '[]',
    JSON.stringify({ ...json, version: 2 }),
    JSON.stringify({ ...json, model: { ...json.model, version: '2' } }),
    JSON.stringify({ ...json, window: undefined }),
    JSON.stringify({ ...json, feedback: { ...json.feedback, times: 'AAAA' } }),
  ]) {
    writeFileSync(path, content)
    const before = lines.length
    const { report } = first.open(facts, MONITOR_DEFAULTS)
    t.equal(report.rows, 0)
    t.equal(lines.length, before + 1, content.slice(0, 60))
    t.ok(lines.at(-1)!.reason)
  }
  writeFileSync(path, text)
  t.equal(first.open(facts, { ...MONITOR_DEFAULTS, windowMs: 60_000 }).report.rows, 0, 'other windows')
  t.equal(first.open(facts, MONITOR_DEFAULTS).report.rows, 60)
})

t.test('a home that cannot be written to is told once, and nothing else happens', async (t) => {
  const directory = join(t.testdir(), 'file')
  mkdirSync(join(directory, '..'), { recursive: true })
  writeFileSync(directory, '')
  const { store: first, lines } = store(t, directory)
  const facts = irisFacts()
  const watched = first.open(facts, MONITOR_DEFAULTS)
  for (let i = 0; i < 3; i++) {
    watched.take(batchOf(facts, drawn(1, i), `id${i}`))
    await first.save([watched])
  }
  t.equal(
    lines.filter(({ reason }) => /EEXIST|ENOTDIR/.test(reason ?? '')).length,
    2,
    'one for opening, one for saving',
  )
})
