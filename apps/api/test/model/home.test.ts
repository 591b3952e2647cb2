import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { checkHome } from '../../src/model/home.ts'

t.test('a directory, or nothing yet', async (t) => {
  const cwd = t.testdir({ home: {} })
  await checkHome(join(cwd, 'home'))
  await checkHome(join(cwd, 'nothing'))
})

t.test('a file, and what is below one, are refused', async (t) => {
  const cwd = t.testdir({ file: '' })
  await t.rejects(checkHome(join(cwd, 'file')), {
    code: 'API_ERR_SETTING',
    message: /must be a directory, and .*file is a file\.$/,
  })
  await t.rejects(checkHome(join(cwd, 'file', 'home')), { code: 'API_ERR_SETTING', message: /\(ENOTDIR\)\.$/ })
})

// Root may write everywhere.
if (process.getuid?.() !== 0) {
  t.test('a directory that may not be written is refused', async (t) => {
    const cwd = t.testdir({ home: {} })
    chmodSync(join(cwd, 'home'), 0o500)
    t.teardown(() => chmodSync(join(cwd, 'home'), 0o700))
    await t.rejects(checkHome(join(cwd, 'home')), { code: 'API_ERR_SETTING', message: /\(EACCES\)\.$/ })
  })
}
