import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { type Progress, type Table, train } from '../src/index.ts'
import { Pace } from '../src/pace.ts'
import type { Plan } from '../src/plan.ts'
import { WorkerPool } from '../src/pool.ts'
import { randomNumbers } from './tables.ts'
import { fixtureTable, planOf, tableOf } from './training-tables.ts'

t.test('0, 1, 2 and 4 workers give the same bytes', async (t) => {
  const cases = [
    { table: fixtureTable('three', { missing: [3, 99, 1234] }), parameters: { oobScore: true, nEstimators: 12 } },
    { table: fixtureTable('diabetes'), parameters: { oobScore: true, nEstimators: 9 } },
    {
      table: mixedTable(),
      parameters: { nEstimators: 7, splitter: 'random', criterion: 'entropy', classWeight: 'balanced' },
    },
    { table: mixedTable(), parameters: { nEstimators: 7, maxLeafNodes: 9, oobScore: true, maxBins: 8 } },
  ] as const
  for (const { table, parameters } of cases) {
    const expected = await train(table, { ...parameters, seed: 7 })
    for (const workers of [1, 2, 4]) {
      const found = await train(table, { ...parameters, seed: 7 }, { workers })
      t.equal(Buffer.compare(found.data, expected.data), 0, `${workers} workers`)
      t.same(found.outOfBag, expected.outOfBag)
    }
    const other = await train(table, { ...parameters, seed: 8 })
    t.not(Buffer.compare(other.data, expected.data), 0, 'another seed gives another forest')
  }
})

t.test('the module of the workers may be elsewhere', async (t) => {
  const workerUrl = new URL('../src/worker.ts', import.meta.url)
  const found = await train(fixtureTable('two'), { nEstimators: 5 }, { workers: 2, workerUrl })
  const expected = await train(fixtureTable('two'), { nEstimators: 5 })
  t.equal(Buffer.compare(found.data, expected.data), 0)
  const absent = new URL('./workers/absent.ts', import.meta.url)
  const refused = train(fixtureTable('two'), {}, { workers: 2, workerUrl: absent })
  await t.rejects(refused, { code: 'MODEL_ERR_WORKER' })
  t.equal(countWorkers(), 0)
})

t.test('a worker that does not do its work', async (t) => {
  for (const [kind, message] of [
    ['failing', /A worker thread failed/],
    ['dying', /ended with code 9/],
    ['leaving', /ended while 5 trees were missing/],
    ['absent', /A worker thread failed/],
  ] as const) {
    const plan = planOf(fixtureTable('two'), { nEstimators: 5 })
    const entry = new URL(`./workers/${kind}.ts`, import.meta.url)
    await t.rejects(growIn(new WorkerPool(2, entry), plan), { code: 'MODEL_ERR_WORKER', message }, kind)
  }
  t.equal(countWorkers(), 0)
})

t.test('a worker that fails while there is nothing to grow yet is told of when there is', async (t) => {
  const pool = new WorkerPool(2, new URL('./workers/failing.ts', import.meta.url))
  while (countWorkers() > 0) await setImmediate()
  await t.rejects(growIn(pool, planOf(fixtureTable('two'))), { code: 'MODEL_ERR_WORKER', message: /thread failed/ })
})

t.test('a pool closed before it has a plan leaves no thread', async (t) => {
  await new WorkerPool(3).close()
  t.equal(countWorkers(), 0)
  const table = { ...fixtureTable('two'), weights: new Float64Array(fixtureTable('two').rows) }
  await t.rejects(train(table, {}, { workers: 2 }), { code: 'MODEL_ERR_TABLE', message: /weight above 0/ })
  t.equal(countWorkers(), 0, 'the table is refused while the threads start')
})

t.test('what a callback throws is thrown, and the workers are gone', async (t) => {
  const table = fixtureTable('two')
  const onProgress = () => {
    throw new Error('from the caller')
  }
  for (const workers of [0, 2]) {
    await t.rejects(train(table, { nEstimators: 5 }, { workers, onProgress }), { message: 'from the caller' })
  }
  const plan = planOf(table, { nEstimators: 5 })
  const entry = new URL('./workers/garbled.ts', import.meta.url)
  await t.rejects(growIn(new WorkerPool(1, entry), plan), TypeError)
  t.equal(countWorkers(), 0)
})

t.test('aborting', async (t) => {
  const table = largeTable()
  for (const [workers, limits] of [
    [0, {}],
    [2, {}],
    [0, { maxLeafNodes: 300 }],
  ] as const) {
    await t.rejects(train(table, {}, { workers, signal: AbortSignal.abort() }), { code: 'MODEL_ERR_ABORTED' })
    const controller = new AbortController()
    let abortedAt = Number.POSITIVE_INFINITY
    const onProgress = ({ treesDone }: Progress) => {
      if (treesDone === 0) return
      abortedAt = performance.now()
      controller.abort(new Error('enough'))
    }
    const training = train(
      table,
      { nEstimators: 100_000, ...limits },
      { workers, signal: controller.signal, onProgress },
    )
    await t.rejects(training, { code: 'MODEL_ERR_ABORTED', cause: { message: 'enough' } })
    t.ok(Number.isFinite(abortedAt))
    t.equal(countWorkers(), 0)
  }
  const controller = new AbortController()
  const pool = new WorkerPool(2, new URL('./workers/stuck.ts', import.meta.url))
  const stuck = growIn(pool, planOf(fixtureTable('two')), new Pace(1, undefined, controller.signal))
  controller.abort()
  await t.rejects(stuck, { code: 'MODEL_ERR_ABORTED' }, 'a worker that does not listen is ended')
  t.equal(countWorkers(), 0)
})

t.test('progress', async (t) => {
  for (const workers of [0, 2]) {
    const seen: Progress[] = []
    await train(fixtureTable('two'), { nEstimators: 20 }, { workers, onProgress: (progress) => seen.push(progress) })
    t.same(seen[0], { treesDone: 0, trees: 20, secondsLeft: undefined })
    t.same(seen.at(-1), { treesDone: 20, trees: 20, secondsLeft: 0 })
    t.ok(seen.every(({ treesDone }, i) => i === 0 || treesDone >= seen[i - 1].treesDone))
  }
})

t.test('the calling thread is let go while it grows', async (t) => {
  let turns = 0
  const timer = setInterval(() => turns++, 1)
  await train(largeTable(), { nEstimators: 100 })
  clearInterval(timer)
  t.ok(turns > 1, `${turns} turns`)
})

t.test('options are checked', async (t) => {
  for (const workers of [-1, 1.5, 2000, '2' as unknown as number]) {
    await t.rejects(train(fixtureTable('two'), {}, { workers }), { code: 'MODEL_ERR_PARAMETER', message: /workers/ })
  }
  for (const workerUrl of [new URL('https://example.com/worker.js'), './worker.js' as unknown as URL]) {
    const refused = train(fixtureTable('two'), {}, { workers: 1, workerUrl })
    await t.rejects(refused, { code: 'MODEL_ERR_PARAMETER', message: /workerUrl/ })
  }
})

async function growIn(pool: WorkerPool, plan: Plan, pace = new Pace(plan.trees, undefined, undefined)): Promise<void> {
  try {
    await pool.grow(plan, undefined, () => {}, pace)
  } finally {
    await pool.close()
  }
}

function countWorkers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Worker' || name === 'MessagePort').length
}

function largeTable(): Table {
  const random = randomNumbers(1)
  const rows = Array.from({ length: 20_000 }, () => Array.from({ length: 5 }, () => random()))
  return tableOf(
    rows,
    rows.map((row) => Number(row[0] + random() > 1)),
    { classes: 2 },
  )
}

function mixedTable(): Table {
  const random = randomNumbers(2)
  const rows = Array.from({ length: 300 }, () => [
    random() < 0.1 ? null : Math.floor(random() * 40),
    random(),
    random() < 0.2 ? null : random(),
  ])
  const target = rows.map(([level, x]) => Math.floor((((level ?? 3) % 7) / 7 + (x ?? 0)) * 2))
  return tableOf(rows, target, { classes: 4, levels: { 0: 40 } })
}
