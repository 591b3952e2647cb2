import { openTracking } from '../../src/index.ts'

const [home, bundle, count] = process.argv.slice(2) as [string, string, string]
const tracking = await openTracking({ home })
const run = await tracking.startRun({ experiment: 'many' })
for (let index = 0; index < Number(count); index++) {
  await run.logModel(bundle, { name: 'forest', registeredModelName: 'iris', alias: `by-${process.pid}` })
}
await run.end()
