import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { FileSink, newTally, PredictionLog, readLog } from '../../src/index.ts'

const HOST = hostname().replaceAll(/[^\w.]/g, '_')

t.test('a segment has another name while it is written', async (t) => {
  const directory = join(t.testdir(), 'log')
  const closed: string[] = []
  const sink = new FileSink({ directory, onClosed: (path) => closed.push(path) })
  const segment = await sink.open('predictions-1')
  await segment.write(Buffer.from('a\n'))
  t.strictSame(readdirSync(directory), [`predictions-1-${HOST}-${process.pid}.ndjson.open`])
  await segment.sync()
  await segment.close()
  t.strictSame(readdirSync(directory), [`predictions-1-${HOST}-${process.pid}.ndjson`])
  t.equal(readFileSync(closed[0], 'utf8'), 'a\n')
})

t.test('what a killed process left open is closed by the next', async (t) => {
  const dead = await deadPid()
  const directory = t.testdir({
    [`predictions-1-${HOST}-${dead}.ndjson.open`]: 'a\n',
    [`predictions-2-${HOST}-${process.pid}.ndjson.open`]: 'b\n',
    [`predictions-3-${HOST}-${process.ppid}.ndjson.open`]: 'of a living process',
    'predictions-4-otherhost-1.ndjson.open': 'of another machine',
  })
  const recovered = await new FileSink({ directory }).recover()
  t.strictSame(recovered.sort(), [
    join(directory, `predictions-1-${HOST}-${dead}.ndjson`),
    join(directory, `predictions-2-${HOST}-${process.pid}.ndjson`),
  ])
  t.equal(readdirSync(directory).filter((name) => name.endsWith('.open')).length, 2)
  t.strictSame(await new FileSink({ directory: join(directory, 'absent') }).recover(), [])
})

t.test('segments beyond the retention go, oldest first, and open ones stay', async (t) => {
  const directory = t.testdir({
    'a.ndjson': '12345',
    'b.ndjson': '12345',
    'c.ndjson': '12345',
    'd.ndjson.open': '12345',
    e: '',
  })
  t.strictSame(await new FileSink({ directory, retainBytes: 10 }).prune(Date.now()), [join(directory, 'a.ndjson')])
  utimesSync(join(directory, 'b.ndjson'), 1, 1)
  utimesSync(join(directory, 'd.ndjson.open'), 1, 1)
  const aging = new FileSink({ directory, retainMs: 60_000 })
  await (await aging.open('predictions-1')).close()
  t.strictSame(
    readdirSync(directory).filter((name) => !name.startsWith('predictions')),
    ['c.ndjson', 'd.ndjson.open', 'e'],
  )
  t.strictSame(await new FileSink({ directory }).prune(9e15), [], 'nothing is deleted unless asked')
})

t.test('every line but a torn last one is readable after SIGKILL', async (t) => {
  const directory = t.testdir()
  const writer = fileURLToPath(new URL('./endless-log.ts', import.meta.url))
  for (let round = 0; round < 3; round++) {
    const child = spawn(process.execPath, ['--conditions=@copse/source', writer, directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    // It tells how many lines were surely written.
    let told = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      told += text
      if (told.split('\n').length > 4) child.kill('SIGKILL')
    })
    await once(child, 'close')
    const atLeast = Number(told.trim().split('\n').at(-1))
    const tally = newTally()
    const ids = new Set<string>()
    for await (const record of readLog(directory, tally)) if ('id' in record) ids.add(record.id)
    t.equal(tally.broken, 0)
    t.ok(tally.torn <= round + 1)
    for (let id = 0; id < atLeast; id++) if (!ids.has(`${child.pid}.${id}`)) t.fail(`line ${id} of ${atLeast} is lost`)
    t.ok(atLeast > 0 && ids.size >= atLeast)
  }
})

t.test('a directory that cannot be written costs lines and nothing else', async (t) => {
  const file = join(t.testdir({ taken: '' }), 'taken')
  let error: NodeJS.ErrnoException | undefined
  const log = new PredictionLog(new FileSink({ directory: join(file, 'log') }), {
    onError: (cause) => {
      error = cause as NodeJS.ErrnoException
    },
  })
  log.write('{}\n')
  await log.close()
  t.equal(error?.code, 'ENOTDIR')
  t.equal(log.counts.dropped, 1)
  writeFileSync(file, '')
})

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'close')
  return child.pid!
}
