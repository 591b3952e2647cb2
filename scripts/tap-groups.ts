import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Where the programs that run the files of a directory are written, below the working directory. */
const PROGRAMS = '.tap/groups'
const TOGETHER = new URL('./tap-together.ts', import.meta.url).href

/**
 * Writes a program for each directory of test files that runs them all in one process, since to start one a file takes
 * as long as the tests themselves do. tap runs files in the order of their names: the largest directory comes first, so that
 * no core is left idle at the end.
 *
 * @param files paths of test files, with forward slashes.
 * @returns the programs' paths below the working directory.
 */
export async function writeGroups(files: readonly string[]): Promise<string[]> {
  const directories = new Map<string, string[]>()
  for (const file of [...files].sort()) {
    const directory = dirname(file)
    directories.set(directory, [...(directories.get(directory) ?? []), file])
  }
  const largestFirst = [...directories].sort(([, a], [, b]) => b.length - a.length)
  await rm(PROGRAMS, { recursive: true, force: true })
  return Promise.all(
    largestFirst.map(async ([directory, files], i) => {
      const program = join(PROGRAMS, String(i).padStart(3, '0'), `${directory}.mjs`)
      await mkdir(dirname(program), { recursive: true })
      await writeFile(
        program,
        `import { testTogether } from ${JSON.stringify(TOGETHER)}\nawait testTogether(${JSON.stringify(files, null, 2)})\n`,
      )
      return program
    }),
  )
}

/** The directory whose files a program of `writeGroups` runs; any other name as it is. */
export function directoryOf(program: string): string {
  return /^\.tap\/groups\/\d+\/(.+)\.mjs$/.exec(program)?.[1] ?? program
}
