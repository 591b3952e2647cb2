import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { writeBundle } from '../src/bundle.ts'
import { checkSums } from './check-sums.ts'

const files = new Map<string, Uint8Array | string>([
  ['forest.copse', Uint8Array.of(1, 2, 3)],
  ['model-card.md', '# card\n'],
])

t.test('the files and their sums appear under the name', async (t) => {
  const directory = join(t.testdir(), 'made', 'bundle')
  await writeBundle(directory, files)
  t.strictSame(readdirSync(directory).sort(), ['SHA256SUMS', 'forest.copse', 'model-card.md'])
  t.strictSame([...readFileSync(join(directory, 'forest.copse'))], [1, 2, 3])
  t.strictSame(checkSums(directory), ['forest.copse', 'model-card.md'])
  t.strictSame(readdirSync(join(directory, '..')), ['bundle'], 'no temporary directory is left')
})

t.test('what stands there is not overwritten, and nothing half-written is left', async (t) => {
  const parent = t.testdir({ bundle: { 'forest.copse': 'old' } })
  await t.rejects(writeBundle(join(parent, 'bundle'), files), {
    code: 'TRAINER_ERR_WRITE',
    message: /could not be written to .*bundle \(ENOTEMPTY|EEXIST\)/,
  })
  t.equal(readFileSync(join(parent, 'bundle', 'forest.copse'), 'utf8'), 'old')
  t.strictSame(readdirSync(parent), ['bundle'])
})

t.test('a file that cannot be written leaves nothing', async (t) => {
  const parent = t.testdir()
  const bad = new Map([...files, ['no/such/directory.svg', '']])
  await t.rejects(writeBundle(join(parent, 'bundle'), bad), { code: 'TRAINER_ERR_WRITE', message: /ENOENT/ })
  t.strictSame(readdirSync(parent), [])
})

t.test('a parent that is a file', async (t) => {
  const parent = t.testdir()
  mkdirSync(join(parent, 'x'))
  writeFileSync(join(parent, 'x', 'file'), '')
  await t.rejects(writeBundle(join(parent, 'x', 'file', 'bundle'), files), { code: 'TRAINER_ERR_WRITE' })
})
