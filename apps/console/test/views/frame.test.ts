import '../dom.ts'
import t from 'tap'
import { frame } from '../../src/views/frame.ts'
import { FLOWERS, MODELS } from '../answers.ts'
import { TestService, until } from '../service.ts'
import { happens, press, shown, texts } from './shown.ts'

t.test('where one is, what is served, and what is said', async (t) => {
  const { body, page } = await shown(t, frame)
  t.equal(body().querySelector('a')!.textContent, 'Skip to the content')
  t.strictSame(
    Array.from(body().querySelectorAll('nav a'), (link) => link.getAttribute('href')),
    ['#predict', '#model', '#traffic', '#drift', '#quality'],
  )
  t.strictSame(texts(body(), 'nav [aria-current=page]'), ['Predict'])
  page.show('model')
  t.strictSame(texts(body(), 'nav [aria-current=page]'), ['Model'])
  t.equal(body().querySelectorAll('h1').length, 1)
  await until(() => page.model.drift.value !== undefined)
  t.match(body().querySelector('nav .badge')!.textContent, 'Drift', 'on every view')
  page.say('Something new.')
  await until(() => body().querySelector('[role=status]')!.textContent === 'Something new.')
  t.equal(body().querySelector('[role=status]')!.getAttribute('aria-live'), 'polite')
})

t.test('one model is a name, several are a list to choose from', async (t) => {
  const { body, page, service } = await shown(t, frame)
  t.strictSame(texts(body(), '.model option'), ['flowers, version 3', 'prices, version 1'])
  const list = body().querySelector('.model select') as HTMLSelectElement
  list.selectedIndex = 1
  happens(list, 'change')
  t.equal(page.selected, 1)
  page.select(0)
  service.answers.models = { models: [MODELS[0]] }
  await page.models.refresh()
  t.strictSame(texts(body(), '.model'), ['flowers version 3'])
})

t.test('a registry that is silent, a model that is not well and a service that is away are told', async (t) => {
  const { body, page, service } = await shown(t, frame)
  t.equal(body().querySelector('.banner'), null)
  service.answers['model/info'] = { ...FLOWERS, stale: true }
  await page.model.info.refresh()
  t.match(body().querySelector('.banner')!.textContent, 'The registry does not answer')
  service.answers.models = { models: [{ ...MODELS[0]!, reason: 'SHA256SUMS does not fit.' }] }
  await page.models.refresh()
  t.equal(body().querySelector('.banner')!.textContent, 'flowers: SHA256SUMS does not fit.')
  service.up = false
  await page.models.refresh()
  t.match(body().querySelector('.banner.bad')!.textContent, 'What is shown is what it said last')
  service.up = true
  press(body(), 'Ask now')
  await until(() => page.connection.up)
})

t.test('where a key is needed nothing else is shown; with one it can be forgotten', async (t) => {
  const service = new TestService()
  service.key = 'secret'
  const { body, page } = await shown(t, frame, ({ keyNeeded }) => keyNeeded !== undefined, service)
  t.strictSame(texts(body(), 'h1'), ['A key is needed'])
  page.useKey('secret')
  await until(() => page.trial.answer !== undefined)
  press(body(), 'Forget the key')
  t.equal(page.client.key, undefined)
})

t.test('an answer of another version of the service takes its view down, not the page', async (t) => {
  const service = new TestService()
  service.answers['monitoring/drift'] = { state: 'none' }
  const { body, page } = await shown(
    t,
    frame,
    ({ model, trial }) => model.drift.value !== undefined && trial.answer !== undefined,
    service,
  )
  page.show('drift')
  t.match(body().querySelector('main')!.textContent, 'answered something that this page does not understand')
  page.show('model')
  t.match(body().querySelector('h1')!.textContent, 'flowers')
})

t.test('the colours go round and are said', async (t) => {
  const { body, page } = await shown(t, frame)
  for (const theme of ['dark', 'light', 'auto']) {
    press(body(), 'Colours')
    await until(() => page.announcer.said === `Colours: ${theme}`)
    t.match(texts(body(), '.tools button').join(), theme)
  }
})
