import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { readConsole } from '../../src/console/files.ts'
import { INDEX, SCRIPT, writePage } from '../page.ts'

t.test('the files of a page are read once, plain and compressed', async (t) => {
  const { index, assets } = await readConsole(writePage(t.testdir()))
  t.equal(index.plain.toString(), INDEX)
  t.equal(index.type, 'text/html; charset=utf-8')
  t.strictSame([...assets.keys()], ['main-ABC.js', 'style-DEF.css'], 'and nothing of a type that a page does not load')
  const script = assets.get('main-ABC.js')!
  t.equal(script.plain.toString(), SCRIPT)
  t.equal(gunzipSync(script.gzipped).toString(), SCRIPT)
  t.match(script.etag, /^"[0-9a-f]{32}"$/)
  t.not(script.etag, index.etag)
})

t.test('a folder that is no page is said', async (t) => {
  const message =
    /^COPSE_CONSOLE \(--console\) must be the folder of the built page, or off: .* cannot be read \(ENOENT\)\.$/
  await t.rejects(readConsole(join(t.testdir(), 'nowhere')), { code: 'API_ERR_SETTING', message })
  const directory = writePage(t.testdir({}))
  rmSync(join(directory, 'assets'), { recursive: true })
  await t.rejects(readConsole(directory), { code: 'API_ERR_SETTING', message: /assets cannot be read/ })
})

t.test('a folder that holds more than a page is refused', async (t) => {
  const directory = writePage(t.testdir())
  for (let i = 0; i < 65; i++) writeFileSync(join(directory, `assets/${i}.js`), '')
  await t.rejects(readConsole(directory), { message: /67 files where 64 are allowed/ })
})
