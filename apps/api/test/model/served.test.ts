import t from 'tap'
import { readBundle } from '../../src/model/bundle.ts'
import { ServedModel } from '../../src/model/served.ts'
import { ORIGIN } from '../app.ts'
import { forest, golden, IRIS, irisFiles, irisForest, mixedFiles, mixedForest, writeBundle } from '../bundle.ts'

t.test('answers rows as the forest does', async (t) => {
  const model = new ServedModel(ORIGIN, await readBundle(writeBundle(t.testdir(), irisFiles())))
  model.input(1).set([5.1, 3.5, 1.4, 0.2])
  const one = model.run(1)
  t.strictSame([...one.outputs], [1, 0, 0])
  t.strictSame([...one.classIds], [0])

  const rows = [
    [6.3, 3.3, 6, 2.5],
    [5.9, 3, 4.2, 1.5],
  ]
  model.input(2).set(rows.flat())
  const two = model.run(2)
  t.strictSame(
    [...two.outputs],
    irisForest()
      .predictProba(rows)
      .flatMap((shares) => [...shares]),
  )
  t.strictSame([...two.classIds], [2, 1])
  t.equal(model.input(2), model.input(2), 'the buffers of a batch size are kept')
})

t.test('regression has values and no classes', async (t) => {
  const model = new ServedModel(ORIGIN, await readBundle(writeBundle(t.testdir(), mixedFiles())))
  model.input(1).set([0.5, 1, 1])
  const { outputs, classIds } = model.run(1)
  t.strictSame([...outputs], mixedForest().predict([[0.5, 'Good', 'yes']]))
  t.equal(classIds.length, 0)
})

t.test('a tie goes to the lowest class', async (t) => {
  const tied = forest(IRIS, [{ shares: [0, 0.5, 0.5] }])
  const files = { 'forest.copse': tied.data, 'golden.json': golden(tied, [[1, 1, 1, 1]]) }
  const model = new ServedModel(ORIGIN, await readBundle(writeBundle(t.testdir(), files)))
  t.strictSame([...model.run(1).classIds], [1])
})

t.test('knows its name, version and times', async (t) => {
  const bundle = await readBundle(writeBundle(t.testdir(), irisFiles()))
  t.match(new ServedModel(ORIGIN, bundle, 5), {
    name: 'iris',
    version: '1',
    createdAt: ORIGIN.registeredAt,
    loadedAt: 5,
  })
  t.match(new ServedModel({ ...ORIGIN, version: undefined, registeredAt: undefined }, bundle), {
    version: bundle.sha256.slice(0, 12),
    createdAt: bundle.writtenAt,
  })
})

t.test('a wide model takes fewer rows at once', async (t) => {
  const features = Array.from({ length: 8192 }, (_, f) => ({ ...IRIS.features[0]!, name: `f${f}` }))
  const wide = forest({ ...IRIS, features }, [{ shares: [1, 0, 0] }])
  const row = features.map(() => 1)
  const files = { 'forest.copse': wide.data, 'golden.json': golden(wide, [row]) }
  const model = new ServedModel(ORIGIN, await readBundle(writeBundle(t.testdir(), files)))
  t.equal(model.maxRows, 512)
  t.equal(model.input(512).length, 512 * 8192)
  t.throws(() => model.input(513), { code: 'API_ERR_TOO_MANY_ROWS', statusCode: 413 })
})
