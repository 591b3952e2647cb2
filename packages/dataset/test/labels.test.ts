import fc from 'fast-check'
import t from 'tap'
import { sortLabels } from '../src/labels.ts'

t.test('numbers sort by value', async (t) => {
  t.same(sortLabels(['10', '9', '-1', '1e1', '2.5']), ['-1', '2.5', '9', '10', '1e1'])
})

t.test('anything else sorts by code unit', async (t) => {
  t.same(sortLabels(['b', 'a', 'B', 'é', '10', '9']), ['10', '9', 'B', 'a', 'b', 'é'])
  t.same(sortLabels(['10', '02', '1']), ['02', '1', '10'], 'a code with a leading zero is text')
})

t.test('the order given does not matter', async (t) => {
  const label = fc.oneof(fc.string(), fc.integer().map(String))
  fc.assert(
    fc.property(fc.uniqueArray(label), (labels) => {
      t.same(sortLabels(labels), sortLabels(labels.toReversed()))
      t.same(new Set(sortLabels(labels)), new Set(labels))
    }),
  )
})
