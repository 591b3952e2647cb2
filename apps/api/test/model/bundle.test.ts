import { hash } from 'node:crypto'
import { rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readBundle } from '../../src/model/bundle.ts'
import { golden, IRIS_GOLDEN, irisFiles, irisForest, mixedForest, sumsOf, writeBundle } from '../bundle.ts'

t.test('a whole bundle', async (t) => {
  const files = irisFiles()
  const directory = writeBundle(t.testdir(), files)
  const bundle = await readBundle(directory, hash('sha256', sumsOf(files)))
  t.equal(bundle.forest.treeCount, 2)
  t.strictSame(bundle.golden.rows, IRIS_GOLDEN)
  t.equal(bundle.card, '# Iris\n\nA card.\n')
  t.equal(bundle.sha256, hash('sha256', irisForest().data))
  t.equal(bundle.bundleSha256, hash('sha256', sumsOf(files)))
  t.ok(Math.abs(bundle.writtenAt - Date.now()) < 60_000)
})

t.test('the card may be absent, and files that are not read may be anything', async (t) => {
  const { 'model-card.md': _, ...files } = irisFiles()
  const directory = writeBundle(t.testdir(), { ...files, 'plot.svg': '<svg/>' })
  rmSync(join(directory, 'plot.svg'))
  t.equal((await readBundle(directory)).card, undefined)
})

t.test('a file that is absent, cut or changed is refused by its name', async (t) => {
  for (const name of ['forest.copse', 'golden.json', 'SHA256SUMS']) {
    const directory = writeBundle(t.testdir(), irisFiles())
    rmSync(join(directory, name))
    await t.rejects(readBundle(directory), {
      code: 'API_ERR_BUNDLE',
      message: `${name} of the bundle cannot be read (ENOENT).`,
    })
  }
  for (const name of ['forest.copse', 'golden.json', 'model-card.md']) {
    const directory = writeBundle(t.testdir(), irisFiles())
    truncateSync(join(directory, name), 5)
    await t.rejects(readBundle(directory), {
      code: 'API_ERR_CHECKSUM',
      message: `${name} of the bundle does not have the sum that SHA256SUMS gives for it.`,
    })
  }
  await t.rejects(readBundle(join(t.testdir(), 'nowhere')), { code: 'API_ERR_BUNDLE' })
})

t.test('the sums must list what is read, and be those the registry names', async (t) => {
  const { 'golden.json': unlisted, ...listed } = irisFiles()
  const directory = writeBundle(t.testdir(), { ...listed, 'golden.json': unlisted! }, sumsOf(listed))
  await t.rejects(readBundle(directory), {
    code: 'API_ERR_BUNDLE',
    message: 'SHA256SUMS of the bundle does not list golden.json.',
  })
  await t.rejects(readBundle(directory, 'f'.repeat(64)), { code: 'API_ERR_CHECKSUM', message: /copse\.bundle_sha256/ })
})

t.test('sums that fit do not make a forest of something else, or of other answers', async (t) => {
  const foreign = writeBundle(t.testdir(), { ...irisFiles(), 'forest.copse': 'not a forest' })
  await t.rejects(readBundle(foreign), {
    code: 'API_ERR_BUNDLE',
    message: /^forest\.copse of the bundle is not a forest/,
  })
  const others = writeBundle(t.testdir(), { ...irisFiles(), 'golden.json': golden(irisForest(0.5), IRIS_GOLDEN) })
  await t.rejects(readBundle(others), { code: 'API_ERR_GOLDEN' })
  const swapped = writeBundle(t.testdir(), { ...irisFiles(), 'forest.copse': mixedForest().data })
  await t.rejects(readBundle(swapped), { code: 'API_ERR_GOLDEN' })
})

t.test('a file larger than it may be is not read', async (t) => {
  const directory = writeBundle(t.testdir(), irisFiles())
  truncateSync(join(directory, 'SHA256SUMS'), 2 ** 20 + 1)
  await t.rejects(readBundle(directory), {
    code: 'API_ERR_BUNDLE',
    message: /has 1048577 bytes where 1048576 are allowed/,
  })
})

t.test('an evaluation is passed on as it is, and is JSON', async (t) => {
  const directory = writeBundle(t.testdir(), { ...irisFiles(), 'evaluation.json': '{ "version": 1 }\n' })
  t.equal((await readBundle(directory)).evaluation, '{"version":1}')
  writeBundle(directory, { ...irisFiles(), 'evaluation.json': '{' })
  await t.rejects(readBundle(directory), {
    code: 'API_ERR_BUNDLE',
    message: 'evaluation.json of the bundle is not JSON.',
  })
})
