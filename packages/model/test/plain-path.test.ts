import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { runTrial, type Trial } from './browser/trial.ts'

/* Without kernels forests have the same bytes and give the same answers. */

const expected = runTrial()

t.test('with kernels', async (t) => {
  t.ok((await expected).kernels)
})

t.test('without WebAssembly', async (t) => {
  compare(t, await trialIn([], ['--hide-web-assembly']), await expected)
})

const skip = process.arch === 'x64' ? false : 'only x64 can be told to do without the instructions that SIMD needs'
t.test('without WebAssembly SIMD', { skip }, async (t) => {
  compare(t, await trialIn(['--no-enable-sse4-1', '--no-enable-avx'], []), await expected)
})

function compare(t: Tap, found: Trial, expected: Trial): void {
  t.equal(found.kernels, false, 'there are no kernels')
  t.equal(found.answers.length, expected.answers.length)
  for (const [i, answer] of found.answers.entries()) t.strictSame(answer, expected.answers[i], answer.name)
}

type Tap = Pick<typeof t, 'equal' | 'strictSame'>

async function trialIn(flags: readonly string[], options: readonly string[]): Promise<Trial> {
  const script = fileURLToPath(new URL('./browser/print-trial.ts', import.meta.url))
  const args = [...flags, '--conditions=@copse/source', script, ...options]
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 26 })
  return JSON.parse(stdout)
}
