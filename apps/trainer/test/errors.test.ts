import { readFile } from 'node:fs/promises'
import t from 'tap'
import { explain, isExpected, TrainerError } from '../src/errors.ts'

t.test('a coded error is one line, of whichever package', async (t) => {
  t.equal(explain(new TrainerError('TRAINER_ERR_SETTING', 'No such\n  thing.')), 'No such thing.')
  t.equal(explain(Object.assign(new Error('Torn'), { code: 'TRACKING_ERR_JOURNAL' })), 'Torn.')
})

t.test('so is one of the operating system', async (t) => {
  const error = await readFile('/no/such/file').catch((error) => error)
  t.ok(isExpected(error))
  t.match(explain(error), /^ENOENT: no such file or directory/)
})

t.test('a bug keeps its stack', async (t) => {
  t.match(explain(new TypeError('oops')), /TypeError: oops\n\s+at /)
  t.equal(explain('thrown text'), 'thrown text')
})

t.test('the cause is kept', async (t) => {
  const cause = new Error('first')
  t.equal(new TrainerError('TRAINER_ERR_WRITE', 'second', { cause }).cause, cause)
})
