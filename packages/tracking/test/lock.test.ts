import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { acquireLock, isLocked, wasAbandoned } from '../src/lock.ts'

t.test('one holder at a time', async (t) => {
  const path = join(t.testdir(), 'lock')
  t.equal(isLocked(path), false)
  const lock = await acquireLock(path)
  t.equal(isLocked(path), true)
  await t.rejects(acquireLock(path, { waitMs: 30 }), {
    code: 'TRACKING_ERR_LOCKED',
    message: /held the lock .*lock for 30 ms/,
  })
  const next = acquireLock(path)
  await lock.release()
  await (await next).release()
  t.equal(isLocked(path), false)
  t.equal(wasAbandoned(path), false)
  t.equal((await readdir(t.testdirName)).length, 1, 'one file is left')
})

t.test('many takers in one process', async (t) => {
  const path = join(t.testdir(), 'lock')
  let holders = 0
  let most = 0
  const take = async () => {
    const lock = await acquireLock(path)
    most = Math.max(most, ++holders)
    await new Promise((resolve) => setTimeout(resolve, 1))
    holders--
    await lock.release()
  }
  await Promise.all(Array.from({ length: 20 }, take))
  t.equal(most, 1)
})

t.test('the lock of a dead process is taken over', async (t) => {
  const path = join(t.testdir(), 'lock')
  const child = process_('hold-lock.ts', path)
  await once(child.stdout!, 'data')
  t.equal(isLocked(path), true)
  t.equal(wasAbandoned(path), false)
  child.kill('SIGKILL')
  await once(child, 'exit')
  t.equal(isLocked(path), false)
  t.equal(wasAbandoned(path), true)
  const lock = await acquireLock(path, { waitMs: 0 })
  t.equal(isLocked(path), true)
  await lock.release()
  t.equal(wasAbandoned(path), false)
})

t.test(
  'a pid that is used again is not taken for its former owner',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const path = join(t.testdir(), 'lock')
    await writeFile(`${path}.1`, JSON.stringify({ pid: process.pid, host: hostname(), started: '1' }))
    t.equal(isLocked(path), false)
  },
)

t.test('a holder on another machine lives as long as it gives signs of life', async (t) => {
  const path = join(t.testdir(), 'lock')
  await writeFile(`${path}.1`, JSON.stringify({ pid: process.pid, host: 'elsewhere.example', started: '' }))
  t.equal(isLocked(path), true)
  const past = new Date(Date.now() - 601_000)
  await utimes(`${path}.1`, past, past)
  t.equal(isLocked(path), false)
  t.equal(wasAbandoned(path), true)
})

t.test('a lock file that makes no sense holds nothing', async (t) => {
  const path = join(
    t.testdir({ 'lock.1': '', 'lock.x': '{}', 'lock.2': '{"pid":-1,"host":"x"}', 'lock.3': 'null' }),
    'lock',
  )
  t.equal(isLocked(path), false)
  await (await acquireLock(path, { waitMs: 0 })).release()
  t.same((await readdir(t.testdirName)).sort(), ['lock.4', 'lock.x'])
})

t.test('processes that count one number up, some of them killed, lose and double nothing', async (t) => {
  const directory = t.testdir({ count: '0', told: '' })
  const children = Array.from({ length: 4 }, (_, index) => process_('count-under-lock.ts', directory, String(index)))
  const told = children.map((child) => {
    let count = 0
    child.stdout!.on('data', (data: Buffer) => {
      count += data.length
      if (count >= 30) child.kill('SIGKILL')
    })
    return once(child, 'close').then(() => count)
  })
  const confirmed = (await Promise.all(told)).reduce((sum, count) => sum + count, 0)
  const count = Number(await readFile(join(directory, 'count'), 'utf8'))
  // A killed process may have counted once more than it said.
  t.ok(count >= confirmed && count <= confirmed + children.length, `${count} counted, ${confirmed} told`)
})

function process_(name: string, ...parameters: string[]): ChildProcess {
  const script = join(import.meta.dirname, 'processes', name)
  return spawn(process.execPath, ['--conditions=@copse/source', script, ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}
