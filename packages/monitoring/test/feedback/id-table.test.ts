import fc from 'fast-check'
import t from 'tap'
import { IdTable } from '../../src/feedback/id-table.ts'

t.test('the newest ids are known, each by its slot, and older ones are not', async () => {
  const ids = fc.array(
    fc.nat(60).map((id) => `id-${id}`),
    { maxLength: 200 },
  )
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), ids, (capacity, sequence) => {
      const table = new IdTable(capacity)
      const kept: string[] = []
      for (const id of sequence) {
        const slot = table.add(id)
        if (!kept.includes(id)) kept.push(id)
        if (kept.length > capacity) kept.shift()
        if (table.find(id) !== slot || slot >= capacity) return false
      }
      const slots = new Set(kept.map((id) => table.find(id)))
      const gone = Array.from({ length: 61 }, (_, id) => `id-${id}`).filter((id) => !kept.includes(id))
      return (
        table.size === kept.length &&
        slots.size === kept.length &&
        !slots.has(-1) &&
        gone.every((id) => table.find(id) === -1)
      )
    }),
  )
})

t.test('a restored table knows the same ids', async (t) => {
  const table = new IdTable(5)
  for (let id = 0; id < 8; id++) table.add(String(id))
  const other = new IdTable(5)
  t.ok(other.restore(table.hashes, table.next))
  for (let id = 0; id < 8; id++) t.equal(other.find(String(id)), table.find(String(id)))
  t.equal(other.add('8'), table.add('8'))
  t.notOk(new IdTable(4).restore(table.hashes, 0), 'too many')
  t.notOk(new IdTable(6).restore(table.hashes, 2), 'next must follow a table that is not full')
  t.notOk(new IdTable(4).restore(Uint32Array.of(1, 2, 1, 2), 2), 'twice the same')
})

t.test('a hundred thousand ids that differ little are told apart', async (t) => {
  const table = new IdTable(100_000)
  for (let id = 0; id < 100_000; id++) table.add(`0193a7f2-11aa-7000-8000-${String(id).padStart(12, '0')}.0`)
  t.equal(table.size, 100_000)
})
