import { CommanderError } from 'commander'
import { runDemo } from './demo.ts'
import { DemoError } from './errors.ts'
import { Report } from './report.ts'
import { readSettings } from './settings.ts'

const FAILED = 1
const WRONG_USAGE = 2

for (const stream of [process.stdout, process.stderr]) {
  // `pnpm demo | head` closes the pipe early.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}
process.exitCode = await main()

/** The exit code of the process: 0, FAILED or WRONG_USAGE. */
async function main(): Promise<number> {
  try {
    const settings = readSettings(process.argv.slice(2), process.env, {
      out: (text) => process.stdout.write(text),
      err: (text) => process.stderr.write(text),
    })
    const report = new Report(process.stdout, { coloured: process.stdout.isTTY && process.stdout.hasColors() })
    return (await runDemo(settings, report)) ? 0 : FAILED
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE
    if (!(error instanceof DemoError)) throw error
    process.stderr.write(`${error.message}\n`)
    return FAILED
  }
}
