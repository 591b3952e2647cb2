import { writeSync } from 'node:fs'
import { openTracking } from '../../src/index.ts'

const tracking = await openTracking({ home: process.argv[2]! })
const run = await tracking.startRun({ experiment: 'killed' })
writeSync(1, `${run.uuid}\n`)
for (let step = 0; ; step++) {
  await run.logMetrics({ loss: 1 / (step + 1) }, { step })
  if (step % 10 === 9) await run.logText('x'.repeat(step), `notes/${step}.txt`)
  writeSync(1, `${step}\n`)
}
