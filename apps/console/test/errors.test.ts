import t from 'tap'
import { Refusal, sentence, Unreachable } from '../src/errors.ts'

t.test('a refusal has what programs go by and what people read', async (t) => {
  const refusal = new Refusal(400, 'API_ERR_VALUE', 'length must be a number.', '/features/0')
  t.match(refusal, { name: 'Refusal', status: 400, code: 'API_ERR_VALUE', path: '/features/0' })
  t.equal(sentence(refusal), 'length must be a number.')
  t.equal(new Refusal(503, '', 'No.').path, undefined)
})

t.test('anything that was thrown has a sentence', async (t) => {
  t.equal(sentence(new Unreachable('The service does not answer.')), 'The service does not answer.')
  t.equal(sentence('odd'), 'odd')
  t.equal(sentence(undefined), 'undefined')
})
