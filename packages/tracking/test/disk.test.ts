import { hash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, open, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { copyWhole, makeDirectory, writeWhole } from '../src/disk.ts'

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

t.test('a copy keeps what was there when its original is changed in place', async (t) => {
  const directory = t.testdir()
  for (const bytes of [0, 1000, (1 << 20) + 1]) {
    const [from, to] = [join(directory, `from-${bytes}`), join(directory, `to-${bytes}`)]
    const before = Buffer.alloc(bytes, 'ab')
    await writeFile(from, before)
    await chmod(from, 0o444)
    t.same(await copyWhole(from, to), { bytes, sha256: hash('sha256', before) })
    await chmod(from, 0o644)
    const original = await open(from, 'r+')
    await original.write('changed', 0)
    await original.close()
    t.ok((await readFile(to)).equals(before), `${bytes} bytes`)
  }
})

t.test('what is no file is not copied', async (t) => {
  const directory = t.testdir({ sub: {} })
  for (const name of ['sub', 'none']) {
    await t.rejects(copyWhole(join(directory, name), join(directory, 'to')), { code: 'TRACKING_ERR_FILE' })
  }
  t.same(await readdir(directory), ['sub'])
})
