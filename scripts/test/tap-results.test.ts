import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { add, collectResults, noPoints, readResults } from '../tap-results.ts'

const GOOD = 'TAP version 14\nok 1 - a\nok 2 - b\n1..2\n'
const BAD = 'TAP version 14\nok 1 - a\nnot ok 2 - b\n1..2\n'
const ONE_FAILURE = { passed: 0, failed: 1, skipped: [] }

t.test('points by test file, wherever its document stands', async (t) => {
  const directory = t.testdir({
    'a.test.ts.tap': GOOD,
    test: { deep: { 'b.test.ts.tap': BAD } },
    '.tap': { groups: { 'c.mjs.tap': GOOD } },
  })
  t.strictSame([...(await readResults(directory, 1))].sort(), [
    ['.tap/groups/c.mjs', { passed: 2, failed: 0, skipped: [] }],
    ['a.test.ts', { passed: 2, failed: 0, skipped: [] }],
    ['test/deep/b.test.ts', { passed: 1, failed: 1, skipped: [] }],
  ])
})

t.test('a run that failed without a failed point, or ran nothing, is one failure', async (t) => {
  const passed = t.testdir({ 'a.test.ts.tap': GOOD })
  t.strictSame((await readResults(passed, 1)).get('tap'), ONE_FAILURE)
  t.equal((await readResults(passed, 0)).get('tap'), undefined)
  for (const directory of [t.testdir({}), join(t.testdirName, 'absent')]) {
    t.strictSame([...(await readResults(directory, 0))], [['tap', ONE_FAILURE]])
  }
})

t.test('runs at one time do not mix, and leave nothing', async (t) => {
  const launcher = [process.execPath, join(import.meta.dirname, 'stand-in-tap.ts')]
  const logs = t.testdir({})
  const runs = ['a', 'b'].map(async (name) => {
    const log = join(logs, name)
    const { code, results } = await collectResults([`${name}.test.ts`], launcher, { STAND_IN_LOG: log })
    t.equal(code, 3)
    t.strictSame([...results], [[`${name}.test.ts`, { passed: 1, failed: 1, skipped: [] }]])
    return readFile(log, 'utf8')
  })
  const directories = await Promise.all(runs)
  t.not(directories[0], directories[1])
  for (const directory of directories) t.notOk(existsSync(directory), directory)
})

t.test('points add up, and reasons for what was skipped are kept', async (t) => {
  const total = noPoints()
  add(total, { passed: 2, failed: 1, skipped: ['no server'] })
  add(total, { passed: 3, failed: 0, skipped: ['no Python'] })
  t.strictSame(total, { passed: 5, failed: 1, skipped: ['no server', 'no Python'] })
})
