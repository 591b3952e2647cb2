import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { listRuns, openTracking, readRun } from '../src/index.ts'

t.test('runs are listed oldest first', async (t) => {
  const home = t.testdir()
  t.same(await listRuns(join(home, 'none')), [])
  const tracking = await openTracking({ home })
  const names = ['a', 'b', 'c']
  for (const runName of names) await tracking.withRun({ experiment: 'e', runName }, async () => {})
  await mkdir(join(home, 'runs', 'not-a-run'))
  await mkdir(join(home, 'runs', 'cut'))
  await writeFile(join(home, 'runs', 'cut', 'journal'), '')
  t.same(
    (await listRuns(home)).map(({ name }) => name),
    names,
  )
})

t.test('a run that is not there', async (t) => {
  const home = t.testdir()
  for (const uuid of ['', '..', '../x', '01a205fc-debd-74d1-be96-e845c97e586b', 'x'.repeat(36)]) {
    await t.rejects(readRun(home, uuid), { code: 'TRACKING_ERR_NOT_FOUND' }, uuid)
  }
})

t.test('names that are also properties of every object', async (t) => {
  const home = t.testdir()
  const tracking = await openTracking({ home })
  const run = await tracking.startRun({ experiment: 'e' })
  const odd = JSON.parse('{"__proto__": 1, "constructor": 2, "toString": 3}') as Record<string, number>
  await run.logParams(odd)
  await run.logMetrics(odd)
  await run.logMetrics(odd)
  await run.end()
  const { params, metrics } = await readRun(home, run.uuid)
  t.same(Object.entries(params), [
    ['__proto__', '1'],
    ['constructor', '2'],
    ['toString', '3'],
  ])
  t.same(
    Object.values(metrics).map((points) => points.map(({ value }) => value)),
    [
      [1, 1],
      [2, 2],
      [3, 3],
    ],
  )
})
