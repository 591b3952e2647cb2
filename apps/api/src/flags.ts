import { Command, CommanderError } from 'commander'
import { type Environment, LOG_LEVELS, VARIABLES } from './environment.ts'
import { ApiError } from './errors.ts'
import { MONITORING_FLAGS } from './monitoring/settings.ts'

const FLAGS: readonly (readonly [flag: string, variable: keyof Environment, help: string])[] = [
  ['--host <address>', 'COPSE_HOST', 'address to listen on'],
  ['--port <number>', 'COPSE_PORT', 'port to listen on; 0 takes any free one'],
  ['--metrics-port <number>', 'COPSE_METRICS_PORT', 'a port of its own for /metrics'],
  ['--home <directory>', 'COPSE_HOME', 'local store and model cache'],
  [
    '--model <references>',
    'COPSE_MODEL',
    'models:/NAME@ALIAS, models:/NAME/VERSION or file:DIRECTORY, with commas between',
  ],
  ['--poll-interval <duration>', 'COPSE_POLL_INTERVAL', 'how often to ask the registry for something new'],
  ['--drain-delay <duration>', 'COPSE_DRAIN_DELAY', 'not ready but still accepting, before the listener closes'],
  ['--processes <number>', 'COPSE_PROCESSES', 'processes behind the port'],
  ['--api-keys-file <file>', 'COPSE_API_KEYS_FILE', 'who may call: lines of NAME SCOPE[,SCOPE] sha256:HEX'],
  ['--rate-limit <number>', 'COPSE_RATE_LIMIT', 'requests a second for each key; 0 is no limit'],
  ['--max-concurrency <number>', 'COPSE_MAX_CONCURRENCY', 'inference requests at once; more answer 429'],
  ['--max-delay <duration>', 'COPSE_MAX_DELAY', 'event-loop delay above which inference answers 503; 0 is no limit'],
  ['--deadline <duration>', 'COPSE_DEADLINE', "from a request's head to its prediction, else 504; 0 is none"],
  ...MONITORING_FLAGS,
  ['--console <folder>', 'COPSE_CONSOLE', 'the built page, or off; without it the one beside this app'],
  ['--log-level <level>', 'COPSE_LOG_LEVEL', LOG_LEVELS.join(', ')],
  ['--tracking-uri <url>', 'MLFLOW_TRACKING_URI', 'MLflow server; without it the local store'],
]

export interface Flags {
  readonly values: Readonly<Record<string, string>>
  readonly printConfig: boolean
}

/** What was asked for instead of serving: a text for stdout. */
export interface Shown {
  readonly show: string
}

/**
 * The values of the flags by their variables, or the text of `--help`.
 * @throws ApiError API_ERR_SETTING for a flag that is not known or lacks its value
 */
export function readFlags(argv: readonly string[]): Flags | Shown {
  let shown = ''
  const command = new Command('serve')
    .description('Serves a model over HTTP.')
    .helpOption('--help', 'show this')
    .option('--print-config', 'show every setting as it is read, without secrets')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => (shown += text), writeErr: () => {} })
  for (const [flag, variable, help] of FLAGS) {
    const value = VARIABLES[variable].default
    command.option(flag, `${help} (${variable}${value === undefined ? '' : `, default ${value}`})`)
  }
  try {
    // `pnpm serve -- --port 1` hands the `--` on.
    command.parse(argv[0] === '--' ? argv.slice(1) : argv, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return { show: shown }
    throw new ApiError('API_ERR_SETTING', `${sentence((error as Error).message)} (see --help).`, { cause: error })
  }
  const { printConfig = false, ...options }: { printConfig?: boolean } & Record<string, string> = command.opts()
  const values: Record<string, string> = {}
  for (const [flag, variable] of FLAGS) {
    const value = options[camelCase(flag)]
    if (value !== undefined) values[variable] = value
  }
  return { values, printConfig }
}

function sentence(message: string) {
  const text = message.replace(/^error: /, '').replace(/\.$/, '')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function camelCase(flag: string) {
  return flag.slice(2, flag.indexOf(' ')).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}

/** The flag that sets a variable, if there is one. */
export function flagOf(variable: keyof Environment): string | undefined {
  return FLAGS.find(([, name]) => name === variable)?.[0].split(' ')[0]
}
