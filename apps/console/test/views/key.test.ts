import '../dom.ts'
import t from 'tap'
import type { Page } from '../../src/page.ts'
import { keyView } from '../../src/views/key.ts'
import { TestService } from '../service.ts'
import { happens, shown, type } from './shown.ts'

const asks = ({ keyNeeded }: Page) => keyNeeded !== undefined

t.test('asks for a key with the reason, and takes it without the spaces around it', async (t) => {
  const service = new TestService()
  service.key = 'secret'
  const { body, page } = await shown(t, keyView, asks, service)
  t.equal(body().querySelector('#why')!.textContent, 'A key is needed.')
  t.equal(body().querySelector('label')!.getAttribute('for'), 'key')
  const field = body().querySelector('#key')!
  t.strictSame(
    ['type', 'autocomplete', 'aria-describedby'].map((name) => field.getAttribute(name)),
    ['password', 'off', 'why kept'],
  )
  Object.assign(field, { value: ' secret ' })
  t.ok(happens(body().querySelector('form')!, 'submit').defaultPrevented, 'the page stays')
  t.equal(page.client.key, 'secret')
})

t.test('the field has the focus when it appears, and is not given it again at each drawing', async (t) => {
  const service = new TestService()
  service.key = 'secret'
  const { body } = await shown(t, keyView, asks, service)
  const field = body().querySelector('#key') as HTMLInputElement
  let focused = 0
  field.focus = () => void focused++
  body()
  body()
  await new Promise((drawn) => setTimeout(drawn, 20))
  t.equal(focused, 1)
  type(field, 'x')
  body()
  await new Promise((drawn) => setTimeout(drawn, 20))
  t.equal(focused, 1)
})
