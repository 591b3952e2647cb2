import './dom.ts'
import t from 'tap'
import { keyStore, TestService, until } from './service.ts'

const service = new TestService()
const heard = new Map<string, () => void>()
const standIns = {
  sessionStorage: keyStore(),
  fetch: service.fetch,
  addEventListener: (name: string, listener: () => void) => void heard.set(name, listener),
}
for (const [name, value] of Object.entries(standIns)) {
  const kept = Object.getOwnPropertyDescriptor(globalThis, name)
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  t.teardown(() => (kept ? Object.defineProperty(globalThis, name, kept) : Reflect.deleteProperty(globalThis, name)))
}

const text = (selector: string) => document.querySelector(selector)?.textContent?.trim() ?? ''
let hidden = false
Object.defineProperty(document, 'hidden', { get: () => hidden, configurable: true })

/** Hides the page, or shows it again. */
function hide(now: boolean): void {
  hidden = now
  const event = document.createEvent('Event')
  event.initEvent('visibilitychange', false, false)
  document.dispatchEvent(event)
}

t.test('the page draws itself, follows the address, and rests while it is hidden', async (t) => {
  location.hash = '#drift'
  t.teardown(() => hide(true))
  await import('../src/main.ts')
  await until(() => text('h1').startsWith('Drift'))
  await until(() => document.querySelectorAll('article').length === 2)

  location.hash = '#model'
  heard.get('hashchange')!()
  await until(() => text('h1').startsWith('flowers'))
  await until(() => document.activeElement === document.querySelector('h1'))

  location.hash = '#nothing'
  heard.get('hashchange')!()
  await until(() => text('h1') === 'Predict species')

  hide(true)
  const asked = service.asked.length
  await new Promise((later) => setTimeout(later, 50))
  t.equal(service.asked.length, asked)
  hide(false)
  await until(() => service.asked.length > asked)
})

t.test('a machine that is online again asks at once', async (t) => {
  t.teardown(() => hide(true))
  const asked = service.asked.filter((path) => path === 'models').length
  heard.get('online')!()
  await until(() => service.asked.filter((path) => path === 'models').length > asked)
})
