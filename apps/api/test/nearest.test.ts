import t from 'tap'
import { nearest } from '../src/nearest.ts'

t.test('the name with the fewest edits', async (t) => {
  const names = ['COPSE_PORT', 'COPSE_HOST', 'COPSE_LOG_LEVEL']
  t.equal(nearest('COPSE_PROT', names), 'COPSE_PORT')
  t.equal(nearest('COPSE_LOGLEVEL', names), 'COPSE_LOG_LEVEL')
  t.equal(nearest('COPSE_HOST', names), 'COPSE_HOST')
  t.equal(nearest('', ['one']), 'one')
})
