import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { ready, type Spawned, spawnMain } from '../../../../apps/api/test/spawn.ts'

const TRAINER = join(import.meta.dirname, '..', '..', '..', '..', 'apps', 'trainer', 'src', 'main.ts')

export interface Pod {
  readonly url: string
  /** As Prometheus names it. */
  readonly host: string
  readonly spawned: Spawned
}

/** Trains a table and registers its model, named for the file, in the local store of `directory`. */
export async function train(directory: string, table: string, target: string): Promise<void> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(COPSE_|MLFLOW_)/.test(name))
  const flags = ['--data', table, '--target', target, '--trees', '10', '--threads', '1', '--onnx', 'never']
  await promisify(execFile)(process.execPath, ['--conditions=@copse/source', TRAINER, ...flags], {
    cwd: directory,
    env: Object.fromEntries(inherited),
  })
}

/** Starts the service in `directory`, whose local store it reads unless `env` names a server; drift is checked each second. */
export async function startPod(
  t: Test,
  directory: string,
  flags: readonly string[],
  env: Record<string, string> = {},
): Promise<Pod> {
  const own = ['--poll-interval', '500ms', '--drift-interval', '1s', '--max-delay', '0']
  const spawned = spawnMain(t, directory, [...own, ...flags], env)
  const { url } = await ready(spawned)
  return { url, host: new URL(url).host, spawned }
}
