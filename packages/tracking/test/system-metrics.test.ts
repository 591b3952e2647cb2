import t from 'tap'
import { openTracking, readRun } from '../src/index.ts'

t.test('a run logs what the machine does until it ends', async (t) => {
  const home = t.testdir()
  const tracking = await openTracking({ home })
  const run = await tracking.startRun({ experiment: 'e', systemMetrics: { intervalMs: 5 } })
  let points = 0
  while (points < 2) {
    await new Promise((resolve) => setTimeout(resolve, 10))
    points = (await readRun(home, run.uuid)).metrics['system/system_memory_usage_megabytes']?.length ?? 0
  }
  await run.end()
  const { metrics } = await readRun(home, run.uuid)
  const [first, second] = metrics['system/system_memory_usage_percentage']!
  t.match([first!.step, second!.step], [0, 1])
  t.ok(first!.value > 0 && first!.value < 100)
  t.ok(metrics['system/disk_available_megabytes']![0]!.value > 0)
  const count = metrics['system/system_memory_usage_megabytes']!.length
  await new Promise((resolve) => setTimeout(resolve, 30))
  t.equal((await readRun(home, run.uuid)).metrics['system/system_memory_usage_megabytes']!.length, count)
  await t.rejects(tracking.startRun({ experiment: 'e', systemMetrics: { intervalMs: 0 } }), {
    code: 'TRACKING_ERR_OPTION',
  })
})
