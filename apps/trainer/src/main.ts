import { CommanderError } from 'commander'
import { readSettings } from './command-line.ts'
import { explain } from './errors.ts'
import { runExperiment } from './pipeline.ts'
import { findChampion } from './registered.ts'
import { reportReigning } from './report.ts'
import type { Settings } from './settings.ts'

const FAILED = 1
const WRONG_USAGE = 2
const EXIT_OF_SIGNAL = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

process.exitCode = await main()

/** The exit code of the process: 0, FAILED, WRONG_USAGE, or 128 + the signal's number. */
async function main(): Promise<number> {
  ignoreClosedPipe()
  const interrupted = new AbortController()
  let exitCode = FAILED
  const stop = (code: number): void => {
    // A second signal does not wait for the runs to be ended.
    if (interrupted.signal.aborted) process.exit(code)
    exitCode = code
    interrupted.abort()
  }
  for (const [signal, code] of Object.entries(EXIT_OF_SIGNAL)) process.on(signal, () => stop(code))
  // A launcher that started this process with a channel is gone when the channel closes.
  process.on('disconnect', () => stop(EXIT_OF_SIGNAL.SIGTERM))
  process.channel?.unref()
  try {
    const output = process.stdout
    const given = settings()
    const champion = given.unlessChampion ? await findChampion(given, output) : undefined
    if (champion === undefined) await runExperiment(given, { signal: interrupted.signal, output })
    else reportReigning(output, champion)
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE
    process.stderr.write(`${explain(error)}\n`)
    // What was interrupted may still be reading or waiting for an answer.
    if (interrupted.signal.aborted) process.exit(exitCode)
    return FAILED
  }
}

function settings(): Settings {
  return readSettings(process.argv.slice(2), process.env, {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  })
}

/** `pnpm train | head` closes the pipe early: the experiment goes on and only its output is lost. */
function ignoreClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
}
