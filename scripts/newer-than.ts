import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Whether anything below `sources`, the removal of a file included, is newer than the file `made`, or that is not there. */
export async function newerThan(made: string, sources: readonly string[]): Promise<boolean> {
  const then = await changed(made)
  if (then === undefined) return true
  const times = await Promise.all(sources.map(newest))
  return times.some((time) => time > then)
}

/** The time of the last change in a file, or in a directory and all below it; -Infinity of nothing. */
async function newest(path: string): Promise<number> {
  const own = await changed(path)
  if (own === undefined) return Number.NEGATIVE_INFINITY
  // A directory changes when a file in it comes or goes.
  const names = await readdir(path).catch(() => [])
  return Math.max(own, ...(await Promise.all(names.map((name) => newest(join(path, name))))))
}

async function changed(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  )
}
