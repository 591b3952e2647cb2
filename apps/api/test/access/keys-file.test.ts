import { hash } from 'node:crypto'
import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { openKeysFile } from '../../src/access/keys-file.ts'

const line = (key: string) => `ann predict sha256:${hash('sha256', key)}\n`

t.test('a new text of the file is read, a broken one leaves the keys before', async (t) => {
  const file = join(t.testdir(), 'keys')
  writeFileSync(file, line('one'))
  const told: (string | undefined)[] = []
  const open = await openKeysFile(file, { lookMs: 2, onChange: (error) => told.push(error?.message) })
  t.teardown(() => open.close())
  const until = async (condition: () => boolean) => {
    while (!condition()) await sleep(2)
  }
  t.ok(open.keys.find('one'))

  writeFileSync(file, line('two'))
  await until(() => open.keys.find('two') !== undefined)
  t.notOk(open.keys.find('one'))
  t.strictSame(told, [undefined])

  writeFileSync(file, 'broken')
  await until(() => told.length === 2)
  await sleep(20)
  t.match(told, [undefined, /^Line 1 of the keys file/], 'told once')
  t.ok(open.keys.find('two'))

  rmSync(file)
  await until(() => told.length === 3)
  t.match(told[2], /must be a file to read, and .* is not \(ENOENT\)\.$/)
  t.ok(open.keys.find('two'))

  writeFileSync(file, line('three'))
  await until(() => open.keys.find('three') !== undefined)
})

t.test('a link that is turned, as Kubernetes does', async (t) => {
  const cwd = t.testdir({ one: line('one'), two: line('two') })
  const link = join(cwd, 'keys')
  symlinkSync('one', link)
  const open = await openKeysFile(link, { lookMs: 2, onChange: () => {} })
  t.teardown(() => open.close())
  symlinkSync('two', `${link}.new`)
  renameSync(`${link}.new`, link)
  while (!open.keys.find('two')) await sleep(2)
  t.notOk(open.keys.find('one'))
})

t.test('a file that cannot be used at the start is refused', async (t) => {
  const cwd = t.testdir({ broken: 'x', large: 'x'.repeat(1 << 21) })
  for (const name of ['broken', 'large', 'absent', '.']) {
    await t.rejects(openKeysFile(join(cwd, name), { onChange: () => {} }), { code: 'API_ERR_SETTING' }, name)
  }
})
