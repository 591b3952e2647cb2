import t from 'tap'
import { OneAtATime } from '../src/one-at-a-time.ts'

/** A task whose runs end when they are told to, with their number. */
function task() {
  const ends: (() => void)[] = []
  const heard: [number, boolean][] = []
  const runs: OneAtATime<number> = new OneAtATime(
    () => {
      const number = ends.length
      return new Promise<number>((resolve) => ends.push(() => resolve(number)))
    },
    (result) => heard.push([result, runs.isRunning]),
  )
  return { runs, ends, heard }
}

t.test('calls that come while it runs share the next run', async (t) => {
  const { runs, ends, heard } = task()
  const first = runs.run()
  const second = runs.run()
  t.equal(runs.run(), second)
  t.equal(ends.length, 1, 'nothing runs beside the first')
  ends[0]!()
  t.equal(await first, 0)
  await Promise.resolve()
  t.equal(ends.length, 2)
  const third = runs.run()
  t.not(third, second, 'the second had begun before this call')
  ends[1]!()
  t.equal(await second, 1)
  await Promise.resolve()
  ends[2]!()
  t.equal(await third, 2)
  t.strictSame(
    heard,
    [0, 1, 2].map((result) => [result, false]),
    'each end is told of once, when the run is over',
  )
})

t.test('is idle when what was asked for has run', async (t) => {
  const { runs, ends } = task()
  await runs.idle()
  void runs.run()
  void runs.run()
  let idle = false
  const waited = runs.idle().then(() => {
    idle = true
  })
  ends[0]!()
  while (ends.length < 2) await Promise.resolve()
  t.notOk(idle)
  t.ok(runs.isRunning)
  ends[1]!()
  await waited
  t.notOk(runs.isRunning)
})
