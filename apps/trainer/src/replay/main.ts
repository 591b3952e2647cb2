import { CommanderError } from 'commander'
import { explain } from '../errors.ts'
import { readReplaySettings } from './command-line.ts'
import { replay } from './replay.ts'

process.exitCode = await main()

/** The exit code of the process: 0, 1 for a failure, 2 for wrong usage. */
async function main(): Promise<number> {
  const streams = {
    out: (text: string) => process.stdout.write(text),
    err: (text: string) => process.stderr.write(text),
  }
  try {
    await replay(readReplaySettings(process.argv.slice(2), process.env, streams), process.stdout)
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    process.stderr.write(`${explain(error)}\n`)
    return 1
  }
}
