import t from 'tap'
import { DatasetError } from '../src/errors.ts'

t.test('an error is its code, its sentence and its place', async (t) => {
  const cause = new Error('ENOENT')
  const full = new DatasetError('DATASET_ERR_FILE', 'It is gone.', { file: 'a.csv', row: 2, column: 'x', cause })
  t.ok(full instanceof Error)
  t.match(full, { name: 'DatasetError', code: 'DATASET_ERR_FILE', file: 'a.csv', row: 2, column: 'x', cause })
  t.match(full.stack, /^DatasetError: It is gone\./)
  const bare = new DatasetError('DATASET_ERR_EMPTY', 'It is empty.')
  t.same([bare.file, bare.row, bare.column], [undefined, undefined, undefined])
  t.notOk('cause' in bare, 'no cause where none is known, so that a log shows none')
})
