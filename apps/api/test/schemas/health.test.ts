import t from 'tap'
import { Check } from 'typebox/value'
import { Health, Live, Ready } from '../../src/schemas/health.ts'
import { build, buildUnloaded } from '../app.ts'

const ROUTES = [
  ['/health', Health],
  ['/readyz', Ready],
  ['/livez', Live],
] as const

t.test('what the three routes answer, before a model is loaded, with one, and while draining', async (t) => {
  const unloaded = await buildUnloaded(t)
  for (const [path, schema] of ROUTES) t.ok(Check(schema, (await unloaded.app.inject(path)).json()), path)
  const { app } = await build(t)
  for (const [path, schema] of ROUTES) t.ok(Check(schema, (await app.inject(path)).json()), path)
})

t.test('a model is told whole or not at all', async (t) => {
  const model = { name: 'iris', version: '1', sha256: 'ab', stale: false }
  t.ok(Check(Health, { status: 'ok', model }))
  t.ok(Check(Health, { status: 'loading', model: null }))
  const { stale: _, ...part } = model
  t.notOk(Check(Health, { status: 'ok', model: part }))
  t.notOk(Check(Health, { status: 'ok' }))
  t.notOk(Check(Health, { status: 'broken', model }))
})
