import { Command, CommanderError } from 'commander'
import { compareRuns, tableOfRuns } from './describe-runs.ts'
import { type Environment, environmentOptions } from './environment-options.ts'
import { TrackingError } from './errors.ts'
import { listRuns } from './read-run.ts'
import { prune, type RunState, storeStatus } from './store-status.ts'
import { type SyncedRun, sync } from './sync.ts'

const FAILED = 1
const WRONG_USAGE = 2
/** The server is away, or not everything arrived. */
const PENDING = 3

export interface Streams {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly signal?: AbortSignal | undefined
}

/** Runs `copse-tracking` and answers its exit code: 0, 1 failed, 2 wrong usage, 3 something is still pending. */
export async function runCommandLine(
  args: readonly string[],
  environment: Environment,
  streams: Streams,
): Promise<number> {
  let exitCode = 0
  const program = describe(environment, streams, (code) => {
    exitCode = code
  })
  try {
    await program.parseAsync(withoutDashes(args), { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE
    streams.err(`${error instanceof Error ? error.message : String(error)}\n`)
    return error instanceof TrackingError && error.code === 'TRACKING_ERR_UNREACHABLE' ? PENDING : FAILED
  }
}

interface Flags {
  home?: string
  trackingUri?: string
  local?: boolean
  experiment?: string
}

function describe(environment: Environment, streams: Streams, exit: (code: number) => void): Command {
  const program = new Command('copse-tracking')
    .description('Runs of a local folder, and their way to an MLflow server.')
    .exitOverride()
    .configureOutput({ writeOut: streams.out, writeErr: streams.err })
  const options = (flags: Flags) => ({
    ...environmentOptions({ ...environment, ...(flags.trackingUri && { MLFLOW_TRACKING_URI: flags.trackingUri }) }),
    ...(flags.home !== undefined && { home: flags.home }),
  })
  command(program, 'sync', 'send to the server what has not arrived there')
    .option('--tracking-uri <url>', 'MLflow server (MLFLOW_TRACKING_URI)')
    .option('--local', 'also send the runs of the local store, which were started for no server')
    .action(async (flags: Flags) => exit(await runSync(options(flags), flags, streams)))
  command(program, 'status', 'list what is pending').action(async (flags: Flags) => {
    streams.out(describeStatus(await storeStatus(options(flags))))
  })
  command(program, 'prune', 'delete the runs that have wholly arrived on their server').action(async (flags: Flags) => {
    const pruned = await prune(options(flags))
    streams.out(`Deleted ${plural(pruned.length, 'run')} that had arrived\n`)
  })
  command(program, 'runs', 'list runs, or compare those whose ids begin with the given text')
    .argument('[ids...]', 'two to four runs to compare')
    .option('--experiment <name>', 'only runs of this experiment')
    .action(async (ids: string[], flags: Flags) => {
      const runs = await listRuns(options(flags).home ?? '.copse')
      const wanted = runs.filter(({ experiment }) => flags.experiment === undefined || experiment === flags.experiment)
      streams.out(ids.length === 0 ? tableOfRuns(wanted) : compareRuns(wanted, ids))
    })
  return program
}

function command(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--home <directory>', 'folder of the store (COPSE_HOME, default .copse)')
}

async function runSync(
  { uri, ...options }: ReturnType<typeof environmentOptions>,
  { local = false }: Flags,
  { out, err, signal }: Streams,
): Promise<number> {
  if (uri === undefined) {
    throw new TrackingError('TRACKING_ERR_OPTION', 'Set MLFLOW_TRACKING_URI or --tracking-uri to the server to send to')
  }
  const onRun = (run: SyncedRun) => out(describeSynced(run))
  const report = await sync({ ...options, uri, local, signal, onRun, onWarning: (warning) => err(`${warning}\n`) })
  const { runs, busy, elsewhere, pending, refused } = report
  const sent = runs.reduce((sum, run) => sum + run.sent, 0)
  out(`${plural(runs.length, 'run')}, ${plural(sent, 'operation')} sent to ${report.location}\n`)
  if (refused > 0) out(`${plural(refused, 'operation')} refused by the server\n`)
  if (busy > 0) out(`${plural(busy, 'run')} left to the process that writes it\n`)
  if (elsewhere > 0) out(`${plural(elsewhere, 'run')} pending for another server\n`)
  if (pending > 0) out(`${plural(pending, 'operation')} still pending\n`)
  return pending > 0 ? PENDING : 0
}

function describeSynced({ name, experiment, sent, problems, url }: SyncedRun) {
  const lines = problems.map((problem) => `  ${problem}\n`).join('')
  return `${experiment}/${name}: ${plural(sent, 'operation')}${url === undefined ? '' : ` ${url}`}\n${lines}`
}

function describeStatus(states: readonly RunState[]): string {
  const pending = states.filter((state) => state.pending > 0 || state.refused > 0)
  const lines = pending.map(({ uuid, experiment, name, location, ...state }) => {
    const refused = state.refused > 0 ? `, ${state.refused} refused` : ''
    const busy = state.busy ? ', being written' : ''
    return `${uuid} ${experiment}/${name}: ${state.pending} of ${state.operations} pending${refused}${busy}, for ${location}\n`
  })
  const local = states.filter(({ location }) => location === null).length
  const remote = plural(states.length - local, 'run')
  return `${lines.join('')}${remote} for servers, ${pending.length} of them not wholly there; ${plural(local, 'local run')}\n`
}

function plural(count: number, noun: string) {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** `pnpm sync -- --local` hands the bare `--` on. */
function withoutDashes(args: readonly string[]) {
  return args.filter((arg, index) => arg !== '--' || index > 1)
}
