import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { stderrLog } from '../../src/log.ts'
import { openMonitor } from '../../src/monitoring/open-monitor.ts'
import { readSettings, type Settings } from '../../src/settings.ts'
import { batchOf, drawn, irisFacts, LOG } from './facts.ts'

const silent = stderrLog('silent')

function open(t: Test, settings: Partial<Settings> = {}) {
  const home = join(t.testdirName, 'home')
  return openMonitor({ ...(readSettings([], {}) as Settings), home, ...settings }, silent)
}

t.test('the settings decide the windows; nothing but the state is kept by default', async (t) => {
  t.testdir()
  const monitor = await open(t, { driftWindowMs: 5000, feedbackWindowMs: 6000, driftIntervalMs: 7000, driftMinimum: 8 })
  t.match(monitor.settings, { windowMs: 5000, feedbackMs: 6000, intervalMs: 7000, check: { leastRows: 8 } })
  t.strictSame(Object.keys(monitor.parts), ['store'])
  monitor.serve([irisFacts()])
  monitor.take(batchOf(irisFacts(), drawn(3, 1)))
  await monitor.close()
  const next = await open(t, { driftWindowMs: 5000, feedbackWindowMs: 6000 })
  next.serve([irisFacts()])
  t.equal(next.served()[0]!.lifetime()[0], 3, 'below the home')
  await next.close()
})

t.test(
  'predictions are logged to a directory that is made for its owner, and what a dead process left is closed',
  async (t) => {
    const directory = join(t.testdir(), 'a', 'log')
    const monitor = await open(t, { predictionLog: { ...LOG, to: { directory } } })
    t.equal(statSync(directory).mode & 0o777, 0o700)
    monitor.take({ ...batchOf(irisFacts(), []), lines: { bytes: Buffer.from('{"id":"a"}\n'), count: 1 } })
    await monitor.close()
    const [name] = readdirSync(directory)
    t.match(name, /\.ndjson$/)
    t.equal(statSync(join(directory, name!)).size, 11)
  },
)

t.test('a webhook where one is asked for', async (t) => {
  t.testdir()
  const monitor = await open(t, { driftWebhook: 'http://127.0.0.1:9/' })
  t.strictSame(Object.keys(monitor.parts), ['store', 'webhook'])
  await monitor.close()
})

t.test('an upload where one is asked for, never of standard output', async (t) => {
  const directory = join(t.testdir(), 'log')
  const upload = {
    bucket: 'logs',
    prefix: '',
    endpoint: 'http://127.0.0.1:9',
    region: 'us-east-1',
    accessKeyId: 'a',
    secretAccessKey: 'b',
    sessionToken: undefined,
  }
  const monitor = await open(t, { predictionLog: { ...LOG, to: { directory }, upload } })
  t.ok(monitor.parts.upload)
  await monitor.close()
  const printing = await open(t, { predictionLog: { ...LOG, to: 'stdout', upload } })
  t.ok(printing.parts.log)
  t.notOk(printing.parts.upload)
  await printing.close()
})

t.test('a place that cannot be written to stops the start with its name and the reason', async (t) => {
  const root = t.testdir({ file: '' })
  const refused = (directory: string, code: string) =>
    t.rejects(open(t, { predictionLog: { ...LOG, to: { directory } } }), {
      code: 'API_ERR_SETTING',
      message: `COPSE_PREDICTION_LOG (--prediction-log) must be off, stdout or a directory to write to, and ${directory} is not (${code}).`,
    })
  await refused(join(root, 'file'), 'EEXIST')
  await refused(join(root, 'file', 'log'), 'ENOTDIR')
  if (process.getuid?.() === 0) return
  mkdirSync(join(root, 'closed'))
  writeFileSync(join(root, 'closed', 'x'), '')
  chmodSync(join(root, 'closed'), 0o500)
  await refused(join(root, 'closed'), 'EACCES')
})
