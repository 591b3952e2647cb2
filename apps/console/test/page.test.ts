import t, { type Test } from 'tap'
import type { Page } from '../src/page.ts'
import { DRIFT, FLOWERS, MODELS } from './answers.ts'
import { pageOf, TestService, until } from './service.ts'

function started(t: Test, service = new TestService()): { page: Page; service: TestService } {
  const page = pageOf(service)
  page.start()
  t.teardown(() => page.rest())
  return { page, service }
}

t.test('starts with the default model, its form filled and answered', async (t) => {
  const { page, service } = started(t)
  await until(() => page.trial.answer !== undefined)
  t.equal(page.view, 'predict')
  t.strictSame(page.models.value, MODELS)
  t.strictSame(page.model.info.value, FLOWERS)
  t.strictSame(page.trial.texts, ['1.5', 'sand'])
  await until(() => page.model.drift.value !== undefined)
  t.notOk(
    service.asked.some((path) => path.startsWith('monitoring/live')),
    'not before it is shown',
  )
})

t.test(
  'the default model is asked for without a name, so that it is always the one that serves; others by name and version',
  async (t) => {
    const { page, service } = started(t)
    await until(() => page.model.info.value !== undefined)
    t.ok(service.asked.every((path) => !path.includes('?')))
    page.select(1)
    await until(() => page.model.info.value?.name === 'prices')
    await until(() => page.trial.answer?.type === 'number')
    t.ok(service.asked.includes('model/try?model=prices&version=1'))
    t.strictSame(page.trial.texts, ['2.6', 'Fair'])
  },
)

t.test('a view asks for what it shows as long as it is shown', async (t) => {
  const { page, service } = started(t)
  page.show('traffic')
  await until(() => page.live.value !== undefined)
  page.show('quality')
  await until(() => page.model.performance.value !== undefined)
  t.equal(service.asked.filter((path) => path === 'monitoring/live').length, 1)
})

t.test('a promotion loads the new version and is said; the same one again is nothing', async (t) => {
  const { page, service } = started(t)
  await until(() => page.trial.answer !== undefined)
  service.answers.models = { models: [{ ...MODELS[0]!, version: '4' }] }
  service.answers['model/info'] = { ...FLOWERS, version: '4' }
  await page.models.refresh()
  await until(() => page.model.info.value?.version === '4')
  await until(() => page.announcer.said === 'flowers version 4 serves now.')
  const asked = service.asked.filter((path) => path === 'model/info').length
  await page.models.refresh()
  t.equal(service.asked.filter((path) => path === 'model/info').length, asked)
})

t.test('a service that goes away is said, what it told stays, and all is asked anew when it is back', async (t) => {
  const { page, service } = started(t)
  await until(() => page.trial.answer !== undefined && page.model.drift.value !== undefined)
  service.up = false
  page.trial.setText(0, '6.5')
  await until(() => page.announcer.said === 'The service does not answer.')
  t.notOk(page.connection.up)
  t.strictSame(page.model.drift.value, DRIFT)
  t.ok(page.trial.answer)
  service.up = true
  service.answers['model/info'] = { ...FLOWERS, version: '9' }
  page.connection.tryNow()
  await until(() => page.connection.up && page.model.info.value?.version === '9')
  await until(() => page.announcer.said === 'The service answers again.')
})

t.test('asks for a key where one is needed, says when it is not known, and goes on with the right one', async (t) => {
  const service = new TestService()
  service.key = 'secret'
  const { page } = started(t, service)
  await until(() => page.keyNeeded === 'A key is needed.')
  page.useKey('wrong')
  t.equal(page.keyNeeded, undefined)
  await until(() => page.keyNeeded === 'The key is not known here.')
  page.useKey('secret')
  await until(() => page.trial.answer !== undefined)
  t.equal(page.keyNeeded, undefined)
  page.forgetKey()
  t.equal(page.client.key, undefined)
  t.equal(page.model.info.value, undefined, 'nothing that only a key shows stays')
  await until(() => page.keyNeeded !== undefined)
})

t.test('an empty key is none', async (t) => {
  const page = pageOf()
  page.useKey('a')
  page.useKey('')
  t.equal(page.client.key, undefined)
  page.rest()
})

t.test('without examples the form is filled from the signature', async (t) => {
  const service = new TestService()
  delete service.answers['model/examples']
  const { page } = started(t, service)
  await until(() => page.trial.answer !== undefined)
  t.strictSame(page.trial.texts, ['4', 'clay'])
})

t.test('a page that rests asks for nothing again and again, also where an answer comes after that', async (t) => {
  const { page, service } = started(t)
  page.show('quality')
  page.rest()
  await until(() => page.model.info.value !== undefined)
  await new Promise((later) => setTimeout(later, 50))
  const watched = service.asked.filter((path) => path.startsWith('monitoring/'))
  t.equal(new Set(watched).size, watched.length, 'what was under way, once')
})

t.test('a page that rests asks for nothing', async (t) => {
  const { page, service } = started(t)
  await until(() => page.trial.answer !== undefined && page.trial.curve !== undefined)
  await until(() => page.model.card.value !== undefined && page.model.evaluation.value !== undefined)
  page.rest()
  const asked = service.asked.length
  await new Promise((later) => setTimeout(later, 50))
  t.equal(service.asked.length, asked)
})
