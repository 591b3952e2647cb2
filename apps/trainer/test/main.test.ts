import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { readRuns } from './store.ts'
import { gems, save } from './tables.ts'

const MAIN = join(import.meta.dirname, '..', 'src', 'main.ts')

interface Ended {
  code: number | null
  out: string
  err: string
}

interface Options {
  cwd: string
  env?: Record<string, string>
  /** Text of standard output at which `stop` is called. */
  stopAt?: string
  stop?: (child: ChildProcess) => void
  /** Starts it with a channel, as a launcher does. */
  channel?: boolean
}

function train(args: string[], options: Options): Promise<Ended> {
  const { cwd, stopAt, stop, channel } = options
  const env = { PATH: process.env.PATH ?? '', ...options.env }
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', ...(channel ? ['ipc' as const] : [])]
  const child = spawn(process.execPath, ['--conditions=@copse/source', MAIN, ...args], { cwd, env, stdio })
  const ended: Ended = { code: null, out: '', err: '' }
  let stopped = false
  child.stdout?.on('data', (text) => {
    ended.out += text
    if (stopAt === undefined || stopped || !ended.out.includes(stopAt)) return
    stopped = true
    stop?.(child)
  })
  child.stderr?.on('data', (text) => {
    ended.err += text
  })
  return new Promise((resolve) => {
    // After a disconnect from this side Node emits no 'close'.
    child.on(channel ? 'exit' : 'close', (code) => resolve({ ...ended, code }))
  })
}

t.test('--help explains itself at 80 columns and touches nothing', async (t) => {
  const { code, out, err } = await train(['--help'], { cwd: t.testdir() })
  t.equal(code, 0)
  t.equal(err, '')
  t.match(out, /^Usage: pnpm train/)
  for (const line of out.split('\n')) t.ok(line.length <= 80, line)
})

t.test('wrong usage exits 2', async (t) => {
  const { code, out, err } = await train(['--tres', '5'], { cwd: t.testdir() })
  t.equal(code, 2)
  t.equal(out, '')
  t.match(err, 'Did you mean --trees?')
})

t.test('a broken table is one sentence and exit 1', async (t) => {
  const cwd = t.testdir({ 'bad.csv': 'x,y\n1,a\n2\n' })
  const { code, err } = await train(['--data', 'bad.csv', '--target', 'y'], { cwd })
  t.equal(code, 1)
  t.match(err, /^[^\n]*bad\.csv[^\n]*\.\n$/)
})

t.test('so is a home that cannot be written', async (t) => {
  const cwd = t.testdir({ file: '' })
  const { code, err } = await train(['--trees', '2'], { cwd, env: { COPSE_HOME: 'file' } })
  t.equal(code, 1)
  t.match(err, /^[^\n]*cannot be written[^\n]*\.\n$/)
})

t.test('a server that does not answer is one sentence and exit 1', async (t) => {
  const cwd = t.testdir()
  const { code, err } = await train(['--trees', '2'], { cwd, env: { MLFLOW_TRACKING_URI: 'http://127.0.0.1:9' } })
  t.equal(code, 1)
  t.match(err, /^[^\n]*127\.0\.0\.1:9[^\n]*\.\n$/)
})

t.test('an own table in a working directory of its own', async (t) => {
  const cwd = t.testdir()
  save(cwd, 'gems.csv', gems())
  const { code, out, err } = await train(['--data', 'gems.csv', '--target', 'sold', '--trees', '3'], { cwd })
  t.equal(err, '')
  t.equal(code, 0)
  t.match(out, '  COPSE_MODEL=models:/gems@champion npx --yes pnpm@12 serve\n')
  t.ok(readRuns(join(cwd, '.copse')).every(({ status }) => status === 'FINISHED'))
})

t.test('--unless-champion trains the first time and never again', async (t) => {
  const cwd = t.testdir()
  const args = ['--trees', '2', '--unless-champion']
  t.match(await train(args, { cwd }), { code: 0, out: /Registered iris version 1/ })
  const runs = readRuns(join(cwd, '.copse')).length
  t.match(await train(args, { cwd }), { code: 0, err: '', out: /^iris has a champion already, version 1: nothing / })
  t.equal(readRuns(join(cwd, '.copse')).length, runs)
})

t.test('an interrupt ends the runs KILLED and exits 130', async (t) => {
  const cwd = t.testdir()
  const stop = (child: ChildProcess) => child.kill('SIGINT')
  const { code, err } = await train(['--trees', '10000'], { cwd, stopAt: 'training default', stop })
  t.equal(code, 130)
  t.match(err, /^Interrupted[^\n]*\n$/)
  const statuses = readRuns(join(cwd, '.copse')).map(({ status }) => status)
  t.strictSame(statuses, ['KILLED', 'KILLED'])
})

t.test('so does the end of the launcher that started it', async (t) => {
  const cwd = t.testdir()
  const stop = (child: ChildProcess) => child.disconnect()
  const { code } = await train(['--trees', '10000'], { cwd, stopAt: 'training default', stop, channel: true })
  t.equal(code, 143)
  t.ok(readRuns(join(cwd, '.copse')).every(({ status }) => status === 'KILLED'))
})

t.test('a launcher’s channel does not keep it alive', async (t) => {
  t.equal((await train(['--help'], { cwd: t.testdir(), channel: true })).code, 0)
})
