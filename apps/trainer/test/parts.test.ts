import { Dataset } from '@copse/dataset'
import t from 'tap'
import { cutTable, readTable } from '../src/parts.ts'
import { checkSettings } from '../src/settings.ts'
import { gems, save } from './tables.ts'

const labelled = (rows: number, label: (i: number) => string) =>
  Dataset.fromRows(
    Array.from({ length: rows }, (_, i) => ({ x: i, y: label(i) })),
    { target: 'y', name: 'small' },
  )

t.test('without a file the table is Iris', async (t) => {
  t.match(await readTable(checkSettings()), { name: 'iris', rows: 150 })
})

t.test('a file is read as the settings say', async (t) => {
  const data = save(t.testdir(), 'gems.csv', gems())
  const settings = { data, target: 'sold', ignore: ['carat'], types: { depth: 'category' } } as const
  const { signature } = await readTable(checkSettings(settings))
  t.strictSame(
    signature.features.map(({ name, type }) => [name, type]),
    [
      ['cut', 'category'],
      ['depth', 'category'],
    ],
  )
  const numbers = save(t.testdirName, 'counts.csv', 'x,y\n1,1\n2,2\n3,3\n')
  const target = { data: numbers, target: 'y' }
  t.equal((await readTable(checkSettings(target))).signature.target.type, 'number')
  t.equal((await readTable(checkSettings({ ...target, task: 'classification' }))).signature.target.type, 'class')
})

t.test('the held-out rows do not depend on the seed; the folds do', async (t) => {
  const table = await readTable(checkSettings())
  const [one, two] = [cutTable(table, 1), cutTable(table, 2)]
  t.equal(one.test.digest(), two.test.digest())
  t.equal(one.train.rows + one.test.rows, 150)
  t.equal(one.folds.length, 5)
  t.not(one.folds[0]!.test.join(), two.folds[0]!.test.join())
  t.strictSame(
    one.folds.flatMap(({ test }) => [...test]).sort((a, b) => a - b),
    [...one.train.target.keys()],
  )
})

t.test('too few rows, or one class only, cannot be cut', async () => {
  const refused = (table: Dataset, message: RegExp) =>
    t.throws(() => cutTable(table, 1), { code: 'TRAINER_ERR_TOO_FEW_ROWS', message })
  refused(
    labelled(6, (i) => (i % 2 === 0 ? 'a' : 'b')),
    /^small has 6 rows, of which \d are left to train on/,
  )
  const parts = cutTable(
    labelled(60, (i) => (i % 2 === 0 ? 'a' : 'b')),
    1,
  )
  const odd = parts.whole.rows - parts.train.rows
  t.ok(odd > 0)
  // Only held-out rows of class b: the training side is left with one class.
  const heldOut = new Set(parts.test.columns[0])
  refused(
    labelled(60, (i) => (heldOut.has(i) && i % 2 === 1 ? 'b' : 'a')),
    /rows of one class only/,
  )
})
