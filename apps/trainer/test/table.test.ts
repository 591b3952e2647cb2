import t from 'tap'
import { type Column, formatTable } from '../src/table.ts'

const columns: Column[] = [
  { title: 'run', align: 'left' },
  { title: 'score', align: 'right' },
]

t.test('texts stand left, numbers right, two spaces between', async (t) => {
  t.strictSame(
    formatTable(columns, [
      ['default', '0.95'],
      ['leaf-3', '0.9333'],
    ]),
    ['run       score', 'default    0.95', 'leaf-3   0.9333'],
  )
})

t.test('a table without rows is its head', async (t) => {
  t.strictSame(formatTable(columns, []), ['run  score'])
})

t.test('a long name is cut, never a number', async (t) => {
  const lines = formatTable(columns, [['x'.repeat(100), '0.95']])
  t.ok(lines.every((line) => line.length <= 80))
  t.match(lines[1], /^x+… {3}0\.95$/)
})
