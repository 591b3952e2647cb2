import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { buildConsole } from '../scripts/build-console.ts'

/** Bytes that a first visit may cost. */
const MOST_GZIPPED = 150_000

t.test('the page is built whole, small, and the same each time', async (t) => {
  const directory = join(t.testdir(), 'dist')
  const built = await buildConsole(directory)
  t.ok(built.gzipped < MOST_GZIPPED, `${built.gzipped} bytes compressed`)
  const names = readdirSync(join(directory, 'assets'))
  for (const name of names) t.match(name, /^[\w-]+-[A-Z0-9]{8}\.(js|css|svg)$/, 'a hash of the content is in the name')

  const page = readFileSync(join(directory, 'index.html'), 'utf8')
  const asked = Array.from(page.matchAll(/(?:src|href)="(assets\/[^"]+)"/g), ([, path]) => path!.slice(7))
  t.equal(asked.length, 4)
  for (const name of asked) t.ok(names.includes(name), `${name} is there`)
  t.notMatch(page, /<script>|<style|style=|\son\w+=|https?:/, 'nothing inline, nothing from elsewhere')

  await buildConsole(directory)
  t.strictSame(readdirSync(join(directory, 'assets')), names)
})
