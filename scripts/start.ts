import { type ChildProcess, spawn } from 'node:child_process'
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import { watchParent } from '../apps/api/src/parent.ts'
import { newerThan } from './newer-than.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** Compiled sources: a second start is ready in half the time. */
const COMPILE_CACHE = `${ROOT}node_modules/.cache/copse`
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Trains the Iris champion when none is there and no model was asked for, then serves. Arguments go to the service. */
async function main(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  enableCompileCache(COMPILE_CACHE)
  const family = new Family()
  const model = flag(args, 'model') ?? env.COPSE_MODEL
  const home = (flag(args, 'home') ?? env.COPSE_HOME) || '.copse'
  const uri = flag(args, 'tracking-uri') ?? env.MLFLOW_TRACKING_URI
  const where = { COPSE_HOME: home, MLFLOW_TRACKING_URI: uri }
  if (!model && !args.includes('--help') && (await championIsAbsent({ ...env, ...where }))) {
    const code = await family.run('apps/trainer/src/main.ts', [], where)
    if (code !== 0 || family.stopped) return family.stopped ? 0 : code
  }
  const page = flag(args, 'console') ?? env.COPSE_CONSOLE
  if (!page && !args.includes('--help')) await buildPage(family)
  return family.stopped ? 0 : family.run('apps/api/src/main.ts', args, {})
}

/** What the page is built from, and what of the build was written last. */
const PAGE_SOURCES = ['apps/console/src', 'apps/console/scripts', 'packages/charts/src', 'pnpm-lock.yaml']
const PAGE = 'apps/console/dist/index.html'

/** Builds the page when its sources are newer than it; the service starts without it when that fails. */
async function buildPage(family: Family): Promise<void> {
  if (
    !(await newerThan(
      `${ROOT}${PAGE}`,
      PAGE_SOURCES.map((path) => `${ROOT}${path}`),
    ))
  )
    return
  const code = await family.run('apps/console/scripts/build.ts', [], {}, 'ignore')
  if (code !== 0 && !family.stopped)
    console.error('The page could not be built, so the service starts without a new one.')
}

/** True only when the registry in use answered that it has no `iris@champion`; one that cannot be reached is not asked twice. */
async function championIsAbsent(env: NodeJS.ProcessEnv): Promise<boolean> {
  const { environmentOptions, openTracking, TrackingError } = await import('@copse/tracking')
  try {
    await using tracking = await openTracking({ ...environmentOptions(env), readOnly: true })
    return (await tracking.registry.get('iris', { alias: 'champion' })) === undefined
  } catch (error) {
    if (error instanceof TrackingError && error.code === 'TRACKING_ERR_UNREACHABLE') return false
    throw error
  }
}

/** The value of `--name value` or `--name=value` among the service's arguments. */
function flag(args: readonly string[], name: string): string | undefined {
  const joined = args.find((arg) => arg.startsWith(`--${name}=`))
  if (joined !== undefined) return joined.slice(name.length + 3)
  const at = args.indexOf(`--${name}`)
  return at < 0 ? undefined : args[at + 1]
}

/** The one child that runs at a time. It hears every signal this process hears, and ends when this process is gone. */
class Family {
  stopped = false
  #child: ChildProcess | undefined

  constructor() {
    for (const signal of STOP_SIGNALS) process.on(signal, () => this.#stop(signal))
    watchParent(process.env.npm_lifecycle_event !== undefined, () => {
      if (!this.stopped) this.#stop('SIGTERM')
    })
  }

  /** Runs a program of the workspace and answers its exit code. The IPC channel tells the child when this process dies. */
  run(
    entry: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv,
    stdout: 'inherit' | 'ignore' = 'inherit',
  ): Promise<number> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, ['--conditions=@copse/source', `${ROOT}${entry}`, ...args], {
        stdio: ['inherit', stdout, 'inherit', 'ipc'],
        env: { ...process.env, ...env, NODE_COMPILE_CACHE: COMPILE_CACHE },
        // Its own process group: Ctrl-C in a terminal reaches it once, from here, and not twice.
        detached: process.platform !== 'win32',
      })
      this.#child = child
      child.once('error', reject)
      child.once('exit', (code, signal) => {
        this.#child = undefined
        resolve(code ?? (signal === 'SIGINT' ? 130 : 143))
      })
    })
  }

  #stop(signal: NodeJS.Signals): void {
    this.stopped = true
    this.#child?.kill(signal)
  }
}

try {
  process.exitCode = await main(process.argv.slice(2), process.env)
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
