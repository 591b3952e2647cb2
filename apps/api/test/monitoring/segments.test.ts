import t from 'tap'
import { digitsOf, parseSegments, SegmentReader } from '../../src/monitoring/segments.ts'
import { IRIS, MIXED } from '../bundle.ts'

const SEGMENTS = parseSegments(
  JSON.stringify([
    { name: 'plan', header: 'X-Plan', values: ['free', 'pro'] },
    { name: 'cut', feature: 'cut', values: ['Ideal', 'Fair', 'Poor'] },
    { name: 'carat', feature: 'carat', values: ['1.1'] },
  ]),
)

t.test('a header and features as digits of one number, one past the values for all else', async (t) => {
  const reader = new SegmentReader(SEGMENTS, MIXED)
  const tell = (headers: Record<string, string | string[]>, row: number[]) =>
    digitsOf(SEGMENTS, reader.ofHeaders(headers) + reader.ofRow(Float32Array.from([9, 9, 9, ...row]), 3))
  t.strictSame(tell({ 'x-plan': 'pro' }, [1.1, 2, 0]), [1, 0, 0])
  t.strictSame(tell({ 'x-plan': 'free' }, [2, 0, 0]), [0, 1, 1])
  t.strictSame(tell({}, [Number.NaN, 3, 0]), [2, 3, 1], 'an unseen level is not the value that no level has')
  t.strictSame(tell({ 'x-plan': ['free', 'pro'] }, [1.1, Number.NaN, 0]), [2, 3, 0])
})

t.test('a model without the feature has all its rows in other', async (t) => {
  const reader = new SegmentReader(SEGMENTS, IRIS)
  t.strictSame(digitsOf(SEGMENTS, reader.ofHeaders({}) + reader.ofRow(new Float32Array(4), 0)), [2, 3, 1])
})

t.test('any other declaration is one sentence', async (t) => {
  const of = (change: object) => JSON.stringify([{ name: 'plan', header: 'x-plan', values: ['free'], ...change }])
  const many = Array.from({ length: 32 }, (_, i) => `v${i}`)
  for (const [text, why] of [
    ['{', /such as/],
    ['{}', /the whole does not fit/],
    ['[]', /does not fit/],
    [of({ name: 'Plan' }), /does not fit/],
    [of({ header: 'x plan' }), /does not fit/],
    [of({ feature: 'cut' }), /does not fit/],
    [of({ values: [] }), /does not fit/],
    [of({ values: ['a', 'a'] }), /does not fit/],
    [of({ values: [...many, 'more'] }), /does not fit/],
    [of({ values: ['other'] }), /"other" is what no value is called/],
    [`${of({}).slice(0, -1)},${of({}).slice(1)}`, /two have the same name/],
    [
      JSON.stringify(Array.from({ length: 7 }, (_, i) => ({ name: `s${i}`, header: 'x', values: many }))),
      /combinations/,
    ],
  ] as const) {
    t.throws(
      () => parseSegments(text),
      { code: 'API_ERR_SETTING', message: /^COPSE_SEGMENTS \(--segments\) must be JSON/ },
      text,
    )
    t.throws(() => parseSegments(text), { message: why })
  }
})
