import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { build } from 'esbuild'

// Bundles lie where no package of the project is found.
const folder = await mkdtemp(join(tmpdir(), 'copse-bundle-'))
after(() => rm(folder, { recursive: true, force: true }))

/** Takes how many workers, and where their module is if need be. */
const PROGRAM = `
  import { pathToFileURL } from 'node:url'
  import { iris } from '@copse/dataset'
  import { Forest, train } from '@copse/model'
  const [workers, worker] = process.argv.slice(2)
  train(iris(), { nEstimators: 20, seed: 7 }, { workers: +workers, workerUrl: worker && pathToFileURL(worker) }).then(
    (forest) => console.log(Forest.from(forest.data).predict([[5.1, 3.5, 1.4, 0.2]])[0], forest.nodeCount),
    (error) => console.log(error.code, error.message),
  )`

for (const format of ['esm', 'cjs']) {
  const nameOf = (name) => join(folder, `${name}.${format === 'esm' ? 'mjs' : 'cjs'}`)
  const options = { bundle: true, platform: 'node', format, logLevel: 'error' }
  const run = async (...args) => (await promisify(execFile)(process.execPath, [nameOf('program'), ...args])).stdout

  test(`a bundle of format ${format}`, async (t) => {
    await build({ ...options, stdin: { contents: PROGRAM, resolveDir: process.cwd() }, outfile: nameOf('program') })
    await build({ ...options, entryPoints: ['@copse/model/worker'], outfile: nameOf('worker') })
    await t.test('trains and predicts', async () => assert.match(await run('0'), /^setosa \d+/))
    await t.test('says what worker threads need', async () => {
      assert.match(await run('2'), /^MODEL_ERR_WORKER .*workerUrl/)
    })
    await t.test('trains on threads whose module is one more entry', async () => {
      assert.equal(await run('2', nameOf('worker')), await run('0'))
    })
  })
}
