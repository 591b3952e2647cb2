import { existsSync } from 'node:fs'
import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { makeDirectory, writeWhole } from '../src/disk.ts'

t.test('a directory is made with its parents, and once more without complaint', async (t) => {
  const path = join(t.testdir(), 'a/b/c')
  await Promise.all([makeDirectory(path), makeDirectory(path)])
  await makeDirectory(path)
  t.ok((await stat(path)).isDirectory())
})

t.test('what cannot be a directory is refused with its path', async (t) => {
  const path = join(t.testdir({ file: '' }), 'file/home')
  await t.rejects(makeDirectory(path), {
    code: 'TRACKING_ERR_HOME',
    message: `${path} cannot be written (ENOTDIR)`,
  })
})

t.test(
  'a system that answers ENOENT for every new entry is refused too',
  { skip: !existsSync('/proc/self') && 'there is no /proc' },
  async (t) => {
    await t.rejects(makeDirectory('/proc/copse/home'), { code: 'TRACKING_ERR_HOME' })
  },
)

t.test('a file is replaced as a whole and leaves nothing beside it', async (t) => {
  const directory = t.testdir()
  await writeFile(join(directory, 'x'), 'before')
  t.match(await writeWhole(join(directory, 'x'), 'after'), { bytes: 5, sha256: /^[0-9a-f]{64}$/ })
  t.same(await readdir(directory), ['x'])
})
