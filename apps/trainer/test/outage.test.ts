import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { listRuns, type SyncOptions, sync } from '@copse/tracking'
import t from 'tap'
import { fakeMlflow } from '../../../packages/tracking/test/fake-mlflow.ts'
import { runExperiment } from '../src/pipeline.ts'
import { gems, save } from './tables.ts'

const server = { retries: 0, timeoutMs: 5000 }

/** An experiment on an MLflow in memory that goes away with its n-th request; that one may still be carried out. */
async function experiment(t: Parameters<typeof fakeMlflow>[0], home: string, data: string, dies: number) {
  let down = false
  const fake = await fakeMlflow(t, (_, count) => {
    if (down) return 'reset before'
    down = count === dies
    return down ? (dies % 2 === 0 ? 'reset before' : 'reset after') : undefined
  })
  let text = ''
  const output = { write: (more: string) => (text += more) }
  const settings = { data, target: 'sold', home, trackingUri: fake.uri, server, trees: 1, threads: 1 }
  const ended = await runExperiment(settings, { output }).then(
    (result) => ({ result, error: undefined }),
    (error) => ({ result: undefined, error }),
  )
  const back = () => {
    dies = 0
    down = false
  }
  return {
    ...fake,
    ...ended,
    text,
    back,
    sync: (more: Partial<SyncOptions> = {}) => sync({ home, uri: fake.uri, ...server, ...more }),
  }
}

t.test('a server that goes away at any request', async (t) => {
  const directory = t.testdir()
  const data = save(directory, 'gems.csv', gems({ rows: 60 }))
  const whole = await experiment(t, join(directory, 'whole'), data, 0)
  t.match(whole, { result: { pending: 0, version: { version: '1' } }, error: undefined })
  t.notMatch(whole.text, 'went away')
  const first = whole.received.findIndex(({ path }) => path.startsWith('experiments/')) + 1
  for (let dies = 1; dies <= whole.received.length; dies++) {
    const home = join(directory, `home-${dies}`)
    const attempt = await experiment(t, home, data, dies)
    if (dies < first) {
      t.match(attempt.error, { code: 'TRACKING_ERR_UNREACHABLE' }, `request ${dies}: nothing is trained yet`)
      continue
    }
    const { result, text } = attempt
    if (!result) {
      t.fail(`request ${dies}: ${attempt.error.stack}`)
      continue
    }
    t.ok(result.pending > 0, `request ${dies}`)
    t.match(text.replace(/\s+/g, ' '), `MLFLOW_TRACKING_URI=${attempt.uri} COPSE_HOME=`)
    attempt.back()
    t.match(await attempt.sync(), { pending: 0, refused: 0, busy: 0 })
    t.match(await attempt.sync(), { runs: [] })
    const runs = attempt.server.byUuid()
    const written = await listRuns(home)
    t.equal(runs.size, written.length)
    for (const run of written) {
      const arrived = runs.get(run.uuid)!
      t.equal(arrived.status, 'FINISHED')
      t.strictSame(Object.fromEntries(arrived.params), run.params)
      t.equal(arrived.points.size, Object.values(run.metrics).flat().length)
      t.strictSame(
        Object.fromEntries([...arrived.artifacts].sort()),
        Object.fromEntries(
          Object.entries(run.artifacts)
            .map(([path, { sha256 }]) => [path, sha256])
            .sort(),
        ),
      )
    }
    t.strictSame(
      attempt.server.models.filter(({ deleted }) => !deleted).map(({ status }) => status),
      ['LOGGED_MODEL_READY'],
    )
    const { versions, aliases } = attempt.server.registered.get('gems')!
    t.equal(versions.length, 1)
    t.equal(aliases.get('champion'), '1')
  }
})

t.test('the process says what is to be done and ends well', async (t) => {
  const home = t.testdir()
  let down = false
  const fake = await fakeMlflow(t, (_, count) => {
    down ||= count > 20
    return down ? 'reset before' : undefined
  })
  const main = join(import.meta.dirname, '..', 'src', 'main.ts')
  const env = { ...process.env, MLFLOW_TRACKING_URI: fake.uri, COPSE_HOME: home, MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0' }
  const child = spawn(process.execPath, ['--conditions=@copse/source', main, '--trees', '2', '--threads', '1'], { env })
  let out = ''
  child.stdout.on('data', (text) => (out += text))
  const [code] = await once(child, 'close')
  t.equal(code, 0)
  t.match(out, /To be registered as iris: /)
  t.match(out, /operations wait in/)
  t.match(out, `npx --yes pnpm@12 sync`)
  for (const line of out.split('\n')) if (!line.includes(home)) t.ok(line.length <= 80, line)
})
