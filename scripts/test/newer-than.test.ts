import { rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { newerThan } from '../newer-than.ts'

t.test('what is made is old when a source, or a list of sources, changed after it', async (t) => {
  const root = t.testdir({ made: '', src: { a: '', deep: { b: '' } }, lock: '' })
  const [made, src, lock] = ['made', 'src', 'lock'].map((name) => join(root, name)) as [string, string, string]
  const set = (path: string, seconds: number) => utimesSync(path, seconds, seconds)
  for (const path of [lock, src, join(src, 'a'), join(src, 'deep'), join(src, 'deep/b')]) set(path, 1000)
  set(made, 2000)
  t.notOk(await newerThan(made, [src, lock]))
  set(join(src, 'deep/b'), 3000)
  t.ok(await newerThan(made, [src, lock]), 'a changed file')
  rmSync(join(src, 'deep/b'))
  t.ok(await newerThan(made, [src, lock]), 'a removed file')
  set(join(src, 'deep'), 1000)
  t.notOk(await newerThan(made, [src, lock, join(root, 'nowhere')]))
  t.ok(await newerThan(join(root, 'nowhere'), [src]), 'nothing made')
})
