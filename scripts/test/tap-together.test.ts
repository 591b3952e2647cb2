import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { execPath } from 'node:process'
import t, { type Test } from 'tap'
import { countPoints } from '../tap-points.ts'

const TOGETHER = new URL('../tap-together.ts', import.meta.url).href

/** The TAP document of these files in one process. */
function together(t: Test, files: Record<string, string>): Promise<string> {
  const names = JSON.stringify(Object.keys(files))
  const cwd = t.testdir({
    ...files,
    'all.mjs': `import { testTogether } from '${TOGETHER}'\nawait testTogether(${names})`,
  })
  return new Promise((resolve) => {
    execFile(execPath, [join(cwd, 'all.mjs')], { cwd, env: { ...process.env, TAP: '1' } }, (_, stdout) =>
      resolve(stdout),
    )
  })
}

const IMPORT = `import t from 'tap'\n`

t.test('each file is a subtest, and is done before the next is loaded', async (t) => {
  const tap = await together(t, {
    'a.test.mjs': `${IMPORT}
      globalThis.order = ['load a']
      t.teardown(() => globalThis.order.push('teardown a'))
      t.test('one', (t) => setTimeout(() => { globalThis.order.push('one'); t.pass('point of a'); t.end() }, 20))`,
    'b.test.mjs': `${IMPORT}t.same(globalThis.order, ['load a', 'one', 'teardown a'])`,
  })
  t.match(tap, /^# Subtest: a\.test\.mjs\n {4}# Subtest: one\n {8}ok 1 - point of a\n/m)
  t.match(tap, /^# Subtest: b\.test\.mjs\n {4}ok 1 /m)
  t.match(countPoints(tap), { passed: 2, failed: 0 })
})

t.test('what fails in one file fails there, and the next are run', async (t) => {
  const tap = await together(t, {
    'a.test.mjs': `${IMPORT}t.equal(1, 2)`,
    'b.test.mjs': `throw new Error('while loading')`,
    'c.test.mjs': `${IMPORT}t.test('later', async () => { throw new Error('later') })`,
    'd.test.mjs': `${IMPORT}t.pass()`,
  })
  t.strictSame(tap.match(/^(not )?ok \d+ - \w\.test\.mjs/gm), [
    'not ok 1 - a.test.mjs',
    'not ok 2 - b.test.mjs',
    'not ok 3 - c.test.mjs',
    'ok 4 - d.test.mjs',
  ])
  t.match(countPoints(tap), { passed: 1, failed: 3 })
})

t.test('a file that ends the process fails the run', async (t) => {
  const tap = await together(t, {
    'a.test.mjs': `${IMPORT}t.pass()\nprocess.exit(0)`,
    'b.test.mjs': `${IMPORT}t.pass()`,
  })
  t.match(tap, /^not ok 1 - a\.test\.mjs/m)
  t.match(countPoints(tap), { passed: 1, failed: 1 })
})
