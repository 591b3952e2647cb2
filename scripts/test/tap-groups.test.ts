import { readFile } from 'node:fs/promises'
import { chdir, cwd } from 'node:process'
import t from 'tap'
import { directoryOf, writeGroups } from '../tap-groups.ts'

t.test('a program for each directory, which imports its files in their order', async (t) => {
  const home = cwd()
  chdir(t.testdir())
  t.teardown(() => chdir(home))
  const programs = await writeGroups([
    'a/test/one.test.ts',
    'b/test/y.test.ts',
    'b/test/deep/z.test.ts',
    'b/test/x.test.ts',
  ])
  t.strictSame(programs.map(directoryOf), ['b/test', 'a/test', 'b/test/deep'], 'the largest first')
  t.strictSame([...programs].sort(), programs, 'and in the order of their names, in which tap runs them')
  t.match(
    await readFile(programs[0]!, 'utf8'),
    /testTogether\(\[\s*"b\/test\/x\.test\.ts",\s*"b\/test\/y\.test\.ts"\s*\]\)/,
  )
  t.strictSame(await writeGroups([]), [])
  await t.rejects(readFile(programs[0]!), { code: 'ENOENT' }, 'those of the last run are gone')
})

t.test('what is no program of a directory keeps its name', async (t) => {
  t.equal(directoryOf('tap'), 'tap')
})
