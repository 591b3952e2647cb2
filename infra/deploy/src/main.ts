import { join } from 'node:path'
import { readSettings } from './command-line.ts'
import { perform } from './deploy.ts'
import { DeployError, exitStatus } from './errors.ts'
import { Release } from './release.ts'
import { reportText } from './report.ts'
import type { Settings } from './settings.ts'
import { stepRunner } from './steps.ts'
import { Tools } from './tools.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')

/** The process: arguments, environment, signals, output, exit codes. */
async function main(): Promise<void> {
  const settings = readSettings(process.argv.slice(2), process.env, ROOT)
  if ('show' in settings) {
    process.stdout.write(settings.show)
    return
  }
  const interruption = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interruption.abort())
  try {
    const report = await perform(new Tools(interruption.signal), settings, ROOT, stepRunner(settings.json))
    process.stdout.write(settings.json ? `${JSON.stringify(report, undefined, 2)}\n` : `\n${reportText(report)}`)
  } catch (error) {
    throw interruption.signal.aborted ? await interrupted(settings, error) : error
  }
}

/** Says in what condition an interruption leaves the release. */
async function interrupted(settings: Settings, error: unknown): Promise<DeployError> {
  const release = new Release(new Tools(new AbortController().signal), settings)
  const condition = await release.history().then(
    (history) => {
      const now = history.at(-1)
      if (now === undefined) return `${settings.release} is not installed`
      const at = `${settings.release} is at revision ${now.revision}, ${now.status}`
      if (now.status.startsWith('pending-'))
        return `${at}; the next deployment undoes it first, and --rollback goes back now`
      return now.status === 'failed' ? `${at}; deploy again, or go back with --rollback` : at
    },
    (failure: Error) => `the cluster does not tell its condition (${failure.message}); --status will`,
  )
  return new DeployError('DEPLOY_ERR_INTERRUPTED', `Interrupted: ${condition}.`, { cause: error })
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${error instanceof DeployError ? error.message : (error as Error).stack}\n`)
  process.exitCode = exitStatus(error)
}
