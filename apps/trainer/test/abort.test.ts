import { getEventListeners } from 'node:events'
import t from 'tap'
import { unlessAborted } from '../src/abort.ts'

t.test('work that ends first has its own outcome', async (t) => {
  const { signal } = new AbortController()
  t.equal(await unlessAborted(Promise.resolve(7), signal), 7)
  await t.rejects(unlessAborted(Promise.reject(new Error('mine')), signal), { message: 'mine' })
  t.equal(getEventListeners(signal, 'abort').length, 0, 'no listener is left behind')
})

t.test('an abort does not wait for the work', async (t) => {
  const controller = new AbortController()
  const waiting = unlessAborted(new Promise(() => {}), controller.signal)
  controller.abort(new Error('stop'))
  await t.rejects(waiting, { message: 'stop' })
  await t.rejects(unlessAborted(Promise.resolve(7), controller.signal), { message: 'stop' })
})

t.test('a failure after the abort is nobody’s unhandled rejection', async (t) => {
  const late = new Promise((_, reject) => setImmediate(() => reject(new Error('late'))))
  await t.rejects(unlessAborted(late, AbortSignal.abort(new Error('stop'))), { message: 'stop' })
  await new Promise(setImmediate)
})
