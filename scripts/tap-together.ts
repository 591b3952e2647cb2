import { registerHooks } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'

/** Milliseconds for one test file, as in .taprc. */
const TIMEOUT = 300_000
const STAND_IN = new URL('./tap-of-file.ts', import.meta.url).href

const tests = new Map<string, Test>()

/**
 * Runs test files one after another in this process, each as a subtest that is named as it is. What a file imports as `tap`
 * is its subtest, so that it reads and behaves as one that tap runs by itself, but for what it does to the whole process.
 *
 * @param files paths below the working directory.
 */
export async function testTogether(files: readonly string[]): Promise<void> {
  registerHooks({
    resolve(specifier, context, next) {
      const { parentURL = '' } = context
      if (specifier !== 'tap' || !tests.has(parentURL)) return next(specifier, context)
      return { url: `${STAND_IN}?${encodeURIComponent(parentURL)}`, shortCircuit: true }
    },
  })
  for (const file of files) {
    const { href } = pathToFileURL(resolve(file))
    await t.test(file, { timeout: TIMEOUT }, async (t) => {
      tests.set(href, t)
      await import(href)
    })
  }
}

/** The subtest of the file for which the module at this URL stands in for `tap`. */
export function testOf(standIn: string): Test {
  const test = tests.get(decodeURIComponent(new URL(standIn).search.slice(1)))
  if (test === undefined) throw new Error(`${standIn} stands in for tap in no test file.`)
  return test
}
