import { hash } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates } from 'node:tls'
import { acquireLock } from '../packages/tracking/src/lock.ts'
import { run } from './command.ts'

const CACHE = join(homedir(), '.cache', 'copse')
/** Milliseconds that one program waits for another that makes an environment. */
const WAIT = 900_000

/** Makes a Python environment with these packages once; answers its directory. */
export async function makeVenv(packages: readonly string[]): Promise<string> {
  const wanted = packages.join(' ')
  const venv = join(CACHE, `python-${hash('sha256', wanted).slice(0, 12)}`)
  const stamp = join(venv, 'complete')
  await mkdir(CACHE, { recursive: true })
  const lock = await acquireLock(join(CACHE, 'python-lock'), { waitMs: WAIT })
  try {
    if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return venv
    console.error(`Making a Python environment with ${wanted} in ${venv}, once`)
    await rm(venv, { recursive: true, force: true })
    const advice = 'Python 3 with venv is needed (Debian: packages python3 and python3-venv)'
    await must('python3', ['-m', 'venv', venv], advice)
    const pip = join(venv, 'bin', 'pip')
    const quiet = ['install', '-q', '--disable-pip-version-check']
    // uv does in seconds what takes pip minutes.
    const hasUv = (await run(pip, [...quiet, 'uv']).catch(() => 1)) === 0
    const uv = ['pip', 'install', '-q', '--python', join(venv, 'bin', 'python')]
    if (hasUv) await must(join(venv, 'bin', 'uv'), [...uv, ...packages], 'uv failed', certificates())
    else await must(pip, [...quiet, ...packages], 'pip failed')
    await writeFile(stamp, wanted)
    return venv
  } finally {
    await lock.release()
  }
}

/** A company's proxy has its certificate in the system's store, where uv, unlike pip, looks only when told to; it refuses an empty one. */
function certificates(): NodeJS.ProcessEnv {
  return getCACertificates('system').length > 0 ? { UV_SYSTEM_CERTS: 'true' } : {}
}

async function must(name: string, parameters: string[], advice: string, env: NodeJS.ProcessEnv = {}) {
  const code = await run(name, parameters, { env: { ...env, ...process.env } }).catch(() => 1)
  if (code !== 0) throw new Error(`${name} ${parameters.join(' ')} failed: ${advice}`)
}
