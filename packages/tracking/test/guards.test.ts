import t from 'tap'
import {
  checkAlias,
  checkExperimentName,
  checkKey,
  checkLoggedModelName,
  checkMetric,
  checkParams,
  checkRegisteredModelName,
  checkTags,
  checkText,
  checkVersion,
} from '../src/guards.ts'

const refused = { code: 'TRACKING_ERR_VALUE' }

t.test('metric points', async (t) => {
  const point = (value: unknown, at: object = {}) => checkMetric({ key: 'k', value: value as number, ...at }, 5)
  t.same(point(1.5), { key: 'k', value: 1.5, timestamp: 5, step: 0 })
  t.same(point(-0.5, { step: -3, timestamp: 0 }), { key: 'k', value: -0.5, timestamp: 0, step: -3 })
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    t.equal(point(value).value, String(value), 'as text, which is what JSON can carry')
  }
  for (const value of ['1', null, undefined, true, 1n, {}, [1]]) t.throws(() => point(value), refused, typeof value)
  for (const step of [1.5, '1', Number.NaN, 2 ** 53, null]) t.throws(() => point(1, { step }), refused, `step ${step}`)
  for (const timestamp of [1.5, -1, '1', Number.NaN, 2 ** 53]) {
    t.throws(() => point(1, { timestamp }), refused, `timestamp ${timestamp}`)
  }
  t.throws(() => checkMetric({ key: 'loss', value: '1' as never }, 0), {
    message: 'The metric loss must be a number, not a value of type string',
  })
})

t.test('names of metrics, params and tags', async (t) => {
  const right = [
    'a',
    'a/b',
    'val loss',
    'a-b_c.d:e',
    'Größe',
    'длина',
    '數',
    'a..b',
    'x'.repeat(250),
    '.a',
    '__proto__',
  ]
  for (const key of right) t.equal(checkKey('metric', key), key)
  const wrong = [
    '',
    '/a',
    'a/',
    'a//b',
    '.',
    '..',
    './a',
    'a/../b',
    '..a',
    'a\\b',
    'a#',
    'a%',
    'a\n',
    'a"',
    '🌲',
    'x'.repeat(251),
  ]
  for (const key of [...wrong, 1, null]) t.throws(() => checkKey('metric', key as string), refused, String(key))
})

t.test('params and tags', async (t) => {
  t.same(checkParams({ a: 1, b: 'x', c: true, d: null, e: '', f: Number.NaN }), [
    { key: 'a', value: '1' },
    { key: 'b', value: 'x' },
    { key: 'c', value: 'true' },
    { key: 'd', value: 'null' },
    { key: 'e', value: '' },
    { key: 'f', value: 'NaN' },
  ])
  for (const value of [undefined, {}, [], 1n, Symbol('s'), () => 1]) {
    t.throws(() => checkParams({ a: value as never }), refused, typeof value)
  }
  t.throws(() => checkParams([] as never), refused)
  t.throws(() => checkTags(null as never), refused)
  t.throws(() => checkTags({ a: 1 as never }), refused, 'a tag is text')
  t.same(checkParams({ a: 'x'.repeat(6000) })[0]!.value.length, 6000)
  t.throws(() => checkParams({ a: 'x'.repeat(6001) }), { ...refused, message: /param a is 6001 characters long/ })
  t.same(checkParams({ a: '🌲'.repeat(6000) })[0]!.value.length, 12000, 'characters, not UTF-16 units')
  t.throws(() => checkTags({ a: 'x'.repeat(8001) }), refused)
  t.same(checkTags({ a: 'x'.repeat(8001) }, 100_000).length, 1)
})

t.test('text that no database keeps', async (t) => {
  t.equal(checkText('It', 'tab\tand\nline', 20), 'tab\tand\nline')
  for (const text of ['a\0b', '\ud800', 'a\udc00']) t.throws(() => checkText('It', text, 20), refused)
})

t.test('names of models, experiments, aliases and versions', async (t) => {
  const table: [(name: string) => string, string[], string[]][] = [
    [checkExperimentName, ['iris', 'a/b', 'ünï côde', 'x'.repeat(500)], ['', ' ', 'a\nb', 'x'.repeat(501)]],
    [
      checkRegisteredModelName,
      ['iris', 'a b', "o'brien", 'a@b', '..', '%2F'],
      ['', 'a/b', 'a:b', 'a\u0007', `'"`, 'x'.repeat(257)],
    ],
    [checkLoggedModelName, ['iris', 'a b', 'a@b'], ['', 'a/b', 'a:b', 'a.b', 'a%', 'a"', "a'"]],
    [checkAlias, ['champion', 'a-b_1', 'vx', 'version1'], ['', 'latest', 'LATEST', 'v1', 'V22', 'a b', 'a@b', 'a/b']],
    [checkVersion, ['1', '42'], ['', '0', '01', '-1', '1.5', 'x', '../1', '1 ']],
  ]
  for (const [check, right, wrong] of table) {
    for (const name of right) t.equal(check(name), name, `${check.name} ${name.slice(0, 20)}`)
    for (const name of [...wrong, 1, undefined])
      t.throws(() => check(name as string), refused, `${check.name} not ${name}`)
  }
})
