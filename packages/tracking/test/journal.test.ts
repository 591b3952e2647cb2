import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { describeDropped, Journal, readJournal } from '../src/journal.ts'
import { encodeRecord } from '../src/record.ts'

const operations = [{ op: 'a' }, { op: 'b', value: 1.5 }, { op: 'c', text: 'ü' }]

async function journalWith(path: string, records: object[]) {
  const journal = await Journal.create(path, 'run')
  for (const record of records) journal.append(record)
  await journal.close()
  return path
}

t.test('what was appended is read, from the first operation on', async (t) => {
  const path = join(t.testdir(), 'journal')
  const journal = await Journal.create(path, 'run')
  t.equal(journal.append(operations[0]!), 1)
  t.same(await readJournal(path), { records: operations.slice(0, 1) }, 'at once, before any flush')
  t.equal(journal.append(operations[1]!), 2)
  await journal.flush()
  journal.append(operations[2]!)
  await journal.close()
  await journal.close()
  t.same(await readJournal(path, 'run'), { records: operations })
  t.match(await readFile(path, 'utf8'), /^[0-9a-f ]{27}\{"format":"copse-journal","version":1,"kind":"run"\}\n/)
  t.throws(() => journal.append({}), { code: 'TRACKING_ERR_JOURNAL' })
  await t.rejects(journal.flush(), { code: 'TRACKING_ERR_JOURNAL' })
})

t.test('appends overlap with flushes', async (t) => {
  const path = join(t.testdir(), 'journal')
  const journal = await Journal.create(path, 'run')
  const flushes = []
  for (let index = 0; index < 50; index++) {
    journal.append({ index })
    flushes.push(journal.flush())
    if (index % 7 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await Promise.all(flushes)
  await journal.close()
  t.same(
    (await readJournal(path)).records,
    Array.from({ length: 50 }, (_, index) => ({ index })),
  )
})

t.test('the reader says what it leaves out', async (t) => {
  const path = await journalWith(join(t.testdir(), 'journal'), operations)
  await appendFile(path, encodeRecord(4, { op: 'd' }).subarray(0, -3))
  const { records, dropped } = await readJournal(path)
  t.same(records, operations)
  t.same(dropped, { bytes: 35, reason: 'cut short' })
  t.equal(
    describeDropped('/x/journal', dropped!),
    'The journal /x/journal was damaged: its last 35 bytes were dropped (cut short)',
  )
})

t.test('opened again, a journal is cut to its valid prefix and goes on from there', async (t) => {
  const path = await journalWith(join(t.testdir(), 'journal'), operations)
  const whole = await readFile(path)
  await truncate(path, whole.length - 1)
  const { journal, records } = await Journal.open(path, 'run')
  t.same(records, operations.slice(0, 2))
  t.equal(journal.dropped?.reason, 'cut short')
  t.equal(journal.append({ op: 'again' }), 3)
  await journal.close()
  t.same(await readJournal(path), { records: [...operations.slice(0, 2), { op: 'again' }] })
})

t.test('cut to nothing, it begins anew', async (t) => {
  for (const length of [0, 1, 30]) {
    const path = await journalWith(join(t.testdir(), 'journal'), operations)
    await truncate(path, length)
    t.same((await readJournal(path)).records, [])
    const { journal } = await Journal.open(path, 'run')
    t.equal(journal.append(operations[0]!), 1)
    await journal.close()
    t.same(await readJournal(path, 'run'), { records: operations.slice(0, 1) })
  }
})

t.test('what is not such a journal is refused', async (t) => {
  const directory = t.testdir()
  const path = await journalWith(join(directory, 'journal'), operations)
  await t.rejects(readJournal(path, 'registry'), {
    code: 'TRACKING_ERR_JOURNAL',
    message: /of run where one of registry/,
  })
  await t.rejects(Journal.open(path, 'sent'), { code: 'TRACKING_ERR_JOURNAL' })
  await t.rejects(Journal.create(path, 'run'), { code: 'TRACKING_ERR_JOURNAL', message: /EEXIST/ })
  await t.rejects(readJournal(join(directory, 'none')), { code: 'TRACKING_ERR_JOURNAL', message: /ENOENT/ })
  await t.rejects(readJournal(directory), { code: 'TRACKING_ERR_JOURNAL', message: /EISDIR/ })
  const newer = join(directory, 'newer')
  await writeFile(newer, encodeRecord(0, { format: 'copse-journal', version: 2, kind: 'run' }))
  await t.rejects(readJournal(newer), { code: 'TRACKING_ERR_JOURNAL', message: /version 2 where version 1/ })
  await writeFile(newer, encodeRecord(0, { format: 'other' }))
  await t.rejects(readJournal(newer), { code: 'TRACKING_ERR_JOURNAL', message: /no journal/ })
})

t.test('an operation too large for one record is refused and leaves the journal usable', async (t) => {
  const path = join(t.testdir(), 'journal')
  const journal = await Journal.create(path, 'run')
  t.throws(() => journal.append({ text: 'x'.repeat(1 << 26) }), { code: 'TRACKING_ERR_TOO_LARGE' })
  t.equal(journal.append({ op: 'a' }), 1)
  await journal.close()
})

t.test(
  'a disk that is full takes back the record that did not fit',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const path = join(t.testdir(), 'journal')
    // A file size limit stands for the full disk: the write that crosses it is cut short, the next fails.
    // Node's own cache of compiled code would not fit either.
    const limited = ['-c', 'ulimit -f 8; exec "$0" "$@"', process.execPath, ...script('fill-journal.ts', path)]
    const child = spawn('/bin/sh', limited, { env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' } })
    let told = ''
    child.stdout.on('data', (data) => {
      told += data
    })
    t.equal((await once(child, 'exit'))[0], 0)
    const [before, code, after] = told.trim().split('\n')
    t.equal(code, 'TRACKING_ERR_JOURNAL')
    const { records, dropped } = await readJournal(path)
    t.equal(dropped, undefined)
    t.equal(records.length, Number(before) + Number(after))
    t.equal(after, '1', 'a smaller record fits still')
  },
)

t.test('killed while it writes, a process leaves every record that it was told of', async (t) => {
  for (let round = 0; round < 3; round++) {
    const path = join(t.testdir(), `journal-${round}`)
    const child = spawn(process.execPath, script('write-journal.ts', path), { stdio: ['ignore', 'pipe', 'inherit'] })
    let told = ''
    child.stdout.on('data', (data) => {
      told += data
      if (told.length > 2000) child.kill('SIGKILL')
    })
    await once(child, 'close')
    const { records } = await readJournal(path)
    const last = Number(told.split('\n').at(-2))
    t.ok(records.length > last, `${records.length} records, ${last} told`)
    t.same(
      records,
      records.map((_, index) => ({ index })),
    )
  }
})

function script(name: string, ...parameters: string[]) {
  return ['--conditions=@copse/source', join(import.meta.dirname, 'processes', name), ...parameters]
}
