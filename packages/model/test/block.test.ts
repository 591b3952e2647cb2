import t from 'tap'
import { copyBlock, rowCount } from '../src/block.ts'

const columns = [Float32Array.of(1, 2, 3), Float32Array.of(4, 5, 6)]
const rowMajor = [1, 4, 2, 5, 3, 6]

t.test('counts rows of either form', async (t) => {
  t.equal(rowCount(columns, 2), 3)
  t.equal(rowCount(rowMajor, 2), 3)
  t.equal(rowCount(Float64Array.from(rowMajor), 3), 2)
  t.equal(rowCount([], 2), 0)
  t.equal(rowCount([new Float32Array(0)], 1), 0)
})

t.test('copies a block of either form, cast to float32', async (t) => {
  for (const rows of [columns, rowMajor, Float64Array.from(rowMajor)]) {
    const block = new Float32Array(4)
    copyBlock(rows, 1, 2, 2, block)
    t.same(block, Float32Array.of(2, 5, 3, 6))
  }
})

t.test('refuses lengths that are not whole rows', async (t) => {
  const refused = { code: 'MODEL_ERR_ROW' }
  t.throws(() => rowCount(rowMajor, 4), { ...refused, message: 'The rows have 6 values, expected a multiple of 4' })
  t.throws(() => rowCount(columns, 3), { ...refused, message: 'There are 2 columns, expected 3.' })
  t.throws(() => rowCount([columns[0], new Float32Array(2)], 2), {
    ...refused,
    message: 'Column 1 has 2 rows, expected 3 as in column 0.',
  })
})
