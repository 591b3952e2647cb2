import t from 'tap'
import { requestIds } from '../../../src/plugins/app/request-id.ts'
import { build } from '../../app.ts'

t.test('a fit id of the client is taken and sent back', async (t) => {
  const { app } = await build(t)
  for (const id of ['abc', 'a-b_c.d:1/2+3=', 'x'.repeat(64)]) {
    const { headers } = await app.inject({ url: '/livez', headers: { 'x-request-id': id } })
    t.equal(headers['x-request-id'], id)
  }
})

t.test('any other is not, and no id is made up in an answer', async (t) => {
  const { app } = await build(t)
  for (const id of ['', 'x'.repeat(65), 'a b', '<script>', 'x'.repeat(10_000)]) {
    const { headers } = await app.inject({ url: '/livez', headers: { 'x-request-id': id } })
    t.equal(headers['x-request-id'], undefined, id.slice(0, 70))
  }
})

t.test('an error says under which id the log has it', async (t) => {
  const { app } = await build(t)
  t.match((await app.inject('/nowhere')).headers['x-request-id'], /^[0-9a-f]{12}-[0-9a-z]+$/)
  t.equal((await app.inject({ url: '/nowhere', headers: { 'x-request-id': 'mine' } })).headers['x-request-id'], 'mine')
})

t.test('ids do not repeat, over processes neither', async (t) => {
  const ids = [requestIds(), requestIds()].flatMap((next) => [next({ headers: {} }), next({ headers: {} })])
  t.equal(new Set(ids).size, 4)
})
