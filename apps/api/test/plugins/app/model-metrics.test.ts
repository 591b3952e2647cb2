import t from 'tap'
import { ApiError } from '../../../src/errors.ts'
import { build, buildUnloaded, ORIGIN } from '../../app.ts'
import { irisFiles, irisForest, writeBundle } from '../../bundle.ts'

async function series(app: { inject(url: string): Promise<{ body: string }> }): Promise<string[]> {
  const { body } = await app.inject('/metrics')
  return body.split('\n').filter((line) => line.startsWith('copse_model_'))
}

t.test('the model that is served', async (t) => {
  const { app, source, directory } = await build(t)
  const { sha256 } = app.models.default.current!.bundle
  t.strictSame(await series(app), [
    `copse_model_info{model="iris",version="1",sha256="${sha256}"} 1`,
    `copse_model_created_timestamp_seconds{model="iris",version="1"} ${ORIGIN.registeredAt! / 1000}`,
    'copse_model_score{model="iris",version="1",score="accuracy"} 0.9667',
    'copse_model_stale{model="iris"} 0',
    'copse_model_reload_total{model="iris",result="swapped"} 1',
    'copse_model_reload_total{model="iris",result="unchanged"} 0',
    'copse_model_reload_total{model="iris",result="failed"} 0',
  ])
  writeBundle(directory, irisFiles(irisForest(0.5)))
  source.located = { directory, origin: { ...ORIGIN, version: '2', stale: true }, bundleSha256: undefined }
  await app.models.default.reload()
  source.located = new ApiError('API_ERR_REGISTRY', 'Down.')
  await app.models.default.reload()
  const now = await series(app)
  t.equal(now.filter((line) => line.startsWith('copse_model_info{')).length, 1, 'the old version is gone')
  t.match(now[0], /version="2"/)
  t.ok(now.includes('copse_model_stale{model="iris"} 1'))
  t.ok(now.includes('copse_model_reload_total{model="iris",result="swapped"} 2'))
  t.ok(now.includes('copse_model_reload_total{model="iris",result="failed"} 1'))
})

t.test('scores are the tags that training gave, where they are numbers', async (t) => {
  const { app, source } = await build(t)
  const tags = { 'copse.log_loss': '0.1334', 'copse.rmse': '', 'copse.r2': 'good', 'copse.rows': '150' }
  source.located = { ...source.found, origin: { ...ORIGIN, version: '2', tags } }
  await app.models.default.reload()
  t.strictSame(
    (await series(app)).filter((line) => line.startsWith('copse_model_score')),
    ['copse_model_score{model="iris",version="2",score="log_loss"} 0.1334'],
  )
})

t.test('before a model is loaded there are only zeros', async (t) => {
  const { app } = await buildUnloaded(t)
  t.strictSame(await series(app), [
    'copse_model_stale{model="iris"} 0',
    'copse_model_reload_total{model="iris",result="swapped"} 0',
    'copse_model_reload_total{model="iris",result="unchanged"} 0',
    'copse_model_reload_total{model="iris",result="failed"} 0',
  ])
})
