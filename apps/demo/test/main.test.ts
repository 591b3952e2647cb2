import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { gone, serve } from './service.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

async function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['--conditions=@copse/source', MAIN, ...args])
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, out, err }
}

t.test('0 when all is well', async (t) => {
  const url = await serve(t)
  const { code, out, err } = await run('--url', url.href, '--seconds', '1')
  t.equal(code, 0)
  t.match(out, /All is as it should be\.\n$/)
  t.equal(err, '')
})

t.test('1 when something is off', async (t) => {
  const url = await serve(t, { twist: () => ({ status: 503, json: { status: 'loading' } }) })
  t.equal((await run('--url', url.href)).code, 1)
})

t.test('1 and one sentence when nobody is there', async (t) => {
  const { code, out, err } = await run('--url', (await gone()).href)
  t.equal(code, 1)
  t.equal(out, '')
  t.match(err, /^Nothing answers at http:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\); [^\n]+\n$/)
})

t.test('2 for wrong usage, 0 for help', async (t) => {
  t.equal((await run('--seconds', 'x')).code, 2)
  t.equal((await run('--help')).code, 0)
})
