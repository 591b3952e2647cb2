import t from 'tap'
import { add, noPoints, readResults } from '../tap-results.ts'

const GOOD = 'TAP version 14\nok 1 - a\nok 2 - b\n1..2\n'
const BAD = 'TAP version 14\nok 1 - a\nnot ok 2 - b\n1..2\n'
const ONE_FAILURE = { passed: 0, failed: 1, skipped: [] }

interface Documents {
  readonly [name: string]: Documents | string
}

/** A directory with the TAP documents of a run. */
const results = (files: Documents) => ({ '.tap': { 'test-results': files } })

t.test('points by test file, wherever its document stands', async (t) => {
  const directory = t.testdir(
    results({
      'a.test.ts.tap': GOOD,
      test: { deep: { 'b.test.ts.tap': BAD } },
      '.tap': { groups: { 'c.mjs.tap': GOOD } },
    }),
  )
  t.strictSame([...(await readResults(directory, 1))].sort(), [
    ['.tap/groups/c.mjs', { passed: 2, failed: 0, skipped: [] }],
    ['a.test.ts', { passed: 2, failed: 0, skipped: [] }],
    ['test/deep/b.test.ts', { passed: 1, failed: 1, skipped: [] }],
  ])
})

t.test('a run that failed without a failed point, or ran nothing, is one failure', async (t) => {
  const passed = t.testdir(results({ 'a.test.ts.tap': GOOD }))
  t.strictSame((await readResults(passed, 1)).get('tap'), ONE_FAILURE)
  t.equal((await readResults(passed, 0)).get('tap'), undefined)
  for (const files of [{}, results({})]) {
    t.strictSame([...(await readResults(t.testdir(files), 0))], [['tap', ONE_FAILURE]])
  }
})

t.test('points add up, and reasons for what was skipped are kept', async (t) => {
  const total = noPoints()
  add(total, { passed: 2, failed: 1, skipped: ['no server'] })
  add(total, { passed: 3, failed: 0, skipped: ['no Python'] })
  t.strictSame(total, { passed: 5, failed: 1, skipped: ['no server', 'no Python'] })
})
