import t from 'tap'
import { perModel } from '../../src/dialects/per-model.ts'
import type { ServedModel } from '../../src/model/served.ts'

t.test('made once for each model', async (t) => {
  const [a, b] = [{ name: 'a' }, { name: 'b' }] as unknown as [ServedModel, ServedModel]
  let made = 0
  const of = perModel(({ name }) => ({ name, number: ++made }))
  t.strictSame(
    [of(a), of(b), of(a), of(b)].map(({ name, number }) => `${name}${number}`),
    ['a1', 'b2', 'a1', 'b2'],
  )
})
