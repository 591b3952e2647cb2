import { readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { acquireLock } from '../../src/lock.ts'

const [directory, name] = process.argv.slice(2) as [string, string]
const count = join(directory, 'count')
for (;;) {
  const lock = await acquireLock(join(directory, 'lock'), { waitMs: 60_000 })
  const next = Number(readFileSync(count, 'utf8')) + 1
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 2))
  writeFileSync(join(directory, name), String(next))
  renameSync(join(directory, name), count)
  writeSync(1, '+')
  await lock.release()
}
