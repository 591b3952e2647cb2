import { join } from 'node:path'
import t from 'tap'
import { runCommandLine } from '../src/command-line.ts'
import { listRuns, openTracking, storeStatus } from '../src/index.ts'
import { type Fault, fakeMlflow } from './fake-mlflow.ts'

type Tap = Pick<typeof t, 'testdir' | 'teardown'>

async function setup(t: Tap) {
  const home = join(t.testdir(), 'home')
  const fault: { now: Fault } = { now: undefined }
  const fake = await fakeMlflow(t, () => fault.now)
  const environment = { COPSE_HOME: home, MLFLOW_TRACKING_URI: fake.uri, MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0' }
  const command = async (...args: string[]) => {
    const out: string[] = []
    const err: string[] = []
    const code = await runCommandLine(args, environment, {
      out: (text) => out.push(text),
      err: (text) => err.push(text),
    })
    return { code, out: out.join(''), err: err.join('') }
  }
  const tracking = await openTracking({ home, uri: fake.uri, retries: 0, cooldownMs: 0 })
  return { ...fake, home, fault, command, tracking }
}

t.test('sync, status and prune', async (t) => {
  const { tracking, command, fault, server, home, uri } = await setup(t)
  const arrived = await tracking.startRun({ experiment: 'iris', runName: 'arrived' })
  await arrived.end()
  fault.now = 'reset before'
  const run = await tracking.startRun({ experiment: 'iris', runName: 'away' })
  await run.logParams({ a: 1 })
  await run.end()
  const local = await openTracking({ home })
  await (await local.startRun({ experiment: 'local' })).end()

  t.same(await command('status'), {
    code: 0,
    out: `${run.uuid} iris/away: 3 of 3 pending, for ${uri}\n2 runs for servers, 1 of them not wholly there; 1 local run\n`,
    err: '',
  })
  t.match(await command('sync'), { code: 3, out: /^iris\/away: 0 operations/, err: /cannot be reached/ })
  t.match(await command('prune'), { code: 0, out: 'Deleted 1 run that had arrived\n' })
  t.same((await storeStatus({ home })).map(({ name }) => name).slice(0, 1), ['away'])
  fault.now = undefined
  const sent = await command('--', 'sync')
  t.match(sent, { code: 0, err: '' })
  t.equal(sent.out, `iris/away: 3 operations ${uri}/#/experiments/1/runs/r2\n1 run, 3 operations sent to ${uri}\n`)
  t.equal(server.byUuid().size, 2)
  t.match(await command('sync'), { code: 0, out: `0 runs, 0 operations sent to ${uri}\n` })
  t.match(await command('sync', '--local'), { code: 0, out: /^local\/.*: 2 operations/ })
  t.match(await command('prune'), { out: 'Deleted 1 run that had arrived\n' })
  t.match(await listRuns(home), [{ experiment: 'local' }], 'the local store stays')
})

t.test('runs in 80 columns', async (t) => {
  const { home, command } = await setup(t)
  const local = await openTracking({ home })
  t.match(await command('runs'), { code: 0, out: 'No runs\n' })
  const ids: string[] = []
  for (const depth of [3, 12]) {
    const run = await local.startRun({
      experiment: 'iris',
      runName: `depth ${depth} with a name that is\u200b long 🌲`,
    })
    await run.logParams({ depth, seed: 7, 'a name of a param that is longer than its column': 'x'.repeat(100) })
    await run.logMetrics({ log_loss: 1 / depth })
    await run.end()
    ids.push(run.uuid.slice(-8))
  }
  const { out } = await command('runs', '--experiment', 'iris')
  t.equal(out.split('\n').length, 4)
  t.match(out, new RegExp(`${ids[0]}.*FINISHED.*iris/depth 3 with a n….*0.333333 log_loss`))
  const compared = await command('runs', ...ids)
  t.match(compared.out, /\n\* {2}depth +3 +12\n/)
  t.match(compared.out, /\n {3}seed +7 +7\n/)
  t.match(compared.out, /\n\* {2}log_loss +0.333333 +0.0833333\n/)
  for (const line of `${out}${compared.out}`.split('\n')) {
    t.ok([...line].length <= 80)
    t.notOk(/\p{Cc}/u.test(line))
  }
  t.match(await command('runs', ids[0]!), { code: 1, err: /Two to four runs/ })
  t.match(await command('runs', ids[0]!, 'zz'), { code: 1, err: /No run has an id/ })
})

t.test('wrong usage', async (t) => {
  const { command, home } = await setup(t)
  t.match(await command('--help'), { code: 0, out: /Commands:\n +sync/ })
  t.match(await command('synk'), { code: 2, err: /Did you mean sync/ })
  t.match(await command('sync', '--tracking-uri', 'ftp://x'), { code: 1, err: /http:\/\/HOST:PORT/ })
  const out: string[] = []
  const code = await runCommandLine(['sync', '--home', home], {}, { out: () => {}, err: (text) => out.push(text) })
  t.equal(code, 1)
  t.match(out, [/Set MLFLOW_TRACKING_URI/])
})
