import t from 'tap'
import { Pace, type Progress } from '../src/pace.ts'

t.test('runs work to its end and lets the thread go between', async (t) => {
  let turns = 0
  const timer = setInterval(() => turns++, 1)
  const value = await new Pace(1, undefined, undefined).run(busy(60))
  clearInterval(timer)
  t.equal(value, 'done')
  t.ok(turns > 0)
})

t.test('stops between two pauses when aborted', async (t) => {
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 5)
  await t.rejects(new Pace(1, undefined, controller.signal).run(busy(10_000)), { code: 'MODEL_ERR_ABORTED' })
})

t.test('foresees the time left from the trees that are done', async (t) => {
  const seen: Progress[] = []
  const pace = new Pace(2, (progress) => seen.push(progress), undefined)
  pace.startGrowing()
  pace.report()
  await pace.run(busy(20))
  pace.countTree()
  seen.length = 0
  pace.report()
  t.match(seen, [{ treesDone: 1, trees: 2 }])
  t.ok((seen[0].secondsLeft ?? 0) > 0.01)
  pace.countTree()
  pace.report()
  t.same(seen[1], { treesDone: 2, trees: 2, secondsLeft: 0 })
})

t.test('watches other threads: reports, and fails what is aborted', async (t) => {
  const controller = new AbortController()
  let reports = 0
  const pace = new Pace(1, () => reports++, controller.signal)
  const error = await new Promise((fail) => {
    const unwatch = pace.watch((error) => {
      unwatch()
      fail(error)
    })
    setTimeout(() => controller.abort(), 300)
  })
  t.match(error, { code: 'MODEL_ERR_ABORTED' })
  t.ok(reports > 0)
})

function* busy(ms: number): Generator<void, string> {
  const end = performance.now() + ms
  while (performance.now() < end) yield
  return 'done'
}
