import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ApiError } from '../../src/errors.ts'
import { Models } from '../../src/model/models.ts'
import { ORIGIN, TestSource } from '../app.ts'
import { irisFiles, irisForest, mixedFiles, writeBundle } from '../bundle.ts'

/** `iris` at its champion (version 2) and at version 1, and `diamonds`. */
function sources(t: Test) {
  const cwd = t.testdir()
  const champion = new TestSource(writeBundle(join(cwd, 'two'), irisFiles(irisForest(0.5))))
  champion.located = { ...champion.found, origin: { ...ORIGIN, version: '2' } }
  const first = new TestSource(writeBundle(join(cwd, 'one'), irisFiles()), false, 'iris', 'models:/iris/1')
  const diamonds = new TestSource(writeBundle(join(cwd, 'mixed'), mixedFiles()), true, 'diamonds', 'models:/diamonds@a')
  return { champion, first, diamonds, models: new Models([champion, first, diamonds]) }
}

t.test('finds by name and version', async (t) => {
  const { models } = sources(t)
  await Promise.all(models.slots.map((slot) => slot.reload()))
  t.equal(models.find().version, '2', 'the first is the default')
  t.equal(models.find('iris').version, '2')
  t.equal(models.find('iris', '1').version, '1')
  t.equal(models.find('iris', '2').version, '2')
  t.equal(models.find(undefined, '2').version, '2')
  t.equal(models.find('diamonds').name, 'diamonds')
  const unknown = { code: 'API_ERR_MODEL_UNKNOWN', statusCode: 404 }
  t.throws(() => models.find('iris', '3'), unknown)
  t.throws(() => models.find(undefined, '1'), unknown, 'a version alone is one of the default model')
  t.throws(() => models.find('nobody'), unknown)
  t.throws(() => models.find('nobody<script>'), { message: /^[^<]*$/ })
  t.throws(() => models.find('__proto__'), unknown)
})

t.test('what is known and not loaded is not ready', async (t) => {
  const { models, diamonds } = sources(t)
  t.equal(models.ready, false)
  for (const args of [[], ['iris'], ['iris', '1'], ['diamonds']]) {
    t.throws(() => models.find(...args), { code: 'API_ERR_NOT_READY', statusCode: 503 })
  }
  const { located } = diamonds
  diamonds.located = new ApiError('API_ERR_REGISTRY', 'It does not answer.')
  await Promise.all(models.slots.map((slot) => slot.reload()))
  t.equal(models.ready, false, 'each one has to be loaded')
  t.match(models.index(), [
    { name: 'iris', version: '2', reference: 'models:/iris@champion', state: 'ready', reason: '' },
    { name: 'iris', version: '1', reference: 'models:/iris/1', state: 'ready', reason: '' },
    { name: 'diamonds', version: undefined, state: 'unavailable', reason: 'It does not answer.' },
  ])
  diamonds.located = located
  t.match(await models.load('diamonds'), [{ result: 'swapped' }])
  t.equal(models.ready, true)
})

t.test('unloads and loads by name', async (t) => {
  const { models } = sources(t)
  await Promise.all(models.slots.map((slot) => slot.reload()))
  const loading = models.load('iris')
  await models.unload('iris')
  await loading
  t.throws(() => models.find(), { code: 'API_ERR_NOT_READY' }, 'also after a load that was under way')
  t.match(models.index(), [{ state: 'unavailable', reason: 'unloaded' }, { state: 'unavailable' }, { state: 'ready' }])
  t.equal(models.ready, true, 'the others serve')
  await models.unload('diamonds')
  t.equal(models.ready, false, 'none is not ready')
  t.match(await models.load('iris'), [{ result: 'swapped' }, { result: 'swapped' }])
  t.equal(models.find().version, '2')
  await t.rejects(models.unload('nobody'), { code: 'API_ERR_MODEL_UNKNOWN' })
  t.throws(() => models.load('nobody'), { code: 'API_ERR_MODEL_UNKNOWN' })
})
