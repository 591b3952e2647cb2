import t from 'tap'
import { Check } from 'typebox/value'
import { ModelInfo, ModelList, ReloadAnswer } from '../../src/schemas/model-info.ts'
import { build, buildUnloaded } from '../app.ts'
import { irisFiles, mixedFiles } from '../bundle.ts'

for (const [name, files] of Object.entries({ classes: irisFiles(), numbers: mixedFiles() })) {
  t.test(`what the routes of a model of ${name} answer`, async (t) => {
    const { app } = await build(t, files)
    t.ok(Check(ModelInfo, (await app.inject('/model/info')).json()))
    t.ok(Check(ModelList, (await app.inject('/models')).json()))
    t.ok(Check(ReloadAnswer, (await app.inject({ method: 'POST', url: '/model/reload' })).json()))
  })
}

t.test('a load that failed is told with its code and sentence, and the list says why nothing serves', async (t) => {
  const { app, source } = await build(t)
  source.located = new Error('no way')
  await app.models.default.reload()
  const info = (await app.inject('/model/info')).json()
  t.ok(Check(ModelInfo, info))
  t.match(info.last_reload, { result: 'failed', code: 'API_ERR_INTERNAL', message: /no way/ })
  const unloaded = await buildUnloaded(t)
  const list = (await unloaded.app.inject('/models')).json()
  t.ok(Check(ModelList, list))
  t.match(list.models[0], { version: null, state: 'unavailable' })
})
