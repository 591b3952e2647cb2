import t from 'tap'
import type { Operation } from '../src/operation.ts'
import { withoutOvertaken } from '../src/overtaken.ts'

const batch = (...keys: string[]): Operation => ({
  op: 'batch',
  metrics: [],
  params: [{ key: `p${keys.length}`, value: 'x' }],
  tags: keys.map((key) => ({ key, value: 'x' })),
})
const operations = [batch('a', 'b'), batch('b'), batch('a'), batch()]
const pending = (...records: number[]) => records.map((record) => ({ record, operation: operations[record - 1]! }))
const keysOf = (list: ReturnType<typeof withoutOvertaken>) =>
  list.map(({ record, operation }) => [record, operation.op === 'batch' && operation.tags.map(({ key }) => key)])

t.test('a tag that a later batch has set is not sent again; the rest of its batch is', async (t) => {
  const left = withoutOvertaken(pending(1), operations, (record) => record === 2)
  t.same(keysOf(left), [[1, ['a']]])
  t.same(left[0]!.operation, { ...operations[0], tags: [{ key: 'a', value: 'x' }] })
})

t.test('what comes later counts only once it has arrived', async (t) => {
  t.same(keysOf(withoutOvertaken(pending(1, 2, 3), operations, () => false)), [
    [1, ['a', 'b']],
    [2, ['b']],
    [3, ['a']],
  ])
  t.same(keysOf(withoutOvertaken(pending(3, 4), operations, () => true)), [
    [3, ['a']],
    [4, []],
  ])
})
