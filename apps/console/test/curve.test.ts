import t from 'tap'
import { curveRows } from '../src/curve.ts'

t.test('a number goes over its range, the others stay', async (t) => {
  const { cells, rows } = curveRows({ name: 'a', type: 'number', missing: false, min: 0, max: 10 }, 1, ['x', 5, null])
  t.equal(cells[0], 0)
  t.equal(cells.at(-1), 10)
  t.ok(cells.length <= 61)
  t.strictSame(rows[0], ['x', 0, null])
  t.equal(rows.length, cells.length)
})

t.test('a value outside of training widens the range', async (t) => {
  const { cells } = curveRows({ name: 'a', type: 'number', missing: false, min: 0, max: 10 }, 0, [30])
  t.equal(cells[0], 0)
  t.equal(cells.at(-1), 30)
})

t.test('a category goes over its levels and what it holds now', async (t) => {
  const feature = { name: 'a', type: 'category', missing: true, levels: ['x', 'y'] } as const
  t.strictSame(curveRows(feature, 0, ['y']).cells, ['x', 'y'])
  t.strictSame(curveRows(feature, 0, ['z']).cells, ['x', 'y', 'z'])
  const levels = Array.from({ length: 50 }, (_, i) => `level ${i}`)
  const { cells } = curveRows({ ...feature, levels }, 0, ['level 40'])
  t.equal(cells.length, 20)
  t.equal(cells.at(-1), 'level 40')
})

t.test('there is no curve over no range', async (t) => {
  t.strictSame(curveRows({ name: 'a', type: 'number', missing: true, min: null, max: null }, 0, [null]).cells, [])
})
