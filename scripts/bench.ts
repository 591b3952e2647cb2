import { readFile } from 'node:fs/promises'
import { run } from './command.ts'

const ROOMS: Record<string, string> = {
  train: 'packages/model',
  predict: 'packages/model',
  track: 'packages/tracking',
  serve: 'apps/api',
  monitor: 'packages/monitoring',
}

/** `pnpm bench NAME …` runs the `bench` script of the room that NAME belongs to, with NAME as its first argument. */
async function main(args: readonly string[]): Promise<number> {
  const [name = '', ...rest] = args
  const room = Object.hasOwn(ROOMS, name) ? ROOMS[name]! : undefined
  const script = room && JSON.parse(await readFile(`${room}/package.json`, 'utf8')).scripts?.bench
  if (!script) {
    const known = Object.keys(ROOMS).join(', ')
    console.error(room ? `${room} has no benchmark yet.` : `Usage: pnpm bench <${known}>; got "${name}".`)
    return 2
  }
  return run(`${script} ${[name, ...rest].map((arg) => JSON.stringify(arg)).join(' ')}`, [], {
    cwd: room!,
    shell: true,
  })
}

process.exitCode = await main(process.argv.slice(2))
