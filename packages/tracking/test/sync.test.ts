import { deepStrictEqual } from 'node:assert'
import { hash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { openTracking, storeStatus, sync } from '../src/index.ts'
import { bundleFiles } from './bundle-files.ts'
import { type FakeRun, type Fault, fakeMlflow } from './fake-mlflow.ts'

type Tap = Pick<typeof t, 'testdir' | 'teardown'>

async function open(t: Tap, { fault, cooldownMs = 0 }: { fault?: () => Fault; cooldownMs?: number } = {}) {
  const directory = t.testdir({ bundle: bundleFiles() })
  const fake = await fakeMlflow(t, fault)
  const home = join(directory, 'home')
  const warnings: string[] = []
  const options = {
    home,
    uri: fake.uri,
    retries: 0,
    timeoutMs: 5000,
    cooldownMs,
    onWarning: (text: string) => warnings.push(text),
  }
  return { ...fake, home, bundle: join(directory, 'bundle'), options, warnings, tracking: await openTracking(options) }
}

const POINTS = Array.from({ length: 30 }, (_, step) => `loss ${step / 7} ${step} ${step}`)

/** A run with some of everything, and a child. */
async function logAll({ tracking, bundle }: Awaited<ReturnType<typeof open>>) {
  const run = await tracking.startRun({ experiment: 'e', runName: 'all' })
  const child = await tracking.startRun({ experiment: 'e', parent: run })
  await run.logParams({ a: 1, b: 'x' })
  for (let step = 0; step < 30; step++) await run.logMetrics({ loss: step / 7 }, { step, timestamp: step })
  await run.logTags({ stage: 'first' })
  await run.logDataset({ name: 'iris', digest: 'd', source: { type: 'local', uri: 'x' } })
  await run.logText('one', 'twice.txt')
  await run.logTags({ stage: 'last' })
  await run.logText('two', 'twice.txt')
  await child.logParams({ c: true })
  await run.logModel(bundle, { name: 'forest', registeredModelName: 'iris', alias: 'champion', tags: { a: 'b' } })
  await child.end()
  await run.end()
  return { run, child }
}

function checkAll(
  t: Judge,
  { server }: Awaited<ReturnType<typeof open>>,
  uuids: { run: { uuid: string }; child: { uuid: string } },
) {
  const runs = server.byUuid()
  t.equal(runs.size, 2)
  const run = runs.get(uuids.run.uuid) as FakeRun
  const child = runs.get(uuids.child.uuid) as FakeRun
  t.equal(run.status, 'FINISHED')
  t.same(Object.fromEntries(run.params), { a: '1', b: 'x' })
  t.same([...run.points].sort(), [...POINTS].sort())
  t.equal(run.tags.get('stage'), 'last')
  t.equal(run.inputs.size, 1)
  t.same(Object.fromEntries(run.artifacts), { 'twice.txt': hash('sha256', 'two') })
  t.equal(child.tags.get('mlflow.parentRunId'), run.id)
  t.same(Object.fromEntries(child.params), { c: 'true' })
  const models = server.models.filter(({ deleted }) => !deleted)
  t.match(models, [{ status: 'LOGGED_MODEL_READY' }])
  t.same([...run.outputs].filter((id) => id === models[0]!.id).length, 1)
  t.same(
    Object.fromEntries(models[0]!.files),
    Object.fromEntries(Object.entries(bundleFiles()).map(([name, text]) => [name, hash('sha256', text)])),
  )
  const { versions, aliases } = server.registered.get('iris')!
  t.equal(versions.length, 1)
  t.equal(aliases.get('champion'), '1')
}

t.test('a run that the server saw nothing of is sent later', async (t) => {
  let down = true
  const store = await open(t, { fault: () => (down ? 'reset before' : undefined) })
  const { run, child } = await logAll(store)
  t.equal(run.pending, 39)
  await t.rejects(sync(store.options), { code: 'TRACKING_ERR_UNREACHABLE' })
  t.match(await storeStatus(store), [
    {
      uuid: run.uuid,
      name: 'all',
      location: store.uri,
      busy: false,
      ended: true,
      operations: 39,
      pending: 39,
      refused: 0,
    },
    { uuid: child.uuid, pending: 3 },
  ])
  down = false
  const told: string[] = []
  const report = await sync({ ...store.options, onRun: ({ uuid }) => told.push(uuid) })
  t.match(report, { location: store.uri, busy: 0, elsewhere: 0, pending: 0, refused: 0 })
  t.match(report.runs, [
    { uuid: run.uuid, id: 'r1', url: `${store.uri}/#/experiments/1/runs/r1`, sent: 39, pending: 0, problems: [] },
    { uuid: child.uuid, sent: 3 },
  ])
  t.same(told, [run.uuid, child.uuid])
  checkAll(t, store, { run, child })
  const requests = store.received.length
  t.match(await sync(store.options), { runs: [] })
  t.equal(store.received.length, requests, 'what has arrived costs no request')
})

t.test('batches that follow each other go in one request', async (t) => {
  let down = true
  const store = await open(t, { fault: () => (down ? 'reset before' : undefined), cooldownMs: 5000 })
  const run = await store.tracking.startRun({ experiment: 'e' })
  for (let step = 0; step < 2500; step++) await run.logMetrics({ m: step }, { step, timestamp: step })
  await run.end()
  down = false
  store.received.length = 0
  await sync(store.options)
  const sizes = store.received
    .filter(({ path }) => path === 'runs/log-batch')
    .map(({ json }) => (json.metrics as []).length)
  t.same(sizes, [1000, 1000, 500])
  t.equal(store.server.byUuid().get(run.uuid)!.points.size, 2500)
})

t.test('whatever befalls each request, the server ends up with everything once', async (t) => {
  const fault = fc.oneof(
    { weight: 4, arbitrary: fc.constant(undefined) },
    { weight: 2, arbitrary: fc.constantFrom('reset before' as const, 'reset after' as const) },
    { weight: 1, arbitrary: fc.constantFrom(429, 500, 502, 503, 504) },
  )
  let syncs = 0
  await fc.assert(
    fc.asyncProperty(fc.array(fault, { minLength: 20, maxLength: 200, size: 'max' }), async (faults) => {
      let next = 0
      const store = await open(t, { fault: () => faults[next++] })
      // A 500 is told to the caller of the operation; it stays in the journal like the others.
      const uuids = await logAll({ ...store, tracking: patient(store.tracking) })
      for (let round = 0; ; round++) {
        const report = await sync(store.options).catch(() => undefined)
        syncs += 1
        if (report?.pending === 0) break
        if (round > 200) throw new Error(`still ${report?.pending} pending`)
      }
      checkAll(silent, store, uuids)
      await rm(store.home, { recursive: true, force: true })
    }),
    { numRuns: 25 },
  )
  t.comment(`${syncs} syncs`)
})

t.test('an alias that was moved meanwhile stays where it is, and is told', async (t) => {
  let down = false
  const store = await open(t, { fault: () => (down ? 'reset before' : undefined) })
  const first = await store.tracking.startRun({ experiment: 'e' })
  const options = { name: 'forest', registeredModelName: 'iris', alias: 'champion' }
  await first.logModel(store.bundle, options)
  await first.end()
  const second = await store.tracking.startRun({ experiment: 'e' })
  down = true
  t.same(Object.keys(await second.logModel(store.bundle, { ...options, aliasFrom: '1' })), ['modelId'])
  await second.logModel(store.bundle, { ...options, aliasFrom: null })
  await second.logModel(store.bundle, options)
  await second.logModel(store.bundle, { ...options, alias: 'new', aliasFrom: null })
  await second.end()
  down = false
  const { runs, pending } = await sync(store.options)
  t.equal(pending, 0)
  t.match(runs[0]!.problems, [
    'The alias champion of model "iris" was left at version 2, where it was moved meanwhile, and not moved to version 3',
    'The alias champion of model "iris" was left at version 2, where it was moved meanwhile, and not moved to version 4',
  ])
  t.same(Object.fromEntries(store.server.registered.get('iris')!.aliases), { champion: '2', new: '5' })
})

t.test('what the server refuses is told once, and the rest arrives', async (t) => {
  let down = true
  const store = await open(t, { fault: () => (down ? 'reset before' : undefined) })
  const run = await store.tracking.startRun({ experiment: 'e' })
  await run.logMetrics({ good: 1 }, { timestamp: 1 })
  await run.logMetrics({ refused: 1 }, { timestamp: 1 })
  await run.logMetrics({ better: 1 }, { timestamp: 1 })
  await run.end()
  down = false
  const report = await sync(store.options)
  t.match(report, { pending: 0, refused: 1, runs: [{ sent: 5, problems: [/INVALID_PARAMETER_VALUE: No/] }] })
  t.same([...store.server.byUuid().get(run.uuid)!.points], ['good 1 0 1', 'better 1 0 1'])
  t.match(await sync(store.options), { runs: [], refused: 0 })
  t.match(await storeStatus(store), [{ pending: 0, refused: 1 }])
})

t.test('credentials that are refused keep everything', async (t) => {
  let closed = true
  const store = await open(t, { fault: () => (closed ? 401 : undefined) })
  await t.rejects(store.tracking.startRun({ experiment: 'e' }), {
    code: 'TRACKING_ERR_HTTP',
    message: /MLFLOW_TRACKING_USERNAME/,
  })
  closed = false
  const run = await store.tracking.startRun({ experiment: 'e' })
  closed = true
  await t.rejects(run.logParams({ a: 1 }), { code: 'TRACKING_ERR_HTTP' })
  await t.rejects(run.end(), { code: 'TRACKING_ERR_HTTP' })
  t.match(await sync(store.options), { pending: 2, runs: [{ problems: [/401/, /401/] }] })
  closed = false
  t.match(await sync(store.options), { pending: 0 })
  t.match([...store.server.byUuid().values()], [{ status: 'FINISHED' }])
})

t.test('runs of other servers and of the local store stay, unless they are asked for', async (t) => {
  const store = await open(t)
  const local = await openTracking({ home: store.home })
  const here = await local.startRun({ experiment: 'local' })
  await here.logModel(store.bundle, { name: 'forest', registeredModelName: 'iris', alias: 'champion' })
  await here.end()
  const away = await openTracking({ ...store.options, uri: 'http://127.0.0.1:1' })
  await (await away.startRun({ experiment: 'e' })).end()
  t.match(await sync(store.options), { runs: [], elsewhere: 1 })
  t.match(await sync({ ...store.options, local: true }), { runs: [{ uuid: here.uuid, sent: 3 }], pending: 0 })
  t.match(store.server.byUuid().get(here.uuid), { status: 'FINISHED' })
  t.equal(store.server.registered.get('iris')!.aliases.get('champion'), '1')
  t.match(await sync({ ...store.options, local: true }), { runs: [] })
})

t.test('the run of a living process is left to it, and two syncs share the work', async (t) => {
  let down = true
  const store = await open(t, { fault: () => (down ? 'reset before' : undefined) })
  const uuids = await logAll(store)
  const open1 = await store.tracking.startRun({ experiment: 'e' })
  await open1.logParams({ a: 1 })
  down = false
  const [one, two] = await Promise.all([sync(store.options), sync(store.options)])
  t.equal(one.pending + two.pending, 0)
  t.ok(one.busy >= 1 && two.busy >= 1)
  await open1.end()
  const runs = store.server.byUuid()
  t.equal(runs.size, 3)
  t.equal(runs.get(uuids.run.uuid)!.points.size, 30)
})

t.test('a store that does not exist has nothing to send', async (t) => {
  const store = await open(t)
  t.match(await sync({ ...store.options, home: join(t.testdirName, 'none') }), { runs: [], busy: 0, pending: 0 })
  await t.rejects(sync({ uri: 'ftp://x' }), { code: 'TRACKING_ERR_OPTION' })
})

type Judge = Pick<typeof t, 'equal' | 'same' | 'match'>

const silent = {
  equal: (a: unknown, b: unknown) => same(a, b),
  same: (a: unknown, b: unknown) => same(a, b),
  match: (a: unknown, b: unknown) => same(Array.isArray(a) && a.length, Array.isArray(b) && b.length),
} as unknown as Judge

function same(a: unknown, b: unknown) {
  deepStrictEqual(a, b)
  return true
}

/** A caller that goes on when a call fails. */
function patient<T extends object>(target: T): T {
  return new Proxy(target, {
    get(object, name) {
      const value = Reflect.get(object, name, object)
      if (typeof value !== 'function') return value
      return async (...parameters: unknown[]) => {
        for (let attempt = 0; ; attempt++) {
          const result = await Promise.resolve(value.apply(object, parameters)).then(
            (result) => ({ result }),
            (error) => ({ error }),
          )
          if ('result' in result) return name === 'startRun' ? patient(result.result as object) : result.result
          if (name !== 'startRun') return undefined
          if (attempt > 50) throw result.error
        }
      }
    },
  })
}
