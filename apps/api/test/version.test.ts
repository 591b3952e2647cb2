import { readFileSync } from 'node:fs'
import t from 'tap'
import { VERSION } from '../src/version.ts'

t.test('is that of the package', async (t) => {
  t.equal(VERSION, JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version)
})
