import t from 'tap'
import { countPoints } from '../tap-points.ts'

t.test('counts points, not the closing lines of subtests', async (t) => {
  const tap =
    'TAP version 14\n# Subtest: a\n    ok 1 - x\n    # Subtest: b\n        ok 1 - y\n        1..1\n    ok 2 - b\n    1..2\nok 1 - a # time=1ms\nok 2 - z\n1..2\n'
  t.same(countPoints(tap), { passed: 3, failed: 0, skipped: [] })
})

t.test('a failed point fails once, however deep it stands', async (t) => {
  const tap =
    '# Subtest: a\n    not ok 1 - x\n      ---\n      source: |\n        ok 5 - not a point\n      ...\n    1..1\nnot ok 1 - a\n1..1\n'
  t.same(countPoints(tap), { passed: 0, failed: 1, skipped: [] })
})

t.test('a subtest that fails with no failed point inside counts', async (t) => {
  t.equal(countPoints('# Subtest: a\n    ok 1\n    1..2\nnot ok 1 - a\n1..1\n').failed, 1)
})

t.test('a skipped point is neither passed nor failed, and its reason is kept', async (t) => {
  t.same(countPoints('ok 1 - needs a server # SKIP MLFLOW_TRACKING_URI is not set\n1..1\n'), {
    passed: 0,
    failed: 0,
    skipped: ['needs a server # SKIP MLFLOW_TRACKING_URI is not set'],
  })
})

t.test('a subtest whose points were all skipped is not passed', async (t) => {
  t.match(countPoints('# Subtest: a\n    ok 1 - x # SKIP no server\n    1..1\nok 1 - a\n1..1\n'), {
    passed: 0,
    failed: 0,
  })
})

t.test('an empty subtest, as Node writes each test, counts once', async (t) => {
  t.match(countPoints('# Subtest: a\nok 1 - a\n1..1\n'), { passed: 1, failed: 0 })
})

t.test('a document that was cut short failed', async (t) => {
  t.equal(countPoints('ok 1 - x\n').failed, 1)
  t.equal(countPoints('').failed, 1)
})
