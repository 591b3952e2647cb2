import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { listRuns, openTracking, readRun } from '../src/index.ts'
import { encodeRecord } from '../src/record.ts'

async function killedRun(home: string, steps: number) {
  const script = join(import.meta.dirname, 'processes', 'log-until-killed.ts')
  const child = spawn(process.execPath, ['--conditions=@copse/source', script, home], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let told = ''
  child.stdout.on('data', (data) => {
    told += data
    if (told.split('\n').length > steps) child.kill('SIGKILL')
  })
  await once(child, 'close')
  const lines = told.trim().split('\n')
  return { uuid: lines[0]!, told: lines.length - 1 }
}

t.test(
  'a killed process leaves all that its calls returned for, and its run is ended KILLED at the next start',
  async (t) => {
    const home = join(t.testdir(), 'home')
    const { uuid, told } = await killedRun(home, 60)
    const before = await readRun(home, uuid)
    t.equal(before.status, 'KILLED', 'the process is gone')
    t.equal(before.endedAt, undefined)
    const points = before.metrics.loss!
    t.ok(points.length >= told, `${points.length} points, ${told} told`)
    t.same(
      points.map(({ step }) => step),
      points.map((_, index) => index),
    )
    for (const [path, { bytes }] of Object.entries(before.artifacts)) {
      t.equal((await readFile(join(home, 'runs', uuid, 'artifacts', path))).length, bytes, path)
    }
    await appendFile(join(home, 'runs', uuid, 'journal'), '0000001f 000000')
    t.same((await readRun(home, uuid)).dropped, { bytes: 15, reason: 'cut short' })

    const warnings: string[] = []
    await openTracking({ home, onWarning: (text) => warnings.push(text) })
    t.match(warnings, [
      /journal was damaged: its last 15 bytes were dropped \(cut short\)/,
      /died: the run is ended KILLED/,
    ])
    const after = await readRun(home, uuid)
    t.equal(after.status, 'KILLED')
    t.ok(after.endedAt! >= after.startedAt)
    t.equal(after.dropped, undefined)
    t.same(after.metrics, before.metrics)

    await openTracking({ home, onWarning: (text) => warnings.push(text) })
    t.equal(warnings.length, 2, 'told once')
  },
)

t.test('the run of a living process is left alone', async (t) => {
  const home = t.testdir()
  const tracking = await openTracking({ home })
  const run = await tracking.startRun({ experiment: 'e' })
  const warnings: string[] = []
  await openTracking({ home, onWarning: (text) => warnings.push(text) })
  t.same(warnings, [])
  await run.logParams({ a: 1 })
  await run.end()
  t.match(await listRuns(home), [{ uuid: run.uuid, status: 'FINISHED', params: { a: '1' } }])
})

t.test('a journal that this program cannot read is left as it is, and told', async (t) => {
  const owner = JSON.stringify({ pid: 2 ** 30, host: hostname(), started: '' })
  const journal = encodeRecord(0, { format: 'copse-journal', version: 9, kind: 'run' }).toString()
  const home = t.testdir({ runs: { abc: { 'lock.1': owner, journal } } })
  const warnings: string[] = []
  await openTracking({ home, onWarning: (text) => warnings.push(text) })
  t.match(warnings, [/was left as it is: .* is a journal of version 9/])
  t.equal(await readFile(join(home, 'runs', 'abc', 'journal'), 'utf8'), journal)
})
