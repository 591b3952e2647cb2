import t from 'tap'
import { groupings, parse, selectors, unfiltered } from '../src/expression.ts'

const RATIO = 'sum by (job) (rate(a_total{code=~"5.."}[5m])) / on (job) group_left (team) b{x="1", y!="2"} > 0.01'

t.test('what is not PromQL is refused with its place', async (t) => {
  t.ok(parse(RATIO))
  t.throws(() => parse('sum(a'), /not PromQL from character 5/)
  t.throws(() => parse('rate(a[5x])'), SyntaxError)
  t.throws(() => parse(' '), SyntaxError)
})

t.test('the series and labels of an expression are told', async (t) => {
  t.strictSame(selectors(RATIO), [
    { metric: 'a_total', labels: ['code'] },
    { metric: 'b', labels: ['x', 'y'] },
  ])
  t.strictSame(selectors('time() - 1'), [])
  t.throws(() => selectors('{__name__=~"a.*"}'), /without a name/)
  t.strictSame(groupings(RATIO), ['job', 'job', 'team'])
})

t.test('the comparisons of an alert tell 0 or 1 instead of leaving out', async (t) => {
  for (const [alert, as] of [
    ['a > 1', 'a > bool 1'],
    ['(a > 1 and b != 2) or c == bool 3', '(a > bool 1 and b != bool 2) or c == bool 3'],
    ['a / (sum(b) > 0) > 0.5', 'a / (sum(b) > bool 0) > bool 0.5'],
    ['absent(a{b=">"})', '(a{b=">"})'],
    ['a * 2 and on (x) b', 'a * 2 and on (x) b'],
  ] as const) {
    t.equal(unfiltered(alert), as)
    t.ok(parse(as))
  }
})
