import { fastify } from 'fastify'
import t from 'tap'
import processes from '../../../src/plugins/app/processes.ts'

t.test('what this process and the others share under a name', async (t) => {
  const app = fastify()
  await app.register(processes)
  let count = 1
  const all = app.processes.share('counts', () => ({ count }))
  app.processes.share('other', () => 'x')
  t.strictSame(await all(), [{ count: 1 }], 'alone')

  count = 2
  t.strictSame(app.processes.own(), { counts: { count: 2 }, other: 'x' }, 'as it is now')
  app.processes.others = async (name) => (name === 'counts' ? [{ count: 5 }, { count: 7 }] : [])
  t.strictSame(await all(), [{ count: 2 }, { count: 5 }, { count: 7 }])
})
