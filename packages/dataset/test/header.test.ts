import t from 'tap'
import { type Plan, planColumns } from '../src/header.ts'
import type { CsvOptions } from '../src/options.ts'
import { fileSource } from '../src/source.ts'

const NAMES = ['age', 'city', 'zip', 'churned']

function plan(names: readonly string[], options: CsvOptions): Plan {
  return planColumns(names, options, fileSource('x.csv'), 1)
}

t.test('the target is one column and the rest are features', async (t) => {
  const { features, target } = plan(NAMES, { target: 'city', types: { zip: 'category' }, ignore: ['age'] })
  t.same(target, { field: 1, name: 'city', asked: undefined })
  t.same(features, [
    { field: 2, name: 'zip', asked: 'category' },
    { field: 3, name: 'churned', asked: undefined },
  ])
})

t.test('an unknown target: a near name, or all of them', async (t) => {
  const code = 'DATASET_ERR_TARGET_UNKNOWN'
  const near = { code, file: 'x.csv', column: 'chruned', message: /x\.csv; did you mean "churned"\?$/ }
  t.throws(() => plan(NAMES, { target: 'chruned' }), near)
  t.throws(() => plan(NAMES, { target: 'Churned' }), { code, message: /did you mean "churned"\?$/ })
  t.throws(() => plan(NAMES, { target: 'label' }), { code, message: /which are "age", "city", "zip", "churned"\.$/ })
  const many = Array.from({ length: 30 }, (_, i) => `column ${i}`)
  t.throws(() => plan(many, { target: 'label' }), { code, message: /"column 19" and 10 more\.$/ })
})

t.test('names that cannot be', async (t) => {
  const code = 'DATASET_ERR_COLUMN'
  t.throws(() => plan(['a', 'b', 'a', 'y'], { target: 'y' }), {
    code,
    row: 1,
    column: 'a',
    message: /"a" twice in the header/,
  })
  t.throws(() => plan(['a', '', 'y'], { target: 'y' }), { code, row: 1, message: /a name for column 2/ })
  t.throws(() => plan(['a', '__proto__', 'y'], { target: 'y' }), { code, column: '__proto__' })
  t.doesNotThrow(
    () => plan(['constructor', 'toString', 'y'], { target: 'y' }),
    'other names of Object.prototype are only names',
  )
})

t.test('the number of features', async (t) => {
  const code = 'DATASET_ERR_COLUMN'
  t.throws(() => plan(['y'], { target: 'y' }), { code, message: /at least one feature/ })
  t.throws(() => plan(['a', 'y'], { target: 'y', ignore: ['a'] }), { code })
  const names = Array.from({ length: 65_535 }, (_, i) => `f${i}`)
  t.equal(plan([...names.slice(1), 'y'], { target: 'y' }).features.length, 65_534)
  t.throws(() => plan([...names, 'y'], { target: 'y' }), { code, message: /at most 65,534 features but found 65535/ })
})

t.test('options name columns that are there, and not the target', async (t) => {
  const code = 'DATASET_ERR_OPTION'
  t.throws(() => plan(NAMES, { target: 'churned', types: { agee: 'number' } }), { code, message: /did you mean "age"/ })
  t.throws(() => plan(NAMES, { target: 'churned', ignore: ['postcode'] }), { code, column: 'postcode' })
  t.throws(() => plan(NAMES, { target: 'churned', ignore: ['churned'] }), { code })
  t.throws(() => plan(NAMES, { target: 'churned', types: { churned: 'category' } }), {
    code,
    message: /give task instead/,
  })
})
