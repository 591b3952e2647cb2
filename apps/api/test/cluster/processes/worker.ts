import { startWorker } from '../../../src/cluster/worker.ts'
import { readSettings } from '../../../src/settings.ts'

/** One of several processes whose primary is whoever started it. */
const settings = readSettings(process.argv.slice(2), {}, '')
if ('show' in settings) throw new Error(settings.show)
const service = await startWorker(settings)
process.once('SIGTERM', async () => {
  await service.stop()
  process.exit(0)
})
