import t, { type Test } from 'tap'
import { Client } from '../src/client.ts'
import { ShownModel } from '../src/shown-model.ts'
import { FLOWERS } from './answers.ts'
import { keyStore, TestService, until } from './service.ts'

function shown(t: Test, service = new TestService(), query = '') {
  const heard = { learnt: 0, changes: 0 }
  const events = { onReached: () => {}, onUnreachable: () => {}, onKeyNeeded: () => {} }
  const client = new Client(events, keyStore(), service.fetch as typeof fetch)
  const model = new ShownModel(client, (path) => `${path}${query}`, {
    onLearnt: () => heard.learnt++,
    onChange: () => heard.changes++,
  })
  t.teardown(() => model.rest())
  return { model, heard, service }
}

t.test('loads what is to be known of a model, and of that model', async (t) => {
  const { model, service, heard } = shown(t)
  model.load()
  await until(() => heard.learnt === 2 && heard.changes === 2)
  t.strictSame(model.info.value, FLOWERS)
  t.equal(model.card.value, '# Flowers')
  t.equal(model.examples.value!.length, 2)
  t.strictSame(service.asked.toSorted(), ['model/card', 'model/evaluation', 'model/examples', 'model/info'])
  const other = shown(t, service, '?model=prices&version=1')
  other.model.load()
  await until(() => other.model.info.value !== undefined)
  t.equal(other.model.info.value!.name, 'prices')
})

t.test('what there is none of is an error, and the rest is there', async (t) => {
  const { model, service } = shown(t)
  delete service.answers['model/examples']
  delete service.answers['model/card']
  model.load()
  await until(() => model.examples.error !== undefined && model.card.error !== undefined)
  await until(() => model.info.value !== undefined)
})

t.test('drift is watched on every view, performance on its own only', async (t) => {
  const { model, service } = shown(t)
  model.watch(false)
  await until(() => model.drift.value !== undefined)
  t.strictSame(service.asked, ['monitoring/drift'])
  model.watch(true)
  await until(() => model.performance.value !== undefined)
  t.strictSame(service.asked, ['monitoring/drift', 'monitoring/performance'])
})

t.test('another model is asked for anew, and nothing of the old one stays', async (t) => {
  const { model } = shown(t)
  model.watch(true)
  model.load()
  await until(() => model.info.value !== undefined && model.performance.value !== undefined)
  model.forget()
  for (const resource of [model.info, model.evaluation, model.examples, model.card, model.drift, model.performance]) {
    t.equal(resource.value, undefined)
  }
})
