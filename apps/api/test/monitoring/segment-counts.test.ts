import t from 'tap'
import { SegmentCounts } from '../../src/monitoring/segment-counts.ts'

const SEGMENTS = [
  { name: 'plan', header: 'x-plan', values: ['free', 'pro'] },
  { name: 'shop', header: 'x-shop', values: ['north'] },
]
/** plan pro, shop other. */
const TAG = 1 + 3 * 1

t.test('predictions, confidence, labels and right answers, by each segment on its own', async (t) => {
  const counts = new SegmentCounts(SEGMENTS, ['a', 'b'])
  counts.predicted(TAG, 1, 0.75)
  counts.predicted(TAG, 1, 0.5)
  counts.labelled(TAG, 'b', 1, 'matched')
  counts.labelled(TAG, 'a', 1, 'matched')
  counts.labelled(TAG, 'a', 1, 'repeated')
  const found = [...counts.counts()]
  t.equal(found.length, 2 * 3 + 2 * 2)
  const some = found.filter(({ predictions, labels }) => predictions + labels > 0)
  t.strictSame(
    some,
    ['plan pro', 'shop other'].flatMap((name) => {
      const [segment, value] = name.split(' ')
      return [
        { segment, value, class: 'a', predictions: 0, confidence: 0, labels: 1, correct: 0 },
        { segment, value, class: 'b', predictions: 2, confidence: 1.25, labels: 1, correct: 1 },
      ]
    }),
  )
})

t.test('goes on from its own state, and from no other', async (t) => {
  const counts = new SegmentCounts(SEGMENTS, ['a', 'b'])
  counts.predicted(TAG, 0, 1)
  const state = JSON.parse(JSON.stringify(counts))
  const same = new SegmentCounts(SEGMENTS, ['a', 'b'])
  same.restore(state)
  t.strictSame([...same.counts()], [...counts.counts()])
  for (const json of [
    undefined,
    { ...state, segments: SEGMENTS.slice(1) },
    { ...state, sums: state.sums.slice(1) },
    { ...state, sums: state.sums.map(() => -1) },
    { ...state, sums: state.sums.map(() => 'x') },
  ]) {
    const other = new SegmentCounts(SEGMENTS, ['a', 'b'])
    other.restore(json)
    t.ok([...other.counts()].every(({ predictions }) => predictions === 0))
  }
})

t.test('a model of numbers has one class without a name', async (t) => {
  const counts = new SegmentCounts(SEGMENTS.slice(1), [])
  counts.predicted(0, 0, 0)
  t.match([...counts.counts()], [{ value: 'north', class: '', predictions: 1 }, { value: 'other' }])
})
