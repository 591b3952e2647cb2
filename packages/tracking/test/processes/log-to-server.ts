import { writeSync } from 'node:fs'
import { openTracking } from '../../src/index.ts'

const [home, uri, experiment, bundle] = process.argv.slice(2) as [string, string, string, string]
const tracking = await openTracking({ home, uri, retries: 1, timeoutMs: 1000, cooldownMs: 200 })
writeSync(1, 'open\n')
const run = await tracking.startRun({ experiment })
await run.logParams({ seed: 7, depth: 3, name: 'x'.repeat(500) })
for (let step = 0; step < 12; step++) {
  await run.logMetrics({ loss: 1 / (step + 1), 'test/accuracy': step / 12 }, { step })
  if (step % 4 === 3) await run.logText(`${step} `.repeat(2000), `notes/${step}.txt`)
}
await run.logModel(bundle, { name: 'forest', registeredModelName: experiment, alias: 'champion' })
await run.logTags({ done: 'yes' })
await run.end()
